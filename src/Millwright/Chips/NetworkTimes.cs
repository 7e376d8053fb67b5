namespace Millwright.Chips;

/// <summary>
/// Times of exchanges across the network between groups of chips, by the latencies and protocol shares that NCCL itself chooses algorithms with
/// (NVIDIA/nccl, src/graph/tuning.cc, commit 01afd20a, network row: ring 2.7 µs a step at a quarter of the bandwidth, 9.6 µs a step at all of it;
/// tree 5.0 µs a level at 1/3.8 of the bandwidth, 8.5 µs a level at 0.9 x 0.915 of it; in the switch 10.7 µs at 0.9). Nothing of it was measured
/// here.
/// </summary>
internal static class NetworkTimes
{
    /// <summary>Share of a network link that a long message reaches. An assumption: published runs of nccl-tests reach 90 to 95 %.</summary>
    public const double LinkShare = 0.9;

    private const double RingQuickStep = 2.7e-6;
    private const double RingQuickShare = 1.0 / 4;
    private const double RingStep = 9.6e-6;
    private const double TreeQuickLevel = 5.0e-6;
    private const double TreeQuickShare = 1 / 3.8;
    private const double TreeLevel = 8.5e-6;
    private const double TreeShare = 0.9 * 0.915;
    private const double SwitchLatency = 10.7e-6;
    private const double SwitchShare = 0.9;

    /// <summary>All-reduce of a message that each of some groups holds: the quickest of ring and tree, or in the switch where it can add.</summary>
    public static CallTime AllReduce(double bytes, int groups, double bytesPerSecond, bool inSwitch)
    {
        double rate = bytesPerSecond * LinkShare;
        CallTime best = RingOf(2 * (groups - 1), 2.0 * (groups - 1) / groups * bytes, rate);
        double levels = Math.Ceiling(Math.Log2(groups));
        best = Quicker(best, new CallTime(2 * levels * TreeQuickLevel, 0, 2 * bytes / (rate * TreeQuickShare)));
        best = Quicker(best, new CallTime(2 * levels * TreeLevel, 0, 2 * bytes / (rate * TreeShare)));
        return inSwitch ? Quicker(best, new CallTime(SwitchLatency, 0, bytes / (rate * SwitchShare))) : best;
    }

    /// <summary>All-gather or reduce-scatter by a ring of groups.</summary>
    public static CallTime Gather(double bytes, int groups, double bytesPerSecond) =>
        RingOf(groups - 1, (double)(groups - 1) / groups * bytes, bytesPerSecond * LinkShare);

    /// <summary>All-to-all between groups: each sends to all others at once, one step of latency.</summary>
    public static CallTime AllToAll(double bytes, int groups, double bytesPerSecond) =>
        RingOf(1, (double)(groups - 1) / groups * bytes, bytesPerSecond * LinkShare);

    private static CallTime RingOf(int steps, double busBytes, double rate) => Quicker(
        new CallTime(steps * RingQuickStep, 0, busBytes / (rate * RingQuickShare)), new CallTime(steps * RingStep, 0, busBytes / rate));

    private static CallTime Quicker(CallTime a, CallTime b) => a.TotalSeconds <= b.TotalSeconds ? a : b;
}
