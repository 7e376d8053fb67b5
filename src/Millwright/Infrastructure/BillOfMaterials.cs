namespace Millwright.Infrastructure;

/// <summary>
/// The overnight cost of an AI factory, part by part. What the price of a system already holds is never added again. When a price that is needed is not
/// known there is no bill but a <see cref="Reason"/> that says what to state.
/// </summary>
public sealed record BillOfMaterials
{
    private readonly double[] _groupUsd;

    private BillOfMaterials(IReadOnlyList<BillPart> parts, double[] groupUsd, double totalUsd, bool chipsKnown, IReadOnlyList<string> notes, string? reason)
    {
        Parts = parts;
        _groupUsd = groupUsd;
        TotalUsd = totalUsd;
        ChipsKnown = chipsKnown;
        Notes = notes;
        Reason = reason;
    }

    /// <summary>The parts; empty when there is no bill.</summary>
    public IReadOnlyList<BillPart> Parts { get; }

    /// <summary>Total cost, USD, from prices and shares, not from the parts; NaN when there is no bill.</summary>
    public double TotalUsd { get; }

    /// <summary>False when no price of a chip is known, so that the chips are counted within the servers.</summary>
    public bool ChipsKnown { get; }

    /// <summary>What a reader should know: what was taken as included, what was cut.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Why there is no bill, in words that say what to state; null when there is one.</summary>
    public string? Reason { get; }

    /// <summary>Cost of all IT: chips, servers, network and storage, USD.</summary>
    public double ItUsd => Usd(BillGroup.Chips) + Usd(BillGroup.Servers) + Usd(BillGroup.Network) + Usd(BillGroup.Storage);

    /// <summary>Total less the sum of the parts, USD; zero but for rounding.</summary>
    public double OpenUsd
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Parts.Count; i++)
            {
                sum += Parts[i].CostUsd;
            }

            return TotalUsd - sum;
        }
    }

    /// <summary>Cost of one group, USD.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The sum of its parts; NaN when there is no bill.</returns>
    public double Usd(BillGroup group) => Reason is null ? _groupUsd[(int)group] : double.NaN;

    /// <summary>Cost of one group over the total.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The share; the five sum to 1. NaN when there is no bill or nothing costs anything.</returns>
    public double Share(BillGroup group) => Usd(group) / TotalUsd;

    /// <summary>Greatest power of one group, W, as far as its parts are counted on their own.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The sum over the parts whose power is known; 0 where none is, as for a network found by its share of cost.</returns>
    public double KnownWatts(BillGroup group)
    {
        double watts = 0;
        for (int i = 0; i < Parts.Count; i++)
        {
            watts += Parts[i].Group == group ? Parts[i].Watts ?? 0 : 0;
        }

        return watts;
    }

    /// <summary>Makes the bill.</summary>
    /// <remarks>
    /// With P the price of one system, n and s the shares of network and storage of all IT that are added:
    /// method share: all IT = systems x P / (1 - n - s). Method parts: IT before storage = systems x P + cards + switches + modules + cables, and
    /// storage = that x s / (1 - s). A part is added when the scope of the price says no, partly or unknown for network and storage, and no or
    /// unknown for cards. A price of kind "it_all" adds nothing; its network and storage are split out of it. Spare systems come on top at P.
    /// The power of storage is taken as its share of cost times the IT power.
    /// </remarks>
    /// <param name="request">What it is made from.</param>
    /// <returns>The bill, or a reason why there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Shares of network and storage are negative or reach 1, or a count or cost is negative.</exception>
    public static BillOfMaterials Of(BillRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!(request.NetworkShareOfIt >= 0 && request.StorageShareOfIt >= 0 && request.NetworkShareOfIt + request.StorageShareOfIt < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(request), request.NetworkShareOfIt + request.StorageShareOfIt, "Network and storage over all IT are 0 or more and together below 1.");
        }

        if (!(request.BuildingUsd >= 0) || request.Systems < 0 || request.SpareSystems < 0 || request.ChipsPerSystem < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.BuildingUsd, "Systems, spares and the building's cost are 0 or more, chips 1 or more.");
        }

        if (request.Scope is not { } scope || request.SystemPriceUsd is not { } systemPriceUsd)
        {
            return Refuse(SystemPrices.NoPriceKnown(request.SystemId));
        }

        if (!SystemPrices.IsWholeSystem(scope))
        {
            return Refuse(SystemPrices.NoPriceKnown(request.SystemId, scope));
        }

        return new BillWriter(request, scope, systemPriceUsd).Write();
    }

    internal static BillOfMaterials Refuse(string reason) => new([], [], double.NaN, false, [], reason);

    internal static BillOfMaterials Close(List<BillPart> parts, double totalUsd, bool chipsKnown, IReadOnlyList<string> notes)
    {
        double[] groups = new double[5];
        foreach (BillPart part in parts)
        {
            groups[(int)part.Group] += part.CostUsd;
        }

        return new BillOfMaterials(parts, groups, totalUsd, chipsKnown, notes, null);
    }
}
