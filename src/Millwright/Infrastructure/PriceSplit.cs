using Millwright.Catalog;

namespace Millwright.Infrastructure;

/// <summary>What is inside the price of one system.</summary>
/// <param name="ChipUsd">Price of one chip, USD; null where none is known.</param>
/// <param name="NetworkUsdInSystem">Scale-out network inside the price of one system, USD; null where it is in the price but its share is not known.</param>
/// <param name="StorageUsdInSystem">Storage inside the price of one system, USD; null where it is in the price but its share is not known.</param>
public readonly record struct PriceSplit(double? ChipUsd, double? NetworkUsdInSystem, double? StorageUsdInSystem)
{
    /// <summary>Finds the split of a price in the price list.</summary>
    /// <remarks>
    /// A price of all IT (kind "it_all") is split by the rows of kind "share" of the same system, scaled with the price: the greatest row that holds
    /// the chips, the greatest with the scale-out network, the greatest with storage (a smaller row of the same role is part of the larger). Any other
    /// price takes its chips from the row of kind "chip", else from the system's own record.
    /// </remarks>
    /// <param name="prices">The price list.</param>
    /// <param name="scope">The price of the system.</param>
    /// <param name="system">The system.</param>
    /// <param name="systemPriceUsd">Price planned with, USD.</param>
    /// <returns>The split.</returns>
    public static PriceSplit Of(IReadOnlyList<PriceScope> prices, PriceScope scope, SystemRecord system, double systemPriceUsd)
    {
        ArgumentNullException.ThrowIfNull(prices);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(system);
        double? chipRow = null;
        double? chips = null;
        double? network = null;
        double? storage = null;
        for (int i = 0; i < prices.Count; i++)
        {
            PriceScope row = prices[i];
            if (row.SystemId != system.Id || row.Price.Mid is not { } mid)
            {
                continue;
            }

            if (row.Kind == "chip")
            {
                chipRow = mid;
            }
            else if (row.Kind == "share")
            {
                chips = row.Chips == Inclusion.Yes ? Math.Max(chips ?? 0, mid) : chips;
                network = row.ScaleOutNetwork == Inclusion.Yes ? Math.Max(network ?? 0, mid) : network;
                storage = row.Storage == Inclusion.Yes ? Math.Max(storage ?? 0, mid) : storage;
            }
        }

        chipRow ??= system.ChipPrice.Mid;
        if (scope.Kind != "it_all")
        {
            return new PriceSplit(
                chipRow,
                scope.ScaleOutNetwork == Inclusion.Yes ? null : 0,
                scope.Storage == Inclusion.Yes ? null : 0);
        }

        double scale = scope.Price.Mid is { } priced && priced > 0 ? systemPriceUsd / priced : 1;
        return new PriceSplit(chips is { } all ? all * scale / system.ChipsPerSystem : chipRow, network * scale, storage * scale);
    }
}
