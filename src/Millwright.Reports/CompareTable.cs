using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;

namespace Millwright.Reports;

/// <summary>A cell of a comparison.</summary>
/// <param name="Text">The figure for people.</param>
/// <param name="Value">The figure in its inside unit; null where there is none.</param>
/// <param name="Change">Change against the first column, as a share of it; null in the first column and where there is none.</param>
public sealed record CompareCell(string Text, double? Value, double? Change);

/// <summary>A row of a comparison.</summary>
/// <param name="Name">Name of the figure.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Unit">Unit that its values are shown in.</param>
/// <param name="Cells">One cell per plan.</param>
public sealed record CompareRow(string Name, string Title, string Unit, IReadOnlyList<CompareCell> Cells);

/// <summary>
/// Several plans side by side: buy now or wait, one place or another. Rows serve the terminal; <see cref="AddTo"/> sets table and pictures on a page.
/// </summary>
/// <param name="Columns">Name of each plan.</param>
/// <param name="Rows">The figures compared; those that no plan has are left out.</param>
public sealed record CompareTable(IReadOnlyList<string> Columns, IReadOnlyList<CompareRow> Rows)
{
    private static readonly string[] Pictured =
        ["capex.per_gw", "annual_cost.total", "break_even.usd_per_gpu_hour", "tokens.output_per_second", "cost.per_million_output_tokens", "finance.project_irr"];

    /// <summary>The figures compared when none are named.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "site.power_facility", "site.power_it", "racks.count", "chips.count", "chips.dies", "capex.total", "capex.per_gw", "annual_cost.total", "opex.per_year",
        "energy.per_year", "break_even.usd_per_gw_year", "break_even.usd_per_gpu_hour", "cost.per_gpu_hour", "tokens.output_per_second", "tokens.output_per_year",
        "cost.per_million_output_tokens", "cost.per_million_uncached_input_tokens", "cost.per_million_cached_input_tokens", "margin.token", "margin.gross",
        "margin.operating", "finance.uses_total", "finance.debt", "finance.project_irr", "finance.equity_irr", "finance.min_dscr", "finance.status",
        "schedule.first_power", "schedule.full_power", "carbon.per_year", "binding",
    ];

    /// <summary>Compares plans.</summary>
    /// <param name="plans">Name and plan of each column; the first is what the others are compared with.</param>
    /// <param name="figures">Names of the figures; null for the usual ones.</param>
    /// <returns>The comparison.</returns>
    public static CompareTable Of(IReadOnlyList<(string Label, Plan Plan)> plans, IReadOnlyList<string>? figures = null)
    {
        ArgumentNullException.ThrowIfNull(plans);
        var rows = new List<CompareRow>();
        foreach (string name in figures ?? Usual)
        {
            PlanFigure?[] found = [.. plans.Select(column => column.Plan.Find(name))];
            if (found.OfType<PlanFigure>().FirstOrDefault() is not PlanFigure any)
            {
                continue;
            }

            string unit = Humanize.UnitOf(name, any.Unit);
            double? first = Finite(found[0]);
            rows.Add(new CompareRow(name, FigureTitles.Of(name), unit, [.. found.Select((figure, i) => Cell(figure, i, first, any.Unit))]));
        }

        return new CompareTable([.. plans.Select(column => column.Label)], rows);
    }

    /// <summary>Sets the comparison into a section of a page.</summary>
    /// <param name="section">The section.</param>
    public void AddTo(HtmlSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        List<ChartPanel> panels = [.. Pictured.Select(name => Rows.FirstOrDefault(row => row.Name == name)).OfType<CompareRow>()
            .Select(row => new ChartPanel(row.Title, row.Unit, [.. Columns.Select((column, i) => new ChartPart(column, row.Cells[i].Value ?? double.NaN))]))];
        if (panels.Count > 0)
        {
            section.Picture("At a glance", "Each panel has its own scale, from zero.", width => Svg.SmallMultiples("Bars of the main figures for " + string.Join(", ", Columns) + ".", panels, width));
        }

        section.Table(new HtmlTable(
            "Side by side",
            [new("Figure"), .. Columns.Select(column => new HtmlColumn(column, true))],
            [.. Rows.Select(row => new HtmlRow([new HtmlCell(row.Title) { Note = row.Name }, .. row.Cells.Select(cell => new HtmlCell(cell.Text) { Note = ChangeText(cell) })]))]));
    }

    /// <summary>The comparison as a page of its own.</summary>
    /// <param name="title">Title of the page.</param>
    /// <returns>A self-contained page.</returns>
    public string ToHtml(string title) =>
        new HtmlPage(title).Kicker("Millwright \u00b7 comparison").Lead($"{string.Join(" against ", Columns)}: the same question, answered side by side. Changes are against the first.")
            .Section("compare", "Comparison", AddTo).Write();

    /// <summary>The change of a cell for people.</summary>
    /// <param name="cell">The cell.</param>
    /// <returns>Text such as "+12 %", or null where there is no change to tell.</returns>
    public static string? ChangeText(CompareCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.Change is double change && double.IsFinite(change)
            ? (change < 0 ? "\u2212" : "+") + Humanize.Value(Math.Abs(change), "share")
            : null;
    }

    private static CompareCell Cell(PlanFigure? figure, int column, double? first, string unit)
    {
        if (figure is null)
        {
            return new CompareCell("none", null, null);
        }

        double? value = Finite(figure);

        // Returns and margins are shares already: their relative change would mislead.
        bool relative = column > 0 && Humanize.UnitOf(figure.Name, figure.Unit) != "share" && figure.Unit == unit;
        double? change = relative && value is double v && first is double f && f != 0 ? (v - f) / Math.Abs(f) : null;
        return new CompareCell(Humanize.Value(figure), value, change);
    }

    private static double? Finite(PlanFigure? figure) => figure?.Value is double value && double.IsFinite(value) ? value : null;
}
