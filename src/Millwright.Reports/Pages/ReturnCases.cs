using System.Globalization;
using Millwright.Planning;

namespace Millwright.Reports.Pages;

/// <summary>The returns of a plan at other contract prices and terms, taken from its figures "returns.LABEL_5y.project_irr" and "returns.LABEL.price".</summary>
public static class ReturnCases
{
    private const string Prefix = "returns.";
    private const string Suffix = ".project_irr";

    /// <summary>Finds the cases.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The cases in the order of price and term; empty when the plan has none.</returns>
    public static IReadOnlyList<ReturnCase> Of(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        List<ReturnCase> cases = [];
        foreach (PlanFigure figure in plan.Figures)
        {
            if (!figure.Name.StartsWith(Prefix, StringComparison.Ordinal) || !figure.Name.EndsWith(Suffix, StringComparison.Ordinal))
            {
                continue;
            }

            string stem = figure.Name[..^Suffix.Length];
            int split = stem.LastIndexOf('_');
            if (split > 0 && stem.EndsWith('y')
                && double.TryParse(stem.AsSpan(split + 1, stem.Length - split - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out double years)
                && plan.Find(stem[..split] + ".price")?.Value is { } price)
            {
                cases.Add(new ReturnCase(price / 1e9, years, figure.Value, plan.Find(stem + ".equity_irr")?.Value, plan.Find(stem + ".min_dscr")?.Value, figure.Reason ?? ""));
            }
        }

        return [.. cases.OrderBy(static c => c.TermYears).ThenBy(static c => c.ContractUsdPerWattYear)];
    }
}
