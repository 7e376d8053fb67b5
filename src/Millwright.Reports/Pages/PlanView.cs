using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Reports.Pages;

/// <summary>Looks up a plan by name, so that a page can skip what a plan lacks.</summary>
internal sealed class PlanView
{
    private readonly Dictionary<string, PlanFigure> _figures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlanSeries> _series = new(StringComparer.Ordinal);

    public PlanView(Plan plan)
    {
        Plan = plan;
        foreach (PlanFigure figure in plan.Figures)
        {
            _figures.TryAdd(figure.Name, figure);
        }

        foreach (PlanSeries series in plan.Series)
        {
            _series.TryAdd(series.Name, series);
        }
    }

    public Plan Plan { get; }

    public PlanFigure? Figure(string name) => _figures.GetValueOrDefault(name);

    public double? Value(string name) => _figures.TryGetValue(name, out PlanFigure? figure) && figure.Value is double value && double.IsFinite(value) ? value : null;

    public string? Text(string name) => _figures.TryGetValue(name, out PlanFigure? figure) ? Humanize.Value(figure) : null;

    /// <summary>The text of a figure that has a number; null where it has none.</summary>
    public string? NumberText(string name) => Value(name) is null ? null : Text(name);

    /// <summary>A duration figure in months, whatever unit it is kept in.</summary>
    public double? Months(string name) => Value(name) is double value ? InMonths(value, _figures[name].Unit) : null;

    public static double InMonths(double value, string unit) => unit switch
    {
        "s" => value / TimeLength.MonthSeconds,
        "yr" or "year" or "years" => value * 12,
        _ => value,
    };

    public PlanSeries? Series(string name) => _series.TryGetValue(name, out PlanSeries? series) && series.X.Count > 0 && series.Y.Count > 0 ? series : null;

    /// <summary>Sum of a series from a month on, over the months asked; null where the series does not reach.</summary>
    public double? Sum(string name, double fromMonth, double months)
    {
        if (Series(name) is not PlanSeries series)
        {
            return null;
        }

        double sum = 0;
        int counted = 0;
        for (int i = 0; i < Math.Min(series.X.Count, series.Y.Count); i++)
        {
            if (series.X[i] >= fromMonth - 1e-9 && series.X[i] < fromMonth + months - 1e-9 && double.IsFinite(series.Y[i]))
            {
                sum += series.Y[i];
                counted++;
            }
        }

        return counted == (int)Math.Round(months) ? sum : null;
    }

    public IEnumerable<MarketAnchor> Anchors(string figure) => Plan.Anchors.Where(anchor => anchor.Figure == figure && double.IsFinite(anchor.Value));
}
