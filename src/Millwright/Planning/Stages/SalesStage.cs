using Millwright.Catalog;
using Millwright.Economics;
using Millwright.Infrastructure;
using Millwright.Quantities;
using Millwright.Serving;

namespace Millwright.Planning.Stages;

/// <summary>What one workload asks and offers, as figures.</summary>
/// <param name="Serving">What a chip makes of it.</param>
/// <param name="Demand">Tasks per second, or the share of the chips that the demand fills.</param>
/// <param name="Steps">Model calls of a task.</param>
/// <param name="OutputTokens">Output tokens of a call.</param>
/// <param name="Growth">Growth of demand, 1/yr.</param>
/// <param name="Peak">Busiest over mean rate.</param>
/// <param name="Paid">Share of tokens paid for.</param>
/// <param name="InputPrice">USD per million uncached input tokens.</param>
/// <param name="CachedPrice">USD per million cached input tokens.</param>
/// <param name="OutputPrice">USD per million output tokens.</param>
/// <param name="PriceChange">Change of prices, 1/yr.</param>
internal readonly record struct OfferFigures(
    ServingFigures Serving,
    Figure Demand,
    Figure Steps,
    Figure OutputTokens,
    Figure Growth,
    Figure Peak,
    Figure Paid,
    Figure InputPrice,
    Figure CachedPrice,
    Figure OutputPrice,
    Figure PriceChange)
{
    /// <summary>Numbers that one workload adds to the inputs of a sales run.</summary>
    public const int Width = 16;

    public void AddTo(List<Figure> inputs)
    {
        inputs.AddRange([Serving.Output, Serving.Input, Serving.Cached, Serving.PrefillShare, Serving.CachedShare, Serving.ChipWatts]);
        inputs.AddRange([Demand, Steps, OutputTokens, Growth, Peak, Paid, InputPrice, CachedPrice, OutputPrice, PriceChange]);
    }
}

/// <summary>What is fixed about a workload in every run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model.</param>
/// <param name="DemandIsStated">True where the scenario states the demand; false where it is a share of the chips.</param>
internal sealed record OfferShape(string Name, string Model, bool DemandIsStated);

/// <summary>The sale of tokens at full power, with the cost of each class of tokens.</summary>
internal sealed record SalesOutcome(MonthSales AtFullPower, TokenCostResult Cost, IReadOnlyList<WorkloadOffer> Offers, IReadOnlyList<double> OutputTokensPerTask)
{
    /// <summary>Cost that one workload causes over its finished tasks, USD.</summary>
    public double CostPerTaskUsd(int workload)
    {
        double tasks = AtFullPower.Workloads[workload].TokensPerSecond.Output * TimeLength.YearSeconds / OutputTokensPerTask[workload];
        return tasks > 0 ? Cost.Workloads[workload].CostUsd.Total / tasks : double.NaN;
    }

    public double TokensPerYear(Func<ByTokenClass, double> select)
    {
        double sum = 0;
        foreach (WorkloadSales workload in AtFullPower.Workloads)
        {
            sum += select(workload.TokensPerSecond);
        }

        return sum * TimeLength.YearSeconds;
    }

    public double RevenueUsdPerYear => Sum(static w => w.RevenueUsdPerSecond);

    public double VariableUsdPerYear => Sum(static w => w.VariableUsdPerSecond);

    private double Sum(Func<WorkloadSales, double> select)
    {
        double sum = 0;
        foreach (WorkloadSales workload in AtFullPower.Workloads)
        {
            sum += select(workload);
        }

        return sum * TimeLength.YearSeconds;
    }
}

