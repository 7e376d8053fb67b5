using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Economics;
using Millwright.Finance;
using Millwright.Infrastructure;
using Millwright.Planning.Stages;
using Millwright.Quantities;
using Millwright.Serving;
using Millwright.Serving.Search;
using Millwright.Serving.Simulator;

namespace Millwright.Planning;

/// <summary>
/// The chain, prepared for one scenario: site, chips, capital cost, serving, sale of tokens, yearly cost, finance. Inputs are resolved once; each run then
/// enters them at the values its sampler gives. Safe to run from many threads at once.
/// </summary>
public sealed class Planner
{
    // Contract prices that the returns are shown at, beside the scenario's own.
    private static readonly (string Row, string Label)[] PriceRows =
    [
        ("deals/d19-crwv-accounts.revenue_per_gw_year", "coreweave"),
        ("cost-per-gw/rev-per-gw", "semianalysis"),
        ("deals/d07-orcl-openai.price_per_gw_year", "oracle_openai"),
    ];

    private static readonly double[] VariantYears = [5, 6];

    private readonly CatalogData _catalog;
    private readonly SiteStage _site;
    private readonly CapexStage _capex;
    private readonly ScheduleStage _schedule;
    private readonly AnnualCostStage _annualCost;
    private readonly ServingStage _serving;
    private readonly SalesStage _sales;
    private readonly FinanceStage _finance;
    private readonly double? _memoryGigabytes;

    /// <summary>Prepares the chain.</summary>
    /// <param name="scenario">What is asked.</param>
    /// <param name="catalog">What the world offers.</param>
    /// <param name="search">The search for the deployment of each workload; null for a scenario without workloads.</param>
    /// <param name="variant">The system, where it is not as the catalog has it, such as one with another network; null for that of the catalog.</param>
    /// <exception cref="MissingInputException">Neither the scenario nor the catalog states a figure that the plan needs.</exception>
    /// <exception cref="ArgumentException">There are workloads, and no search.</exception>
    public Planner(ScenarioInput scenario, CatalogData catalog, DeploymentSearch? search, SystemRecord? variant = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(catalog);
        Scenario = scenario;
        _catalog = catalog;
        InputResolver inputs = new(scenario, catalog);
        SystemRecord system = variant ?? catalog.FindSystem(scenario.Chips.System)
            ?? throw new MissingInputException("chips.system", $"The catalog has no system called \"{scenario.Chips.System}\".");
        WorkloadInputs[] workloads = [.. scenario.Workloads.Select(w => new WorkloadInputs(w, catalog, inputs))];
        _site = new SiteStage(scenario, system, inputs);
        _capex = new CapexStage(scenario, catalog, system, inputs);
        _schedule = new ScheduleStage(scenario, inputs);
        _annualCost = new AnnualCostStage(scenario, inputs);
        _serving = new ServingStage(scenario, catalog, system, workloads, search);
        _sales = new SalesStage(scenario, system, workloads, inputs);
        _finance = new FinanceStage(scenario, _sales, inputs);
        _memoryGigabytes = system.MemoryBytes / 1e9;
    }

    /// <summary>The scenario that is planned.</summary>
    public ScenarioInput Scenario { get; }

    /// <summary>Hash of the catalog.</summary>
    public string CatalogHash => _catalog.Hash;

    /// <summary>Runs the chain once.</summary>
    /// <param name="sampler">Gives the value of each input.</param>
    /// <param name="recording">True to keep formulas, series, checks and workloads.</param>
    /// <returns>The run. Figures of a recorded run begin with those of any other run, in the same order.</returns>
    /// <exception cref="MissingInputException">A figure that the plan needs is missing.</exception>
    public PlanRun Run(InputSampler sampler, bool recording)
    {
        FigureBook book = new(sampler, recording);
        ServingFigures[] serving = _serving.Run(book);
        Figure availability = _site.Availability(book);
        OfferFigures[] offers = _sales.Offers(book, serving);
        Figure? chipsNeeded = Scenario.Site.Power is null ? _sales.ChipsNeeded(book, offers, availability) : null;
        SiteFigures site = _site.Run(book, availability, chipsNeeded);
        CapexFigures capex = _capex.Run(book, site);
        site = _site.RunEnergy(book, site, capex.NetworkWatts);
        ScheduleFigures schedule = _schedule.Run(book);
        AnnualCostFigures annual = _annualCost.Run(book, site, capex);
        SalesFigures sales = _sales.Run(book, site, capex, annual, offers);
        (FinanceResult finance, Figure[] financeInputs) = _finance.Run(book, site, capex, annual, schedule, sales);
        PerPower(book, site, annual, sales);
        Binding(book, site, annual, sales, finance);
        int shared = book.Values.Count;
        if (!recording)
        {
            return new PlanRun(book, shared, [], [], []);
        }

        _finance.Variants(book, financeInputs, PriceVariants(book));
        MemoryValue(book, site, sales, serving);
        return new PlanRun(
            book,
            shared,
            Series(finance, _finance.Case(Array.ConvertAll(financeInputs, static f => f.Value)), schedule.Schedule),
            Checks(book, capex, sales, finance),
            _sales.Details(sales.Outcome, serving));
    }

