using System.Globalization;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Infrastructure;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Serving.Search;

namespace Millwright.Studies;

/// <summary>A system with another network, or with a cap on its power: what its chip-hour costs then, and what a site spends on a chip.</summary>
/// <param name="site">The scenario that states site, lives, costs and finance.</param>
/// <param name="catalog">The catalog.</param>
/// <param name="basis">Basis of the power of a chip.</param>
public sealed class SystemVariants(ScenarioInput site, CatalogData catalog, PowerBasis basis)
{
    /// <summary>Shares of the rated power that are tried where none are named, 60 to 100 %: an assumption, no data sheet of the catalog states a range.</summary>
    public static IReadOnlyList<double> UsualCaps { get; } = [0.6, 0.7, 0.8, 0.9, 1];

    // an assumption: a host takes cards of the generation before or after its own, not any
    private const double MostCardRatio = 2;

    /// <summary>
    /// Networks that a system may have beside its own: those of the network cards of its maker in the catalog, from half its own bandwidth to twice.
    /// </summary>
    /// <param name="system">The system.</param>
    /// <returns>Bandwidths of a chip one way, bytes/s, ascending; none where its own is not published or its maker sells no cards.</returns>
    public IReadOnlyList<double> Networks(SystemRecord system)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (system.ScaleOutBytesPerSecond is not { } own)
        {
            return [];
        }

        return
        [
            .. CardsOf(system)
                .Select(static card => RateOf(card))
                .Where(rate => rate != own && rate <= MostCardRatio * own && rate * MostCardRatio >= own)
                .Distinct()
                .Order(),
        ];
    }

    /// <summary>A system at a network and a cap.</summary>
    /// <param name="own">The system as it is sold, with the cost of its chip-hour.</param>
    /// <param name="networkBytesPerSecond">Network bandwidth of a chip one way, bytes/s; null for its own.</param>
    /// <param name="powerCap">Share of its rated power that a chip may draw, above 0 and at most 1.</param>
    /// <param name="costIsStated">True where the cost of the chip-hour was stated and holds for the system as it is sold.</param>
    /// <returns>
    /// The offer. Its cost is that of the same site filled with it: capped chips draw less, so that more of them share the site; another network is paid
    /// for as the bill of materials counts it, with the difference between the cards. Null where the catalog does not tell what it would cost.
    /// </returns>
    public SystemOffer Of(SystemOffer own, double? networkBytesPerSecond, double powerCap, bool costIsStated)
    {
        ArgumentNullException.ThrowIfNull(own);
        bool isRewired = networkBytesPerSecond is { } rate && rate != own.System.ScaleOutBytesPerSecond;
        if (!isRewired && powerCap >= 1)
        {
            return own;
        }

        SystemRecord system = isRewired ? SystemElements.Replace(own.System, SystemElement.Nic, networkBytesPerSecond!.Value) : own.System;
        string network = isRewired ? string.Create(CultureInfo.InvariantCulture, $"with {networkBytesPerSecond!.Value * 8 / 1e9:0.#} Gb/s") : "";
        string cap = powerCap < 1 ? string.Create(CultureInfo.InvariantCulture, $"at {powerCap * 100:0.#} % power") : "";
        double spared = (1 - powerCap) * (own.System.ChipWatts ?? 0);
        SystemOffer plain = own with
        {
            System = system,
            PowerCap = powerCap,
            HasOwnNetwork = !isRewired,
            Variant = network.Length > 0 && cap.Length > 0 ? $"{network} {cap}" : network + cap,
            UsdPerChipHour = isRewired ? null : own.UsdPerChipHour,
            CostSource = isRewired ? "" : own.CostSource,
            WattsPerChip = own.WattsPerChip - spared,
        };
        if (costIsStated || own.UsdPerChipHour is null || ChipsOf(own.System, system, isRewired) is not { } chips)
        {
            return plain;
        }

        SystemRecord capped = system with
        {
            ChipWatts = system.ChipWatts * powerCap,
            SystemTypicalWatts = system.SystemTypicalWatts - spared * system.ChipsPerSystem,
            SystemMaxWatts = system.SystemMaxWatts - spared * system.ChipsPerSystem,
        };
        SystemOffer planned = SystemOffers.Planned(site, catalog, capped, chips, basis, out _);
        return planned.UsdPerChipHour is null
            ? plain
            : plain with { UsdPerChipHour = planned.UsdPerChipHour, CostSource = planned.CostSource, WattsPerChip = planned.WattsPerChip ?? plain.WattsPerChip };
    }

    // what is bought: with other cards the price of the system changes by their difference; null where the price does not tell the cards apart
    private ChipsInput? ChipsOf(SystemRecord own, SystemRecord rewired, bool isRewired)
    {
        if (!isRewired)
        {
            return new ChipsInput { System = own.Id };
        }

        if (SystemPrices.BestKnown(catalog.PriceScopes, own.Id) is not { Nic: Inclusion.Yes, ScaleOutNetwork: Inclusion.No, Price.Mid: { } price } row
            || CardsUsd(own) is not { } before
            || CardsUsd(rewired) is not { } after)
        {
            return null;
        }

        return new ChipsInput { System = own.Id, PriceRow = row.Id, Price = new Amount(Math.Max(0, price + after - before)) };
    }

    // network cards of one system: the cheapest of its maker that give its bandwidth
    private double? CardsUsd(SystemRecord system)
    {
        double? least = null;
        foreach (NetworkPart card in CardsOf(system))
        {
            double cards = system.ScaleOutBytesPerSecond!.Value / RateOf(card);
            if (card.Price.Mid is { } usd && Math.Abs(cards - Math.Round(cards)) < 1e-9)
            {
                double all = cards * usd * system.ChipsPerSystem;
                least = least is { } known && known <= all ? known : all;
            }
        }

        return least;
    }

    private IEnumerable<NetworkPart> CardsOf(SystemRecord system) => catalog.NetworkParts.Where(
        part => part.Kind == "nic" && part.PortBytesPerSecond > 0 && string.Equals(part.Vendor, system.Vendor, StringComparison.OrdinalIgnoreCase));

    private static double RateOf(NetworkPart card) => (card.Ports ?? 1) * card.PortBytesPerSecond!.Value;
}
