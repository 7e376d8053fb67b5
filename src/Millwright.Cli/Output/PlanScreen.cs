using System.Globalization;
using System.Text;
using Millwright.Catalog;
using Millwright.Economics;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Reports;

namespace Millwright.Cli.Output;

/// <summary>The answer of a plan on one screen of at most 24 lines: ours on the left with its range and evidence, dated outside figures on the right.</summary>
internal sealed class PlanScreen(Plan plan, CatalogData catalog, string path)
{
    /// <summary>Most lines of the screen.</summary>
    public const int MostLines = 24;

    private const int LeftWidth = 100;
    private const int BarWidth = 92;
    private const int WorkloadsShown = 5;

    private readonly List<(string Left, string Right)> _lines = [];

    /// <summary>The lines, without colours.</summary>
    public IReadOnlyList<string> Lines()
    {
        Build();
        return [.. _lines.Select(static line => (line.Right.Length == 0 ? line.Left : line.Left.PadRight(LeftWidth) + "  " + line.Right).TrimEnd())];
    }

    /// <summary>Writes the screen.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="colours">True to set the first words strong and outside figures quiet.</param>
    public void Write(TextWriter output, bool colours)
    {
        Build();
        foreach ((string left, string right) in _lines)
        {
            string shown = colours ? Strong(left) : left;
            int padding = right.Length == 0 ? 0 : Math.Max(0, LeftWidth - left.Length) + 2;
            string beside = right.Length == 0 ? "" : colours ? $"\u001b[2m{right}\u001b[0m" : right;
            output.WriteLine((shown + new string(' ', padding) + beside).TrimEnd());
        }
    }

    private static string Strong(string left)
    {
        int end = left.IndexOf(' ');
        return end <= 0 ? left : $"\u001b[1m{left[..end]}\u001b[0m{left[end..]}";
    }

    private void Build()
    {
        _lines.Clear();
        Add(plan.Scenario.Name, "outside figures (evidence: d datasheet, r read, c computed, m from memory, a assumed)");
        Factory();
        Cost();
        Need();
        Tokens();
        Profit();
        Money();
        Returns();
        Schedule();
        Binding();
        Next();
    }

    private void Factory()
    {
        SystemRecord? system = catalog.FindSystem(plan.Scenario.Chips.System);
        PowerBasis basis = plan.Scenario.Site.Power?.Basis ?? PowerBasis.Facility;
        string power = basis switch
        {
            PowerBasis.It => $"{Value("site.power_it")} IT ({Value("site.power_facility")} facility)",
            PowerBasis.Utility => $"{Value("site.power_utility")} utility ({Value("site.power_it")} IT)",
            _ => $"{Value("site.power_facility")} facility ({Value("site.power_it")} IT)",
        };
        string place = catalog.FindLocation(plan.Scenario.Site.Location)?.Name ?? plan.Scenario.Site.Location;
        Add($"{power}, {place}, {system?.Name ?? plan.Scenario.Chips.System}", Anchors("chips.per_gw"));
        Add($"      {Value("racks.count")} systems, {Big("chips.count")} GPUs ({Big("chips.dies")} dies){Mark("chips.count")}, {Value("network.switches")} switches, {Value("energy.per_year")} and {Value("carbon.per_year")} CO2e a year", "");
    }

    private void Cost()
    {
        Add(
            $"Costs {Value("capex.total")} overnight{Range("capex.total")}{Mark("capex.total")} + interest and fees {Sum("finance.idc", "finance.fees")} - {Value("finance.early_cash")} earned as it fills",
            Anchors("capex.per_gw"));
        Add("      " + Bar(), "");
    }

    private void Need()
    {
        Add(
            $"Needs {Value("annual_cost.total")}{Range("annual_cost.total")}{Mark("annual_cost.total")} = {Value("break_even.usd_per_gpu_hour")} sold out, {Value("break_even.usd_per_gpu_hour_at_sold_share")} at {Value("revenue.sold_share")}",
            Anchors("break_even.usd_per_gpu_hour"));
        string mode = plan.Scenario.Revenue.Mode == RevenueMode.Contract ? "by contract" : "by tokens";
        Add(
            $"Earns {Value("revenue.per_year")} {mode} ({Value("revenue.per_gw_year")}); breaks even with {Value("break_even.utilisation")} of that",
            Anchors("revenue.per_gw_year"));
    }

