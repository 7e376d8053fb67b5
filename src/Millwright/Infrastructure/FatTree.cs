namespace Millwright.Infrastructure;

/// <summary>One layer of switches.</summary>
/// <param name="Switches">Switches in the layer.</param>
/// <param name="DownLinks">Links from the layer to the one below (or to the endpoints).</param>
/// <param name="UpLinks">Links from the layer to the one above.</param>
public readonly record struct FatTreeLayer(long Switches, long DownLinks, long UpLinks)
{
    /// <summary>Ports in use over all switches of the layer.</summary>
    public long PortsUsed => DownLinks + UpLinks;
}

/// <summary>
/// Counts of a folded Clos network (fat tree) of equal switches. Up to k^3/4 endpoints (k = ports of a switch) it is non-blocking: one switch, two
/// tiers up to k^2/2, three tiers above. Larger sites are equal pods, each a three-tier tree that is non-blocking inside, joined by a core layer at a
/// stated oversubscription. Links are counted exactly: a switch cables as many ports up as it has down, so no layer has fewer links than the one below.
/// </summary>
/// <remarks>
/// Capacities k^2/2 and k^3/4: Al-Fares, Loukissas, Vahdat, "A scalable, commodity data center network architecture", SIGCOMM 2008, section 3.
/// The numbers are counts; that the bundles between unequal switches are wired evenly is not checked.
/// </remarks>
public readonly record struct FatTree
{
    private readonly FatTreeLayer _first;
    private readonly FatTreeLayer _second;
    private readonly FatTreeLayer _third;
    private readonly FatTreeLayer _fourth;

    private FatTree(
        long endpoints, int radix, int tiers, long pods, double podOversubscription, bool copperHostLinks, FatTreeLayer first, FatTreeLayer second,
        FatTreeLayer third, FatTreeLayer fourth, string? reason)
    {
        Endpoints = endpoints;
        Radix = radix;
        Tiers = tiers;
        Pods = pods;
        PodOversubscription = podOversubscription;
        CopperHostLinks = copperHostLinks;
        _first = first;
        _second = second;
        _third = third;
        _fourth = fourth;
        Reason = reason;
    }

    /// <summary>Endpoints: ports of network cards.</summary>
    public long Endpoints { get; }

    /// <summary>Ports of one switch.</summary>
    public int Radix { get; }

    /// <summary>Layers of switches, 0 to 4.</summary>
    public int Tiers { get; }

    /// <summary>Pods joined by a core layer; 1 where the whole tree is non-blocking.</summary>
    public long Pods { get; }

    /// <summary>Endpoints of a pod over its links to the core, in the worst pod; 1 where the whole tree is non-blocking. Never above what was stated.</summary>
    public double PodOversubscription { get; }

    /// <summary>True when the links to the endpoints are copper.</summary>
    public bool CopperHostLinks { get; }

    /// <summary>Why there is no tree, in words that say what to change; null when there is one.</summary>
    public string? Reason { get; }

    /// <summary>All switches.</summary>
    public long Switches => _first.Switches + _second.Switches + _third.Switches + _fourth.Switches;

    /// <summary>All links, those to the endpoints included.</summary>
    public long Links => _first.DownLinks + _second.DownLinks + _third.DownLinks + _fourth.DownLinks;

    /// <summary>Links to the endpoints.</summary>
    public long HostLinks => _first.DownLinks;

    /// <summary>Links with an optical module at each end.</summary>
    public long OpticalLinks => CopperHostLinks ? Links - HostLinks : Links;

    /// <summary>Links of copper cable without modules.</summary>
    public long CopperLinks => Links - OpticalLinks;

    /// <summary>Optical modules: two for each optical link, the one in the network card included.</summary>
    public long Transceivers => 2 * OpticalLinks;

    /// <summary>One layer.</summary>
    /// <param name="tier">Its place, 0 for the one next to the endpoints.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such layer.</exception>
    public FatTreeLayer Layer(int tier)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tier);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tier, Tiers);
        return tier switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };
    }

    /// <summary>The most endpoints of a non-blocking tree of three tiers: k^3/4 for an even number of ports.</summary>
    /// <param name="radix">Ports of one switch, 2 or more.</param>
    /// <returns>Number of endpoints.</returns>
    public static long LargestNonBlocking(int radix) => (long)(radix / 2) * (radix / 2) * radix;

    /// <summary>The most endpoints that pods joined by one core layer can hold: one pod for each port of a core switch.</summary>
    /// <param name="radix">Ports of one switch, 2 or more.</param>
    /// <param name="podOversubscription">Endpoints of a pod over its links to the core, 1 or more.</param>
    /// <returns>Number of endpoints.</returns>
    public static long LargestPodded(int radix, double podOversubscription) => radix * PodCapacity(radix, podOversubscription);

    /// <summary>Counts the smallest tree that holds the endpoints.</summary>
    /// <remarks>
    /// With k ports and h = k/2 (rounded down): leaves = ceil(n/h), second layer ceil(n/k) as the top or ceil(n/h) below a third, third layer ceil(n/k).
    /// In pods the third layer turns d = floor(k o/(1+o)) ports down and k - d up, with o the oversubscription, so ceil(m/d) switches a pod of m
    /// endpoints and at most d h^2 endpoints a pod; core = ceil(all links up / k). A core switch reaches every pod, so there are at most k pods.
    /// </remarks>
    /// <param name="endpoints">Endpoints, 0 or more.</param>
    /// <param name="radix">Ports of one switch, 2 or more.</param>
    /// <param name="podOversubscription">Most endpoints of a pod over its links to the core, 1 or more; used above the largest non-blocking tree.</param>
    /// <param name="copperHostLinks">True when the links to the endpoints are copper.</param>
    /// <returns>The tree, or one without switches and with a <see cref="Reason"/> when pods of these switches cannot hold the endpoints.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The endpoints are negative, the radix is below 2 or the oversubscription below 1.</exception>
    public static FatTree Build(long endpoints, int radix, double podOversubscription = 1, bool copperHostLinks = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(endpoints);
        ArgumentOutOfRangeException.ThrowIfLessThan(radix, 2);
        if (!(podOversubscription >= 1 && double.IsFinite(podOversubscription)))
        {
            throw new ArgumentOutOfRangeException(nameof(podOversubscription), podOversubscription, "Bandwidth from below over that between pods is 1 or more.");
        }

        long n = endpoints;
        long half = radix / 2;
        if (n == 0)
        {
            return new FatTree(0, radix, 0, 0, 1, copperHostLinks, default, default, default, default, null);
        }

        if (n <= radix)
        {
            return new FatTree(n, radix, 1, 1, 1, copperHostLinks, new(1, n, 0), default, default, default, null);
        }

        if (n <= half * radix)
        {
            return new FatTree(n, radix, 2, 1, 1, copperHostLinks, new(Ceiling(n, half), n, n), new(Ceiling(n, radix), n, 0), default, default, null);
        }

        return n <= LargestNonBlocking(radix)
            ? new FatTree(
                n, radix, 3, 1, 1, copperHostLinks, new(Ceiling(n, half), n, n), new(Ceiling(n, half), n, n), new(Ceiling(n, radix), n, 0), default, null)
            : BuildPods(n, radix, podOversubscription, copperHostLinks);
    }

    private static FatTree BuildPods(long n, int radix, double podOversubscription, bool copperHostLinks)
    {
        long half = radix / 2;
        int down = TopPortsDown(radix, podOversubscription);
        int up = radix - down;
        long capacity = PodCapacity(radix, podOversubscription);
        long pods = Ceiling(n, capacity);
        if (pods > radix)
        {
            string reason = $"{n} endpoints need {pods} pods of {capacity}, but a core switch of {radix} ports reaches only {radix}: "
                + "take a switch with more ports, fewer endpoints per chip, a higher oversubscription between pods, or several sites; or state network.method: share, which counts no switches.";
            return new FatTree(n, radix, 0, 0, 1, copperHostLinks, default, default, default, default, reason);
        }

        // Equal pods: some hold one endpoint more than the others.
        long small = n / pods;
        long larger = n % pods;
        long Sum(long perSwitch) => ((pods - larger) * Ceiling(small, perSwitch)) + (larger * Ceiling(small + 1, perSwitch));
        long leaves = Sum(half);
        long third = Sum(down);
        long upLinks = third * up;
        double worst = Math.Max(
            (double)small / (Ceiling(small, down) * up),
            larger == 0 ? 0 : (double)(small + 1) / (Ceiling(small + 1, down) * up));
        return new FatTree(
            n,
            radix,
            4,
            pods,
            worst,
            copperHostLinks,
            new(leaves, n, n),
            new(leaves, n, n),
            new(third, n, upLinks),
            new(Ceiling(upLinks, radix), upLinks, 0),
            null);
    }

    private static int TopPortsDown(int radix, double oversubscription) =>
        Math.Min(radix - 1, (int)Math.Floor((radix * (oversubscription / (1 + oversubscription))) + 1e-9));

    private static long PodCapacity(int radix, double oversubscription) =>
        (long)(radix / 2) * (radix / 2) * TopPortsDown(radix, oversubscription);

    private static long Ceiling(long amount, long per) => (amount + per - 1) / per;
}