/// <summary>Figures of the sales that later stages build on.</summary>
/// <param name="Inputs">Inputs of the sales run, so that the months can be run again inside the finance.</param>
/// <param name="Outcome">The run.</param>
/// <param name="TokenRevenue">Revenue from tokens a year at full power.</param>
/// <param name="Output">Output tokens a year.</param>
/// <param name="Uncached">Uncached input tokens a year.</param>
/// <param name="Cached">Cached input tokens a year.</param>
/// <param name="ChipValue">Shadow price of a chip-hour.</param>
/// <param name="WorkloadChips">Chips given to each workload.</param>
internal readonly record struct SalesFigures(
    Figure[] Inputs, SalesOutcome Outcome, Figure TokenRevenue, Figure Output, Figure Uncached, Figure Cached, Figure ChipValue, Figure[] WorkloadChips);

/// <summary>Gives the chips to the workloads, sells what is asked for, and finds what each class of tokens costs.</summary>
internal sealed class SalesStage
{
    private const int Common = 8;

    private readonly OfferShape[] _shapes;
    private readonly SystemRecord _system;
    private readonly UncertainValue _overhead;
    private readonly WorkloadInputs[] _workloads;

    public SalesStage(ScenarioInput scenario, SystemRecord system, WorkloadInputs[] workloads, InputResolver inputs)
    {
        _system = system;
        _shapes = [.. scenario.Workloads.Select(w => new OfferShape(w.Name, w.Model, w.Demand is not null))];
        _workloads = workloads;
        _overhead = inputs.Resolve("economics.overhead_share", QuantityKind.Fraction, scenario.Economics.OverheadShare, least: 0).Value;
    }

    /// <summary>Enters what each workload asks and offers.</summary>
    public OfferFigures[] Offers(FigureBook book, ServingFigures[] serving)
    {
        OfferFigures[] offers = new OfferFigures[_workloads.Length];
        for (int w = 0; w < offers.Length; w++)
        {
            offers[w] = _workloads[w].Enter(book, serving[w]);
        }

        return offers;
    }

    /// <summary>Chips that the stated demand of every workload needs at its peak.</summary>
    /// <exception cref="MissingInputException">A workload states no demand.</exception>
    public Figure ChipsNeeded(FigureBook book, OfferFigures[] offers, Figure availability)
    {
        foreach (OfferShape shape in _shapes)
        {
            if (!shape.DemandIsStated)
            {
                throw new MissingInputException(
                    $"workloads.{shape.Name}.demand", $"site.power is auto: the site is sized from the demand, and the workload {shape.Name} states none, such as \"1000 tasks/s\".");
            }
        }

        if (offers.Length == 0)
        {
            throw new MissingInputException("workloads", "site.power is auto: the site is sized from the demand, and the scenario has no workloads.");
        }

        List<Figure> inputs = [availability];
        foreach (OfferFigures offer in offers)
        {
            inputs.AddRange([offer.Demand, offer.Steps, offer.OutputTokens, offer.Peak, offer.Serving.Output]);
        }

        for (int w = 0; w < offers.Length; w++)
        {
            if (offers[w].Serving.Point.Limit == BatchLimit.Infeasible)
            {
                throw new MissingInputException(
                    $"workloads.{_shapes[w].Name}.model", $"The site cannot be sized: {_shapes[w].Name} cannot be served on {_system.Id} ({offers[w].Serving.Point.Reason}).");
            }
        }

        return book.Define(
            "chips.needed",
            "1",
            "sum over workloads of demand x steps x output tokens x peak over mean / output tokens per chip-second, over site.availability",
            [.. inputs],
            static x =>
            {
                double chips = 0;
                for (int i = 1; i < x.Length; i += 5)
                {
                    chips += WorkloadOffer.DemandOfTasks(x[i], x[i + 1], x[i + 2]) * x[i + 3] / x[i + 4];
                }

                return chips / x[0];
            });
    }