    private void Tokens()
    {
        Add(
            $"Makes {Value("tokens.output_per_second")} out, {Value("tokens.input_per_second")} in{Mark("tokens.output_per_second")}, {Value("tokens.busy_share")} sold; at list prices {Value("tokens.revenue_per_gw_year")}",
            Anchors("tokens.revenue_per_gw_year"));
        if (plan.Workloads.Count == 0)
        {
            return;
        }

        Add("      workload          out tok/s  TTFT/TPOT ms  cost $/M: in, cached, out   price $/M: in, cached, out  bound by", "");
        foreach (PlanWorkload workload in plan.Workloads.Take(WorkloadsShown))
        {
            if (workload.OutputTokensPerSecond <= 0)
            {
                Add($"      {workload.Name,-16} not served: {workload.BoundBy}", "");
                continue;
            }

            string times = $"{workload.TimeToFirstTokenSeconds * 1e3:0}/{workload.TimePerOutputTokenSeconds * 1e3:0}";
            Add(
                $"      {workload.Name,-16} {Short(workload.OutputTokensPerSecond),10}  {times,12}  {Price(workload.CostPerMillionUncachedInput),7} {Price(workload.CostPerMillionCachedInput),7} {Price(workload.CostPerMillionOutput),7}"
                + $"    {Price(workload.PricePerMillionUncachedInput),7} {Price(workload.PricePerMillionCachedInput),7} {Price(workload.PricePerMillionOutput),7}  {workload.BoundBy}",
                "");
        }

        if (plan.Workloads.Count > WorkloadsShown)
        {
            Add($"      and {plan.Workloads.Count - WorkloadsShown} more: see --json or --html", "");
        }
    }

    private void Profit() => Add(
        plan.Find("margin.token")?.Value is null
            ? "Is a token profitable? No tokens are sold."
            : $"Is a token profitable? token margin {Value("margin.token")}, gross {Value("margin.gross")}, operating {Value("margin.operating")}; breaks even at {Value("break_even.token_price_scale")} of list prices",
        "interview: yes; research and training left out");

    private void Money()
    {
        string gap = plan.Find("finance.gap")?.Value > 0 ? $", missing {Value("finance.gap")}" : "";
        Add(
            $"Who pays: supplier {Value("finance.supplier_equity")}, debt {Value("finance.debt")} ({plan.Find("finance.debt")?.Reason}), other equity {Value("finance.equity")}{gap}; lowest DSCR {Value("finance.min_dscr")}; {Value("finance.status")}",
            "");
    }

    private void Returns()
    {
        Add(
            $"      IRR project {Value("finance.project_irr")}{Range("finance.project_irr")}{Mark("finance.project_irr")}, equity {Value("finance.equity_irr")}{Range("finance.equity_irr")}; money back {Value("finance.payback")}; MOIC {Value("finance.moic")}",
            "");
        if (plan.Find("returns.coreweave_5y.project_irr") is null)
        {
            return;
        }

        Add("      IRR project/equity at  8.4 (CoreWeave)   11 (SemiAnalysis)   13.3 (Oracle-OpenAI) B$/GW-yr", "");
        foreach (int years in (int[])[5, 6])
        {
            Add($"        {years} years              {Pair("coreweave", years)}      {Pair("semianalysis", years)}       {Pair("oracle_openai", years)}", "");
        }
    }

    private void Schedule() => Add(
        $"First power {Months("schedule.first_power")} months (p10/planned/p90), full power {Value("schedule.full_power")}; it {plan.Find("schedule.first_power")?.Reason}",
        Anchors("schedule.first_power"));

    private void Binding()
    {
        Add($"Binds now: {plan.Find("binding")?.Reason}; one more MW is worth {Value("binding.megawatt_value")}; in token sales a GPU-hour {Value("allocation.chip_value")}, a GB {Value("binding.memory_value")}", "");
        if (plan.Swings.Count > 0)
        {
            Add("Moves IRR most: " + string.Join(", ", plan.Swings.Take(3).Select(Words)), "");
        }
    }

