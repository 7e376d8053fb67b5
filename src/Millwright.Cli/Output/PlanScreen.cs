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
    private const int LeftWidth = 100;
    private const int BarWidth = 78;
    private const int Gap = 2;
    private const int WorkloadsShown = 5;

    private readonly List<(string Left, string Right)> _lines = [];
    private int _width = int.MaxValue;

    /// <summary>Writes the screen.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="colours">True to set the first words strong and outside figures quiet.</param>
    /// <param name="width">Columns of the terminal: an outside figure that does not fit beside ours is shortened to its first, or left to the page and JSON.</param>
    public void Write(TextWriter output, bool colours, int width = int.MaxValue)
    {
        Build(width);
        foreach ((string left, string right) in _lines)
        {
            string shown = colours ? Strong(left) : left;
            int padding = right.Length == 0 ? 0 : PaddingAfter(left);
            string beside = right.Length == 0 ? "" : colours ? $"\u001b[2m{right}\u001b[0m" : right;
            output.WriteLine((shown + new string(' ', padding) + beside).TrimEnd());
        }
    }

    private static string Strong(string left)
    {
        int end = left.IndexOf(' ');
        return end <= 0 ? left : $"\u001b[1m{left[..end]}\u001b[0m{left[end..]}";
    }

    private static int PaddingAfter(string left) => Math.Max(0, LeftWidth - left.Length) + Gap;

    private void Build(int width)
    {
        _width = width;
        _lines.Clear();
        Add(plan.Scenario.Name, "outside figures (of ours: in brackets p10 to p90; d datasheet, r read, c computed, m from memory, a assumed)");
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
        Beside($"{power}, {place}, {system?.Name ?? plan.Scenario.Chips.System}", "chips.per_gw");
        Add($"      {Value("racks.count")} systems, {Value("chips.count")} GPUs ({Value("chips.dies")} dies){Mark("chips.count")}, {Value("network.switches")} switches, {Value("energy.per_year")} and {Value("carbon.per_year")} CO2e a year", "");
    }

    private void Cost()
    {
        Beside(
            $"Costs {Value("capex.total")}{Range("capex.total")}{Mark("capex.total")} to build + {Sum("finance.idc", "finance.fees")} interest and fees{Early()}",
            "capex.per_gw");
        Add("      " + Bar(), "");
    }

    private void Need()
    {
        Beside(
            $"Needs {Value("annual_cost.total")}{Range("annual_cost.total")}{Mark("annual_cost.total")}: {Value("break_even.usd_per_gpu_hour")} if every hour is sold, {Value("break_even.usd_per_gpu_hour_at_sold_share")} at {Value("revenue.sold_share")}",
            "break_even.usd_per_gpu_hour");
        string mode = plan.Scenario.Revenue.Mode == RevenueMode.Contract ? "by its contract" : "by its tokens";
        string even = plan.Find("break_even.utilisation")?.Value is null ? "" : $"; needs {Value("break_even.utilisation")} of that to break even";
        Beside($"Earns {Value("revenue.per_year")} {mode} ({Value("revenue.per_gw_year")}){even}", "revenue.per_gw_year");
    }

    private void Tokens()
    {
        if (plan.Workloads.Count == 0)
        {
            Add("Makes no tokens that the scenario names: it states no workloads", "");
            return;
        }

        Beside(
            $"Makes {Value("tokens.output_per_second")} out, {Value("tokens.input_per_second")} in{Mark("tokens.output_per_second")}, chips {Value("tokens.busy_share")} busy; worth {Value("tokens.revenue_per_gw_year")} at list prices",
            "tokens.revenue_per_gw_year");
        Add("      workload         output tok/s  TTFT/TPOT ms  cost $/M in, cached, out  price $/M in, cached, out  limited by", "");
        bool empty = plan.Find("racks.count")?.Value == 0;
        foreach (PlanWorkload workload in plan.Workloads.Take(WorkloadsShown))
        {
            if (workload.OutputTokensPerSecond <= 0)
            {
                Add($"      {workload.Name,-16} not served: {(empty ? "the power carries no whole system" : workload.BoundBy)}", "");
                continue;
            }

            string times = $"{workload.TimeToFirstTokenSeconds * 1e3:0}/{workload.TimePerOutputTokenSeconds * 1e3:0}";
            Add(
                $"      {workload.Name,-16} {Short(workload.OutputTokensPerSecond),12}  {times,12}  {Price(workload.CostPerMillionUncachedInput),7} {Price(workload.CostPerMillionCachedInput),7} {Price(workload.CostPerMillionOutput),7}"
                + $"   {Price(workload.PricePerMillionUncachedInput),7} {Price(workload.PricePerMillionCachedInput),7} {Price(workload.PricePerMillionOutput),7}  {workload.BoundBy}",
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
            : $"Is a token profitable? margin over energy {Value("margin.token")}, gross {Value("margin.gross")}, operating {Value("margin.operating")}; pays at {Percent("break_even.token_price_scale", "0")} % of list price",
        "interview: yes; research and training left out");

    private void Money()
    {
        // The reasons name the limits as the figures do; DSCR is written as the trade writes it.
        string limit = (plan.Find("finance.debt")?.Reason ?? "").Replace("bound by ", "limited by ", StringComparison.Ordinal).Replace("dscr", "DSCR", StringComparison.Ordinal);
        string gap = plan.Find("finance.gap")?.Value > 0 ? $", missing {Value("finance.gap")}" : "";
        Add(
            $"Who pays: supplier {Value("finance.supplier_equity")}, debt {Value("finance.debt")} ({limit}), other equity {Value("finance.equity")}{gap}; lowest DSCR {Value("finance.min_dscr")}; {Status()}",
            "");
    }

    private void Returns()
    {
        Add(
            $"      IRR project {Value("finance.project_irr")}{Range("finance.project_irr")}{Mark("finance.project_irr")}, equity {Value("finance.equity_irr")}{Range("finance.equity_irr")}; money back {After("finance.payback")}; MOIC {Value("finance.moic")}",
            "");
        if (plan.Find("returns.coreweave_5y.project_irr") is null)
        {
            return;
        }

        Add("      IRR project / equity, %, at   8.4 (CoreWeave)  11 (SemiAnalysis)  13.3 (Oracle-OpenAI) B$/GW-yr", "");
        foreach (int years in (int[])[5, 6])
        {
            Add($"        contract of {years} years         {Pair("coreweave", years)}   {Pair("semianalysis", years)}     {Pair("oracle_openai", years)}", "");
        }
    }

    private void Schedule() => Beside(
        $"First power after {Months("schedule.first_power")} months (p10/p50/p90), {Value("schedule.first_power")} as planned, full power after {Value("schedule.full_power")}; {plan.Find("schedule.first_power")?.Reason}",
        "schedule.first_power");

    private void Binding()
    {
        string more = plan.Find("allocation.chip_value")?.Value > 0
            ? $"; in token sales one more GPU-hour is worth {Value("allocation.chip_value")}, one more GB a GPU {Value("binding.memory_value")}"
            : plan.Workloads.Count > 0 ? "; more chips or memory would sell no more tokens" : "";
        Add($"What binds: {plan.Find("binding")?.Reason}; one more MW is worth {Value("binding.megawatt_value")}{more}", "");
        if (plan.Swings.Count > 0)
        {
            Add("What moves the IRR most: " + string.Join(", ", plan.Swings.Take(3).Select(Words)), "");
        }
    }

    /// <summary>The option that sets the system of a plan beside another one.</summary>
    public static string ComparisonOf(Plan plan)
    {
        string system = plan.Scenario.Chips.System;
        return $"--compare chips.system={system},{(system == "gb300-nvl72" ? "vr200-nvl72" : "gb300-nvl72")}";
    }

    private void Next()
    {
        int held = plan.Checks.Count(static c => c.Ok);
        Add(
            $"Next: add --html report.html or {ComparisonOf(plan)}; explain {path} capex.per_gw",
            $"{held} of {plan.Checks.Count} checks hold; {plan.Draws} draws, seed {plan.Scenario.Seed}, catalog {plan.CatalogHash[..Math.Min(8, plan.CatalogHash.Length)]}");
    }

    // What does not fit beside our figure is left out; the page and JSON hold it.
    private void Add(string left, string right) => _lines.Add((left, Fits(left, right) ? right : ""));

    // Our figure, and beside it those of others: all of them, or the first where there is no room for more.
    private void Beside(string left, string figure)
    {
        MarketAnchor[] anchors = [.. plan.Anchors.Where(a => a.Figure == figure)];
        string all = Anchors(figure, anchors);
        _lines.Add((left, Fits(left, all) ? all : Fits(left, Anchors(figure, [.. anchors.Take(1)])) ? Anchors(figure, [.. anchors.Take(1)]) : ""));
    }

    private bool Fits(string left, string right) => left.Length + PaddingAfter(left) + (long)right.Length <= _width;

    // A number, or "none": why there is none is on the page and in JSON.
    private string Value(string name) => plan.Find(name) is { Value: not null } figure ? Humanize.Value(figure) : "none";

    // What the first halls earn before full power; a loss where they cost more than they bring.
    private string Early() => plan.Find("finance.early_cash")?.Value is not { } early ? "" : early >= 0
        ? $" - {Humanize.Value(early, "USD")} early earnings"
        : $" + {Humanize.Value(-early, "USD")} early losses";

    private string After(string name) => plan.Find(name)?.Value is null ? "never" : "after " + Value(name);

    private string Status() => plan.Find("finance.status")?.Reason is { } words ? words == "ok" ? "the debt is repaid" : words : "none";

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
        return $"{Whole(figure?.Low)}/{Whole(figure?.Median)}/{Whole(figure?.High)}";
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
    private string Anchors(string figure, MarketAnchor[] anchors)
    {
        if (anchors.Length == 0)
        {
            return "";
        }

        DisplayUnit unit = Humanize.Scale(Humanize.UnitOf(figure, plan.Find(figure)?.Unit ?? ""), anchors[0].Value);

        // A letter for thousands belongs to each number, what is counted only to the last.
        int space = unit.Label.IndexOf(' ', StringComparison.Ordinal);
        (string tight, string label) = !unit.Tight ? ("", " " + unit.Label) : space < 0 ? (unit.Label, "") : (unit.Label[..space], unit.Label[space..]);
        string[] dates = [.. anchors.Select(static a => a.Date[..Math.Min(7, a.Date.Length)]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string when = dates.Length == 1 ? dates[0] : $"{dates[0]} to {dates[^1]}";
        string values = string.Join(", ", anchors.Select(a => $"{a.Label} {unit.Number(a.Value)}{tight}"));
        return $"{values}{label} ({when}){(anchors.Any(static a => a.OutsideMarket) ? " OUTSIDE MARKET" : "")}";
    }

    // A part too thin for its name is named behind the bar.
    private string Bar()
    {
        StringBuilder bar = new("[");
        StringBuilder thin = new();
        foreach (string part in (string[])["chips", "servers", "network", "storage", "building"])
        {
            double share = plan.Find("capex.share." + part)?.Value ?? 0;
            int width = (int)Math.Round(share * BarWidth);
            string label = $"{part} {share * 100:0} %";
            if (width > label.Length)
            {
                bar.Append((label + " ").PadRight(width, '=')).Append('|');
                continue;
            }

            if (width > 0)
            {
                bar.Append('=', width).Append('|');
            }

            thin.Append(share > 0 ? $" {label}" : "");
        }

        bar[^1] = bar.Length == 1 ? '[' : ']';
        return bar.ToString() + thin;
    }

    private string Pair(string label, int years)
    {
        string text = $"{Percent($"returns.{label}_{years}y.project_irr")} / {Percent($"returns.{label}_{years}y.equity_irr")}";
        return text.PadRight(14);
    }

    private string Percent(string name, string format = "0.0") => plan.Find(name)?.Value is { } value ? (value * 100).ToString(format, CultureInfo.InvariantCulture) : "none";

    private static string Words(Swing swing) =>
        $"{swing.Input} {Math.Abs(swing.High - swing.Low) * 100:0.0} points{(swing.AssumedRange ? " (at ±10 %)" : "")}";

    private static string Price(double usd) => double.IsFinite(usd) ? usd.ToString(usd >= 100 ? "0" : usd >= 10 ? "0.0" : usd >= 0.1 ? "0.00" : "0.000", CultureInfo.InvariantCulture) : "-";

    private static string Short(double value) => Humanize.Value(value, "");
}