    public SalesFigures Run(FigureBook book, SiteFigures site, CapexFigures capex, AnnualCostFigures annual, OfferFigures[] offers)
    {
        List<Figure> list =
        [
            site.Chips, site.Availability, site.ItUsedWatts, site.SystemWatts, site.Pue, site.UtilityFactor, site.EnergyPrice, annual.Total,
        ];
        foreach (OfferFigures offer in offers)
        {
            offer.AddTo(list);
        }

        Figure[] inputs = [.. list];
        EngineRun<SalesOutcome> run = book.Run(inputs, x => AtFullPower(x));
        Figure revenue = run.Output("tokens.revenue_per_year", "USD/yr", "tokens sold and paid for x their prices, at full power", static o => o.RevenueUsdPerYear);
        run.Output("tokens.energy_at_work_per_year", "USD/yr", "energy of the chips while they serve, at their modelled power", static o => o.VariableUsdPerYear);
        Figure output = run.Output("tokens.output_per_year", "tok/yr", "output tokens sold a year, at full power", static o => o.TokensPerYear(static t => t.Output));
        Figure input = run.Output("tokens.uncached_input_per_year", "tok/yr", "uncached input tokens a year, at full power", static o => o.TokensPerYear(static t => t.UncachedInput));
        Figure cached = run.Output("tokens.cached_input_per_year", "tok/yr", "cached input tokens a year, at full power", static o => o.TokensPerYear(static t => t.CachedInput));
        book.Define("tokens.output_per_second", "tok/s", "tokens.output_per_year over the seconds of a year", output, static t => t / TimeLength.YearSeconds);
        book.Define("tokens.input_per_second", "tok/s", "uncached + cached input over the seconds of a year", input, cached, static (a, b) => (a + b) / TimeLength.YearSeconds);
        run.Output("tokens.busy_share", "1", "mean chips at work over chips available: the sold share", static o => o.AtFullPower.BusyShare);
        run.Output("cost.per_million_output_tokens", "USD/Mtok", "annual cost caused by decode over output tokens", static o => o.Cost.All.UsdPerMillion.Output);
        run.Output("cost.per_million_uncached_input_tokens", "USD/Mtok", "annual cost caused by prefill over uncached input tokens", static o => o.Cost.All.UsdPerMillion.UncachedInput);
        run.Output(
            "cost.per_million_cached_input_tokens", "USD/Mtok", "annual cost caused by loading and holding the KV cache over cached input tokens", static o => o.Cost.All.UsdPerMillion.CachedInput);
        run.Output("price.per_million_output_tokens", "USD/Mtok", "mean list price of the output sold", o => MeanPrice(o, static t => t.Output));
        run.Output("price.per_million_uncached_input_tokens", "USD/Mtok", "mean list price of the uncached input sold", o => MeanPrice(o, static t => t.UncachedInput));
        run.Output("price.per_million_cached_input_tokens", "USD/Mtok", "mean list price of the cached input sold", o => MeanPrice(o, static t => t.CachedInput));
        book.Define(
            "break_even.token_price_scale",
            "1",
            "annual_cost.total / tokens.revenue_per_year: list prices may fall to this share before the factory loses money on its tokens",
            annual.Total,
            revenue,
            static (c, r) => BreakEven.TokenPriceScale(c, r));
        Figure chipValue = run.Output("allocation.chip_value", "USD/GPU-h", "shadow price of one more chip in the sale of tokens", static o => o.AtFullPower.Allocation.ChipUsdPerSecond * TimeLength.HourSeconds);
        run.Output("allocation.watt_value", "USD/W-yr", "shadow price of one more watt in the sale of tokens", static o => o.AtFullPower.Allocation.WattUsdPerSecond * TimeLength.YearSeconds);
        Margin(book, annual, capex, revenue);
        Figure[] workloadChips = new Figure[_shapes.Length];
        for (int w = 0; w < _shapes.Length; w++)
        {
            int index = w;
            string name = "workload." + _shapes[w].Name;
            run.Output(name + ".output_tokens_per_second", "tok/s", "mean output tokens sold", o => o.AtFullPower.Workloads[index].TokensPerSecond.Output);
            workloadChips[w] = run.Output(name + ".chips", "1", "chips given to it, its peak included", o => o.AtFullPower.Workloads[index].Chips);
            run.Output(name + ".cost_per_million_output_tokens", "USD/Mtok", "annual cost its decode causes over its output tokens", o => o.Cost.Workloads[index].UsdPerMillion.Output);
            run.Output(name + ".cost_per_task", "USD", "annual cost it causes over finished tasks", o => o.CostPerTaskUsd(index));
        }

        return new SalesFigures(inputs, run.Result, revenue, output, input, cached, chipValue, workloadChips);
    }