    private void Next()
    {
        int held = plan.Checks.Count(static c => c.Ok);
        string system = plan.Scenario.Chips.System;
        string other = system == "gb300-nvl72" ? "vr200-nvl72" : "gb300-nvl72";
        Add(
            $"Next: plan {path} --html report.html | --compare chips.system={system},{other} | explain {path} capex.per_gw",
            $"{held} of {plan.Checks.Count} checks hold; {plan.Draws} draws, seed {plan.Scenario.Seed}, catalog {plan.CatalogHash[..Math.Min(8, plan.CatalogHash.Length)]}");
    }

    private void Add(string left, string right) => _lines.Add((left, right));

    private string Value(string name) => plan.Find(name) is { } figure ? Humanize.Value(figure) : "-";

    private string Big(string name) => plan.Find(name)?.Value is { } value ? $"{value / 1e3:#,0}k" : "-";

    private string Sum(string first, string second) =>
        Humanize.Value((plan.Find(first)?.Value ?? 0) + (plan.Find(second)?.Value ?? 0), "USD");

    private string Range(string name)
    {
        if (plan.Find(name) is not { Low: { } low, High: { } high } figure || low == high)
        {
            return "";
        }

        DisplayUnit unit = Humanize.Scale(Humanize.UnitOf(figure.Name, figure.Unit), figure.Value ?? high);
        return $" ({unit.Number(low)} to {unit.Number(high)})";
    }

    private string Months(string name)
    {
        PlanFigure? figure = plan.Find(name);
        return $"{Whole(figure?.Low)}/{Whole(figure?.Value)}/{Whole(figure?.High)}";
    }

    private static string Whole(double? value) => value is { } known ? known.ToString("0", CultureInfo.InvariantCulture) : "-";

    private string Mark(string name) => plan.Find(name) is { } figure
        ? figure.Evidence switch
        {
            Evidence.Datasheet => " [d]",
            Evidence.Read => " [r]",
            Evidence.Derived => " [c]",
            Evidence.Recalled => " [m]",
            _ => " [a]",
        }
        : "";

    // Labels with bare numbers, then the unit once, then the dates.
    private string Anchors(string figure)
    {
        MarketAnchor[] anchors = [.. plan.Anchors.Where(a => a.Figure == figure)];
        if (anchors.Length == 0)
        {
            return "";
        }

        DisplayUnit unit = Humanize.Scale(Humanize.UnitOf(figure, plan.Find(figure)?.Unit ?? ""), anchors[0].Value);
        string[] dates = [.. anchors.Select(static a => a.Date[..Math.Min(7, a.Date.Length)]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string when = dates.Length == 1 ? dates[0] : $"{dates[0]}..{dates[^1]}";
        string values = string.Join(", ", anchors.Select(a => $"{a.Label} {unit.Number(a.Value)}"));
        return $"{values} {unit.Label} ({when}){(anchors.Any(static a => a.OutsideMarket) ? " OUTSIDE MARKET" : "")}";
    }

    private string Bar()
    {
        StringBuilder bar = new("[");
        foreach (string part in (string[])["chips", "servers", "network", "storage", "building"])
        {
            double share = plan.Find("capex.share." + part)?.Value ?? 0;
            int width = (int)Math.Round(share * BarWidth);
            string label = $"{part} {share * 100:0} %";
            bar.Append(width <= 0 ? "" : label.Length + 1 > width ? label[..Math.Min(width, label.Length)].PadRight(width, '=') : (label + " ").PadRight(width, '='));
            if (width > 0)
            {
                bar.Append('|');
            }
        }

        bar[^1] = ']';
        return bar.ToString();
    }

    private string Pair(string label, int years)
    {
        string text = $"{Percent($"returns.{label}_{years}y.project_irr")} / {Percent($"returns.{label}_{years}y.equity_irr")}";
        return text.PadRight(14);
    }

    private string Percent(string name) => plan.Find(name)?.Value is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) : "none";

    private static string Words(Swing swing) =>
        $"{swing.Input} {Math.Abs(swing.High - swing.Low) * 100:0.0} points{(swing.AssumedRange ? " (at ±10 %)" : "")}";

    private static string Price(double usd) => double.IsFinite(usd) ? usd.ToString(usd >= 100 ? "0" : usd >= 10 ? "0.0" : usd >= 0.1 ? "0.00" : "0.000", CultureInfo.InvariantCulture) : "-";

    private static string Short(double value) => Humanize.Value(value, "");
}
