using Millwright.Catalog;

namespace Millwright.Planning;

/// <summary>Which dated outside figures stand beside which of ours.</summary>
internal static class MarketAnchors
{
    private const double OutsideRatio = 2;

    // Factor: from the unit of the row to the unit of our figure.
    private static readonly (string Figure, string Row, string Label, double Factor)[] Rows =
    [
        ("capex.per_gw", "cost-per-gw/bern-total", "Bernstein GB200", 1e9),
        ("capex.per_gw", "cost-per-gw/ms-vr", "Morgan Stanley Rubin", 1e9),
        ("capex.per_gw", "cost-per-gw/huang-2025-10", "interview (50 to 60)", 1e9),
        ("capex.per_gw_it", "cost-per-gw/epoch-total", "Epoch AI GB200", 1e9),
        ("chips.per_gw", "cost-per-gw/barclays-gpus", "Barclays", 1),
        ("chips.per_gw", "cost-per-gw/gpus-gb200", "GB200 at the meter", 1),
        ("annual_cost.per_gw_it", "cost-per-gw/epoch-tco5", "Epoch AI 5 years", 1e9),
        ("break_even.usd_per_gpu_hour", "rental-prices/2026-05-B200-index SDB200RT-spot", "B200 index", 1),
        ("break_even.usd_per_gw_year", "deals/d07-orcl-openai.price_per_gw_year", "Oracle-OpenAI", 1e9),
        ("revenue.per_gw_year", "deals/d07-orcl-openai.price_per_gw_year", "Oracle-OpenAI", 1e9),
        ("revenue.per_gw_year", "cost-per-gw/rev-per-gw", "SemiAnalysis", 1e9),
        ("revenue.per_gw_year", "deals/d19-crwv-accounts.revenue_per_gw_year", "CoreWeave", 1e9),
        ("tokens.revenue_per_gw_year", "demand/R6", "OpenAI run-rate", 1e9),
        ("tokens.all_per_second", "demand/M6", "needed to earn 12.5 B$", 1e6),
        ("opex.per_gw_it", "cost-per-gw/epoch-opex", "Epoch AI", 1e9),
        ("energy.price", "energy/price-dc-blended-2026", "US data centres", 0.01),
        ("schedule.first_power", "facility/build-abilene", "Stargate Abilene", 1),
    ];

    /// <summary>Sets our figures beside the outside ones.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="book">The recorded book.</param>
    /// <returns>One anchor for each row that is known and each figure that has a value.</returns>
    public static IReadOnlyList<MarketAnchor> Beside(CatalogData catalog, FigureBook book)
    {
        List<MarketAnchor> anchors = [];
        foreach ((string figure, string id, string label, double factor) in Rows)
        {
            if (book.Find(figure) is { } ours && double.IsFinite(ours.Value) && catalog.FindFigure(id) is { Mid: { } mid } row)
            {
                double outside = mid * factor;
                bool isOutside = ours.Value > outside * OutsideRatio || ours.Value < outside / OutsideRatio;
                anchors.Add(new MarketAnchor(figure, label, outside, row.Date, row.Source, row.Id, isOutside));
            }
        }

        return anchors;
    }
}