    /// <summary>Token revenue and its energy, month by month, for the finance; USD of the month.</summary>
    /// <param name="x">The inputs of the sales run.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="revenueUsd">Receives the revenue by month.</param>
    public void Months(ReadOnlySpan<double> x, BuildSchedule schedule, Span<double> revenueUsd)
    {
        WorkloadOffer[] offers = OffersOf(x);
        double available = x[0] * x[1];
        for (int w = 0; w < offers.Length; w++)
        {
            // Demand is stated for the start of operation, prices for today, which is ground-break: they change while the site is built.
            offers[w] = offers[w] with { PriceUsdPerMillion = offers[w].PriceAt(schedule.FirstPowerMonth) };
        }

        for (int month = schedule.FirstPowerMonth; month < revenueUsd.Length; month++)
        {
            double share = schedule.EnergisedShare(month);
            revenueUsd[month] = Sales.InMonth(offers, available * share, x[2] * share, month - schedule.FirstPowerMonth).RevenueUsd;
        }
    }

    /// <summary>The workloads of a recorded run, for reports.</summary>
    public IReadOnlyList<PlanWorkload> Details(SalesOutcome outcome, ServingFigures[] serving)
    {
        List<PlanWorkload> details = [];
        for (int w = 0; w < _shapes.Length; w++)
        {
            WorkloadSales sales = outcome.AtFullPower.Workloads[w];
            WorkloadOffer offer = outcome.Offers[w];
            ByTokenClass cost = outcome.Cost.Workloads[w].UsdPerMillion;
            ByTokenClass price = offer.PriceUsdPerMillion;
            details.Add(new PlanWorkload(
                _shapes[w].Name,
                _shapes[w].Model,
                outcome.AtFullPower.ChipsAvailable > 0 ? sales.Chips / outcome.AtFullPower.ChipsAvailable : 0,
                sales.TokensPerSecond.Output,
                serving[w].Point.TimeToFirstTokenSeconds,
                serving[w].Point.TimePerOutputTokenSeconds,
                cost.UncachedInput,
                cost.CachedInput,
                cost.Output,
                price.UncachedInput,
                price.CachedInput,
                price.Output,
                BoundBy(offer, sales.Limit, serving[w].Point)));
        }

        return details;
    }

    private void Margin(FigureBook book, AnnualCostFigures annual, CapexFigures capex, Figure revenue)
    {
        Figure overhead = book.Input("economics.overhead_share", _overhead);
        Figure depreciation = book.Define(
            "depreciation.per_year",
            "USD/yr",
            "capex.it less residual over its life + capex.building over its life, straight line",
            [capex.It, capex.Building, annual.ItLife, annual.BuildingLife, annual.ItResidual],
            static x => new BookValue(x[0], x[4], x[2] / TimeLength.YearSeconds).DepreciationUsd(0, 1) + new BookValue(x[1], 0, x[3] / TimeLength.YearSeconds).DepreciationUsd(0, 1));
        EngineRun<Margins> margins = book.Run(
            [revenue, annual.Variable, annual.Opex, depreciation, overhead], static x => Margins.Of(x[0], x[1], x[2], x[3], x[4] * x[0]));
        string? none = revenue.Value > 0 ? null : "no tokens are sold";
        margins.Output("margin.token", "1", "(token revenue - opex.variable) / token revenue", static m => m.Token, reason: none);
        margins.Output("margin.gross", "1", "(token revenue - operating cost - depreciation, free users included) / token revenue", static m => m.Gross, reason: none);
        margins.Output("margin.operating", "1", "gross less research, training, sales and overhead (economics.overhead_share of revenue)", static m => m.Operating, reason: none);
    }

