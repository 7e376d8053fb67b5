using Millwright.Catalog;

namespace Millwright.Infrastructure;

/// <summary>Which price of the catalog stands for a whole system.</summary>
public static class SystemPrices
{
    /// <summary>True when a price is one of a whole system, to which a network, storage and a building can be added.</summary>
    /// <param name="scope">The price.</param>
    /// <returns>True for the kinds "system", "derived" and "it_all" that hold both chips and server.</returns>
    public static bool IsWholeSystem(PriceScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope.Kind is "system" or "derived" or "it_all" && scope.Chips == Inclusion.Yes && scope.Server == Inclusion.Yes;
    }

    /// <summary>
    /// The best known price of a system: first one whose content is fully stated, then the strongest evidence, then a price as sold before one of all IT
    /// before a derived one, then the latest.
    /// </summary>
    /// <param name="prices">The price list.</param>
    /// <param name="systemId">Id of the system.</param>
    /// <returns>The price with its scope, or null when none of the whole system is known.</returns>
    public static PriceScope? BestKnown(IReadOnlyList<PriceScope> prices, string systemId)
    {
        ArgumentNullException.ThrowIfNull(prices);
        PriceScope? best = null;
        for (int i = 0; i < prices.Count; i++)
        {
            PriceScope candidate = prices[i];
            if (candidate.SystemId == systemId && candidate.Price.Mid is not null && IsWholeSystem(candidate) && (best is null || IsBetter(candidate, best)))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>The scope of a price that the user states for one system: chips, server, scale-up and cards; neither network nor storage.</summary>
    /// <param name="systemId">Id of the system.</param>
    /// <param name="priceUsd">Price of one system, USD.</param>
    /// <returns>The price with its scope.</returns>
    public static PriceScope Stated(string systemId, double priceUsd) => new(
        "stated",
        systemId,
        "system",
        new PriceRange(null, priceUsd, null),
        "whole system with its network cards; no scale-out network, no shared storage",
        Inclusion.Yes,
        Inclusion.Yes,
        Inclusion.Yes,
        Inclusion.Yes,
        Inclusion.Yes,
        Inclusion.No,
        Inclusion.No,
        Inclusion.No,
        "scenario",
        "",
        Evidence.Assumption,
        "");

    /// <summary>What to tell a user when no price of the whole system is known.</summary>
    /// <param name="systemId">Id of the system.</param>
    /// <param name="scope">A price that is known but is not one of the whole system, or null.</param>
    /// <returns>The message.</returns>
    public static string NoPriceKnown(string systemId, PriceScope? scope = null) =>
        scope is null
            ? $"no price known for {systemId}: state chips.price (whole system with host and cards), or name a row of the price list in chips.price_row."
            : $"no price known for {systemId}: the row {scope.Id} prices \"{scope.Includes}\" (kind {scope.Kind}), not a whole system. "
                + "State chips.price (whole system with host and cards), or name another row in chips.price_row.";

    private static bool IsBetter(PriceScope a, PriceScope b)
    {
        int order = HasUnknown(a).CompareTo(HasUnknown(b));
        order = order != 0 ? order : a.Evidence.CompareTo(b.Evidence);
        order = order != 0 ? order : KindOrder(a).CompareTo(KindOrder(b));
        order = order != 0 ? order : string.CompareOrdinal(b.Date, a.Date);
        return order < 0;
    }

    private static bool HasUnknown(PriceScope p) =>
        p.Nic == Inclusion.Unknown || p.ScaleOutNetwork == Inclusion.Unknown || p.Storage == Inclusion.Unknown || p.RackScaleUp == Inclusion.Unknown;

    private static int KindOrder(PriceScope p) => p.Kind switch { "system" => 0, "it_all" => 1, _ => 2 };
}