    /// <summary>Dated outside figures beside those of a recorded book.</summary>
    /// <param name="book">The recorded book.</param>
    /// <returns>One anchor for each outside figure that is known.</returns>
    public IReadOnlyList<MarketAnchor> Anchors(FigureBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        return MarketAnchors.Beside(_catalog, book);
    }

    /// <summary>Simulates the deployment that a finished plan chose for each workload, one replica in the peak hour. No figure of the plan depends on it.</summary>
    /// <param name="plan">The plan, which this chain made.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>One answer a workload, in the order of the scenario; the same bits on any number of threads.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IReadOnlyList<WorkloadConfirmation> Confirm(Plan plan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        WorkloadConfirmation[] confirmations = new WorkloadConfirmation[plan.Workloads.Count];
        Parallel.For(0, confirmations.Length, new ParallelOptions { CancellationToken = cancellation }, w =>
            confirmations[w] = ConfirmationStage.Confirm(PeakHourOf(plan, w), (ulong)Scenario.Seed, cancellation));
        return confirmations;
    }

    // The plan gives a workload the chips that its mean demand times its peak fills: what is sold, at its busiest, falls evenly on the replicas of those chips.
    private PeakHour PeakHourOf(Plan plan, int workload)
    {
        PlanWorkload shown = plan.Workloads[workload];
        string service = $"workloads.{shown.Name}.";
        string served = $"workload.{shown.Name}.";
        double[] x = [Of(service + "input_tokens"), Of(service + "cached_share"), Of(service + "output_tokens"), Of(service + "time_to_first_token"), Of(service + "time_per_output_token")];
        ChosenDeployment chosen = _serving.Chosen(x, workload);
        (RequestLengths lengths, LengthHistogram? histogram) = _serving.Lengths(x, workload);
        double chips = Of(served + "chips");
        double replicas = chips > 0 ? chips / chosen.Point.ChipsPerReplica : 0;
        double requests = Of(served + "output_tokens_per_second") * Math.Max(1, Of(service + "peak_to_mean")) / lengths.MeanOutputTokens;
        return new PeakHour(shown.Name, chosen, lengths, histogram, new ServiceLimits(x[3], x[4]), replicas > 0 ? requests / replicas : 0, shown.BoundBy);

        double Of(string name) => plan.Find(name)?.Value ?? double.NaN;
    }

    private static void PerPower(FigureBook book, SiteFigures site, AnnualCostFigures annual, SalesFigures sales)
    {
        book.Define("chips.per_gw", "1/GW", "chips.count / site.power_facility", site.Chips, site.FacilityWatts, static (n, w) => n / w * 1e9, Quantities.PowerBasis.Facility);
        book.Define("annual_cost.per_gw_it", "USD/GW-yr", "annual_cost.total / site.power_it", annual.Total, site.ItWatts, static (c, w) => c / w * 1e9, Quantities.PowerBasis.It);
        book.Define("opex.per_gw_it", "USD/GW-yr", "opex.per_year / site.power_it", annual.Opex, site.ItWatts, static (c, w) => c / w * 1e9, Quantities.PowerBasis.It);
        book.Define(
            "tokens.revenue_per_gw_year", "USD/GW-yr", "tokens.revenue_per_year / site.power_facility", sales.TokenRevenue, site.FacilityWatts, static (r, w) => r / w * 1e9, Quantities.PowerBasis.Facility);
        book.Define("tokens.all_per_second", "tok/s", "output + uncached + cached input tokens a second", sales.Output, sales.Uncached, sales.Cached, static (o, u, c) => (o + u + c) / TimeLength.YearSeconds);
    }

    // What holds the plan down, and what one more unit of it is worth a year.
    private void Binding(FigureBook book, SiteFigures site, AnnualCostFigures annual, SalesFigures sales, FinanceResult finance)
    {
        bool sellsTokens = Scenario.Revenue.Mode == RevenueMode.Tokens;
        bool demandIsStated = Scenario.Workloads.Any(static w => w.Demand is not null);
        Figure perMegawatt = !sellsTokens
            ? book.Define(
                "binding.megawatt_value",
                "USD/yr",
                "1 MW of facility power x revenue.contract_price - annual_cost.total / site.power_facility; where systems run out first it stands empty and costs its building",
                [annual.ContractPrice, annual.Total, site.FacilityWatts, site.FilledWatts, annual.BuildingCapital],
                static x => (IsEmpty(x[2], x[3]) ? -x[4] / x[2] : x[0] - (x[1] / x[2])) * 1e6)
            : demandIsStated
                ? book.Define(
                    "binding.megawatt_value",
                    "USD/yr",
                    "1 MW of chips x site.availability x allocation.chip_value x 8,760 h - annual_cost.total / site.power_facility; where systems run out first it stands empty and costs its building",
                    [sales.ChipValue, annual.Total, site.FacilityWatts, site.FilledWatts, annual.BuildingCapital, site.Chips, site.Availability],
                    static x => (IsEmpty(x[2], x[3]) ? -x[4] : (x[5] * x[6] * x[0] * TimeLength.YearHours) - x[1]) / x[2] * 1e6)
                : book.Define(
                    "binding.megawatt_value",
                    "USD/yr",
                    "(tokens.revenue_per_year - annual_cost.total) / site.power_facility for 1 MW: the mean megawatt, since demand is a share of the chips; where systems run out first it stands empty and costs its building",
                    [sales.TokenRevenue, annual.Total, site.FacilityWatts, site.FilledWatts, annual.BuildingCapital],
                    static x => (IsEmpty(x[2], x[3]) ? -x[4] : x[0] - x[1]) / x[2] * 1e6);
        MonthSales month = sales.Outcome.AtFullPower;
        bool demandBinds = demandIsStated && month.Allocation.ChipUsdPerSecond <= 0;
        (string what, string why) = finance.Status == FinanceStatus.NotFinanceable
            ? ("money", "nobody brings the last of it")
            : site.SupplyBinds
                ? ("chips", "the supply of systems runs out before the power")
                : Scenario.Site.Power is null || (sellsTokens && demandBinds)
                    ? ("demand", "more tokens are not asked for")
                    : ("power", "every whole system that the power carries is bought");
        book.Define("binding", "USD/yr", "value a year of one more megawatt of facility power", [perMegawatt], static x => x[0], Quantities.PowerBasis.Facility, what + ": " + why);
    }

    // Power that no system fills, but for the last that is too little for one.
    private static bool IsEmpty(double facilityWatts, double filledWatts) => filledWatts < facilityWatts * (1 - 1e-9);

    // What one more gigabyte on every chip is worth a year in the sale of tokens: the chips it would save, at their shadow price.
    private void MemoryValue(FigureBook book, SiteFigures site, SalesFigures sales, ServingFigures[] serving)
    {
        if (_memoryGigabytes is not { } gigabytes || serving.Length == 0)
        {
            return;
        }

        List<Figure> inputs = [site.Chips, sales.ChipValue];
        for (int w = 0; w < serving.Length; w++)
        {
            inputs.Add(sales.WorkloadChips[w]);
            inputs.AddRange(serving[w].Service);
        }

        ServingPoint[] points = [.. serving.Select(static s => s.Point)];
        book.Define(
            "binding.memory_value",
            "USD/GB-yr",
            "10 % more memory on every chip: chips given to each workload x its gain in output x allocation.chip_value x 8,760 h, over the gigabytes added",
            [.. inputs],
            x =>
            {
                double chipsSaved = 0;
                for (int w = 0; w < points.Length; w++)
                {
                    int at = 2 + (w * 6);
                    chipsSaved += x[at] * _serving.GainFromMemory(x[(at + 1)..(at + 6)], w, points[w]);
                }

                return chipsSaved * x[1] * TimeLength.YearHours / (x[0] * gigabytes * ServingStage.MemoryStep);
            });
    }

    private List<(Figure Price, double Years, string Label)> PriceVariants(FigureBook book)
    {
        List<(Figure, double, string)> variants = [];
        foreach ((string id, string label) in PriceRows)
        {
            if (_catalog.FindFigure(id) is not { Mid: { } mid } row)
            {
                continue;
            }

            double price = mid * 1e9;
            Figure figure = book.Input(
                "returns." + label + ".price",
                new UncertainValue(new(price, price, price), "USD/GW-yr", row.Evidence, row.Source, row.Date, row.Id, null, IsStated: false, Least: 0),
                Quantities.PowerBasis.Facility);
            foreach (double years in VariantYears)
            {
                variants.Add((figure, years, label));
            }
        }

        return variants;
    }

    private static List<PlanSeries> Series(FinanceResult finance, FinanceCase financeCase, BuildSchedule schedule)
    {
        int months = finance.Months.DebtBalance.Count;
        double[] x = [.. Enumerable.Range(0, months).Select(static m => (double)m)];
        double[] service = [.. Enumerable.Range(0, months).Select(m => finance.Months.Interest[m] + finance.Months.Principal[m])];
        double[] draws = [.. Enumerable.Range(0, months).Select(m => financeCase.ItCapexUsd[m] + financeCase.BuildingCapexUsd[m])];
        return
        [
            Monthly("ramp.energised_share", "1", schedule.EnergisedShares(months)),
            Monthly("capex.draws", "USD", draws),
            Monthly("finance.revenue", "USD", financeCase.RevenueUsd),
            Monthly("finance.opex", "USD", financeCase.OperatingCostUsd),
            Monthly("finance.tax", "USD", finance.Months.Tax),
            Monthly("finance.debt_service", "USD", service),
            Monthly("finance.debt_balance", "USD", finance.Months.DebtBalance),
            Monthly("finance.distributions", "USD", finance.Months.Distributions),
            Monthly("finance.cash_flow_project", "USD", finance.Months.ProjectFlow),
            Monthly("finance.cash_flow_equity", "USD", finance.Months.EquityFlow),
            new PlanSeries("finance.dscr", "1", "month", [.. finance.DscrTestMonths.Select(static m => (double)m)], finance.Dscr),
        ];

        PlanSeries Monthly(string name, string unit, IReadOnlyList<double> y) => new(name, unit, "month", x, y);
    }

    private static List<PlanCheck> Checks(FigureBook book, CapexFigures capex, SalesFigures sales, FinanceResult finance)
    {
        List<PlanCheck> checks = [.. finance.Checks.Select(static c => new PlanCheck(c.Name, c.Ok, c.Detail))];
        checks.Add(Closes("parts of the bill sum to its total", capex.Bill.OpenUsd, capex.Bill.TotalUsd, "USD"));
        checks.Add(Closes("the bill equals the figures of its groups", capex.Bill.TotalUsd - Value(book, "capex.it_before_tax") - Value(book, "capex.building"), capex.Bill.TotalUsd, "USD"));
        checks.Add(Closes("power in equals power used and lost", Value(book, "power.open"), Value(book, "power.utility"), "W"));
        double shares = 0;
        foreach (string group in (string[])["chips", "servers", "network", "storage", "building"])
        {
            shares += Value(book, "capex.share." + group);
        }

        if (Value(book, "capex.total") > 0)
        {
            checks.Add(Closes("shares of the capital cost sum to one", shares - 1, 1, ""));
        }

        AllocationSummary allocation = sales.Outcome.AtFullPower.Allocation;
        checks.Add(Closes("the allocation is optimal: contribution equals its dual", allocation.ContributionUsdPerSecond - allocation.DualUsdPerSecond, allocation.DualUsdPerSecond, "USD/s"));
        if (sales.Outcome.AtFullPower.BusyChips > 0)
        {
            double total = Value(book, "annual_cost.total");
            checks.Add(Closes("costs of the token classes sum to the annual cost", sales.Outcome.Cost.All.CostUsd.Total - total, total, "USD/yr"));
        }

        return checks;
    }

    private static double Value(FigureBook book, string name) => book.Find(name)?.Value ?? double.NaN;

    private static PlanCheck Closes(string name, double open, double scale, string unit) =>
        new(name, Math.Abs(open) <= 1e-9 * Math.Max(1, Math.Abs(scale)), $"open {open:G6} of {scale:G6} {unit}".TrimEnd());
}
