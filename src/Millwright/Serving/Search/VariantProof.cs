namespace Millwright.Serving.Search;

/// <summary>
/// What becomes of a system under a cap or with another network, before it is searched. Where no unit leaves the scale-up domain, its answers are those of
/// the system with its own network. It cannot matter where it is no faster (a lower peak, a slower network) and where not even the most output of the system
/// as it is, at the price of the variant, would be the cheapest, nor the least energy that it could take the most frugal of what is known.
/// </summary>
/// <remarks>
/// The frontier is that of what is searched. Premises, which property tests hold the search to (<see cref="TogetherSearch.Ripple"/> is allowed for): a lower peak or a slower network never makes more;
/// and a chip that does the same work in a longer time does not draw less in proportion. A cap leaves the power between idle and that of the lowered clock
/// in the ratio s of its dynamic power, so that a deployment takes at least s times its energy without a cap and (1 - s) times that of waiting as long.
/// </remarks>
internal static class VariantProof
{
    /// <summary>The search of the same system at the same cap with its own network; null for none.</summary>
    public static SystemSearch? OwnNetworkOf(SystemOffer variant, Operators.EngineFamily engine, IReadOnlyList<SystemSearch> searches) => variant.HasOwnNetwork
        ? null
        : searches.FirstOrDefault(search => IsKin(search, variant, engine) && search.Offer.HasOwnNetwork && search.Offer.PowerCap == variant.PowerCap && OnlyNetworkDiffers(search.Offer, variant));

    /// <summary>The search that a variant may be slower than: without its cap, else with its own network; null for none.</summary>
    public static SystemSearch? BaseOf(SystemOffer variant, Operators.EngineFamily engine, IReadOnlyList<SystemSearch> searches) => variant.PowerCap < 1
        ? searches.FirstOrDefault(search => IsKin(search, variant, engine) && search.Offer.PowerCap >= 1 && search.Offer.System == variant.System)
        : OwnNetworkOf(variant, engine, searches);

    /// <summary>True when no deployment of a variant with another network feels it.</summary>
    public static bool IsSame(SystemSearch own, SystemSearch variant) =>
        own.Goal == variant.Goal
        && own.MostUnitChips <= own.Chip.Peaks.ScaleUpDomain
        && own.Chip.Peaks.ScaleUpBytesPerSecond >= Math.Max(own.Chip.Peaks.ScaleOutBytesPerSecond, variant.Chip.Peaks.ScaleOutBytesPerSecond);

    /// <summary>True when a variant is proved to change neither the best, nor the cheapest, nor the most frugal of what was found; else what of it may.</summary>
    public static bool CannotMatter(SystemSearch own, SystemSearch variant, IReadOnlyList<SystemSearch> found, bool forPower)
    {
        bool isSlower = variant.Offer.PowerCap < 1 || variant.Chip.Peaks.ScaleOutBytesPerSecond < own.Chip.Peaks.ScaleOutBytesPerSecond;
        if (!isSlower || own.MostUnitChips != variant.MostUnitChips)
        {
            return false;
        }

        if (own.Best is not { } best)
        {
            return true;
        }

        // chips at hand that no replica uses are fewer in another number of chips
        double mostOfAll = own.Goal.RequestsPerSecond is null ? best.PerChip : own.Front[^1].PerChip;
        double mostOfUsed = mostOfAll * (1 + TogetherSearch.Ripple) * WasteOf(own);
        double most = own.Goal == variant.Goal ? own.Goal.OutputPerChip(best.Chips, best.RequestsPerSecond) * (1 + TogetherSearch.Ripple) : mostOfUsed;
        double leastUsd = variant.Offer.UsdPerChipHour / 3600 / most * 1e6 ?? double.PositiveInfinity;
        double idleJoules = own.Chip.IdleWatts / mostOfUsed;
        double ownJoules = Math.Max(idleJoules, own.MostFrugal?.JoulesPerToken * (1 - TogetherSearch.Ripple) ?? 0);
        double idleShare = own.Chip.IdleWatts / own.Chip.Peaks.RatedWatts;
        double dynamic = variant.Offer.PowerCap < 1 ? Math.Clamp((variant.Offer.PowerCap - idleShare) / (1 - idleShare), 0, 1) : 1;
        double leastJoules = dynamic * ownJoules + (1 - dynamic) * idleJoules;
        double cheapest = double.PositiveInfinity;
        double mostFrugal = double.PositiveInfinity;
        double mostInAll = 0;
        foreach (SystemSearch search in found)
        {
            if (search.Best is { } spot)
            {
                cheapest = Math.Min(cheapest, search.UsdPerMillion(spot) ?? double.PositiveInfinity);
                mostInAll = Math.Max(mostInAll, spot.PerChip * (search.Goal.ChipsAtHand ?? 1));
            }

            if (search.MostFrugal is { } frugal)
            {
                mostFrugal = Math.Min(mostFrugal, frugal.JoulesPerToken);
            }
        }

        double? perChipForCost = variant.Offer.UsdPerChipHour / 3600 / cheapest * 1e6;
        double perChipForAll = forPower ? mostInAll / variant.Goal.ChipsAtHand ?? 0 : double.PositiveInfinity;
        if (variant.Goal.RequestsPerSecond is null)
        {
            variant.Needs = new SearchNeeds(Math.Min(perChipForCost ?? double.PositiveInfinity, perChipForAll) * (1 - 1e-9), mostFrugal * (1 + 1e-9));
        }

        // not a number is a chip without a rated power: it has no energy to be the least of
        return !(leastUsd < cheapest) && !(leastJoules < mostFrugal) && !(forPower && most * variant.Goal.ChipsAtHand > mostInAll);
    }

    // greatest ratio of chips at hand to those that whole replicas use
    private static double WasteOf(SystemSearch search)
    {
        if (search.Goal.ChipsAtHand is not { } atHand)
        {
            return 1;
        }

        double waste = 1;
        for (int unit = 1; unit <= Math.Min(search.MostUnitChips, atHand); unit++)
        {
            waste = Math.Max(waste, (double)atHand / (atHand / unit * unit));
        }

        return waste;
    }

    private static bool IsKin(SystemSearch search, SystemOffer variant, Operators.EngineFamily engine) =>
        search.Chip.Engine == engine && search.Offer.HostSystemId == variant.HostSystemId && search.Offer.System.Id == variant.System.Id;

    private static bool OnlyNetworkDiffers(SystemOffer own, SystemOffer variant) =>
        own.System with { ScaleOutBytesPerSecond = variant.System.ScaleOutBytesPerSecond } == variant.System;
}