    private SalesOutcome AtFullPower(double[] x)
    {
        WorkloadOffer[] offers = OffersOf(x);
        MonthSales month = Sales.InMonth(offers, x[0] * x[1], x[2], 0);
        ServedWork[] work = new ServedWork[offers.Length];
        for (int w = 0; w < work.Length; w++)
        {
            work[w] = ServedWork.Of(offers[w], month.Workloads[w]);
        }

        double[] outputPerTask = new double[offers.Length];
        for (int w = 0; w < outputPerTask.Length; w++)
        {
            int own = Common + (w * OfferFigures.Width);
            outputPerTask[w] = x[own + 7] * x[own + 8];
        }

        return new SalesOutcome(month, TokenCost.Of(x[7], month.ChipsAvailable, work), offers, outputPerTask);
    }

    private WorkloadOffer[] OffersOf(ReadOnlySpan<double> x)
    {
        double available = x[0] * x[1];
        double systemWattsPerChip = x[3] / _system.ChipsPerSystem;
        double ratedWatts = _system.ChipWatts ?? systemWattsPerChip;
        WorkloadOffer[] offers = new WorkloadOffer[_shapes.Length];
        for (int w = 0; w < offers.Length; w++)
        {
            ReadOnlySpan<double> own = x.Slice(Common + (w * OfferFigures.Width), OfferFigures.Width);
            double decodeShare = Math.Max(0, 1 - own[3] - own[4]);
            double itWatts = double.IsFinite(own[5]) ? systemWattsPerChip * Math.Min(1, own[5] / ratedWatts) : systemWattsPerChip;
            ServingPoint point = new(
                own[0], own[1], own[2], own[3], own[4], decodeShare, 0, 0, 0, 0, 0, own[5], own[0] > 0 ? BatchLimit.TimePerOutputToken : BatchLimit.Infeasible, "", 0);
            double peak = Math.Max(1, own[10]);
            double demand = _shapes[w].DemandIsStated
                ? WorkloadOffer.DemandOfTasks(own[6], own[7], own[8])
                : WorkloadOffer.DemandFilling(own[6], available, point, peak);
            offers[w] = new WorkloadOffer
            {
                Name = _shapes[w].Name,
                Point = point,
                DemandOutputTokensPerSecond = demand,
                DemandGrowthPerYear = own[9],
                PeakToMean = peak,
                PaidShare = own[11],
                PriceUsdPerMillion = new ByTokenClass(own[12], own[13], own[14]),
                PriceChangePerYear = own[15],
                ItWattsPerChip = itWatts,
                VariableUsdPerChipSecond = WorkloadOffer.EnergyUsdPerChipSecond(itWatts, x[4] * x[5], x[6]),
            };
        }

        return offers;
    }

    private static string BoundBy(WorkloadOffer offer, SalesLimit limit, ServingPoint point) => limit switch
    {
        SalesLimit.Infeasible => point.Reason,
        SalesLimit.Chips when point.Limit == BatchLimit.Memory => "memory",
        _ => $"{Sales.Describe(offer, limit)}; batch by {BatchBoundBy(point.Limit)}",
    };

    private static string BatchBoundBy(BatchLimit limit) => limit switch
    {
        BatchLimit.TimePerOutputToken => "TPOT",
        BatchLimit.TimeToFirstToken => "TTFT",
        BatchLimit.Memory => "memory",
        _ => "engine",
    };

    private static double MeanPrice(SalesOutcome outcome, Func<ByTokenClass, double> select)
    {
        double usd = 0;
        double tokens = 0;
        for (int w = 0; w < outcome.Offers.Count; w++)
        {
            double sold = select(outcome.AtFullPower.Workloads[w].TokensPerSecond);
            usd += sold * select(outcome.Offers[w].PriceUsdPerMillion);
            tokens += sold;
        }

        return tokens > 0 ? usd / tokens : double.NaN;
    }
}
