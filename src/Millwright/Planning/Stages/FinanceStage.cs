using Millwright.Economics;
using Millwright.Finance;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Planning.Stages;

/// <summary>Who pays, and what comes back. Nominal dollars by month from ground-break.</summary>
internal sealed class FinanceStage
{
    private const double MonthSeconds = TimeLength.MonthSeconds;

    // A hundred times the output of the world.
    private const double MostMonthlyUsd = 1e15;

    // Place of each number among the inputs of the finance run; the sales inputs follow when tokens are what is sold.
    private const int Schedule = 0;
    private const int CapexIt = 5;
    private const int CapexBuilding = 6;
    private const int Opex = 7;
    private const int FilledWatts = 8;
    private const int ContractPrice = 9;
    private const int ContractTerm = 10;
    private const int Renewal = 11;
    private const int Escalation = 12;
    private const int ItLife = 13;
    private const int BuildingLife = 14;
    private const int ItResidual = 15;
    private const int Inflation = 16;
    private const int LoanToCost = 17;
    private const int Dscr = 18;
    private const int BaseRate = 19;
    private const int Margin = 20;
    private const int DebtTerm = 21;
    private const int UpfrontFee = 22;
    private const int CommitmentFee = 23;
    private const int Supplier = 24;
    private const int SponsorCash = 25;
    private const int IncomeTax = 26;
    private const int StateTax = 27;
    private const int Bonus = 28;
    private const int LossUse = 29;
    private const int EquityLimit = 30;
    private const int Count = 31;

    private readonly RevenueMode _mode;
    private readonly SalesStage _sales;
    private readonly UncertainValue _contractTerm;
    private readonly UncertainValue _renewal;
    private readonly UncertainValue _escalation;
    private readonly UncertainValue _inflation;
    private readonly UncertainValue _loanToCost;
    private readonly UncertainValue _dscr;
    private readonly UncertainValue _baseRate;
    private readonly UncertainValue _margin;
    private readonly UncertainValue _debtTerm;
    private readonly UncertainValue _upfrontFee;
    private readonly UncertainValue _commitmentFee;
    private readonly UncertainValue _supplier;
    private readonly UncertainValue _sponsorCash;
    private readonly UncertainValue? _equityLimit;
    private readonly UncertainValue _incomeTax;
    private readonly UncertainValue _stateTax;
    private readonly UncertainValue _bonus;
    private readonly UncertainValue _lossUse;

    public FinanceStage(ScenarioInput scenario, SalesStage sales, InputResolver inputs)
    {
        FinanceInput finance = scenario.Finance;
        _mode = scenario.Revenue.Mode;
        _sales = sales;
        _contractTerm = inputs.Resolve("revenue.contract_term", QuantityKind.Duration, scenario.Revenue.ContractTerm, least: 0).Value;
        _renewal = inputs.Resolve("revenue.renewal_price", QuantityKind.Fraction, scenario.Revenue.RenewalPrice, least: 0).Value;
        _escalation = inputs.Resolve("revenue.contract_escalation", QuantityKind.RatePerYear, scenario.Revenue.ContractEscalation, least: -0.99).Value;
        _inflation = inputs.Resolve("finance.inflation", QuantityKind.RatePerYear, finance.Inflation, least: -0.5).Value;
        _loanToCost = inputs.Resolve("finance.loan_to_cost", QuantityKind.Fraction, finance.LoanToCost, least: 0, greatest: 1).Value;
        _dscr = inputs.Resolve("finance.dscr", QuantityKind.Fraction, finance.Dscr, least: 1).Value;
        _baseRate = inputs.Resolve("finance.base_rate", QuantityKind.RatePerYear, finance.BaseRate, "rate-sofr", least: 0).Value;
        _margin = inputs.Resolve("finance.margin", QuantityKind.RatePerYear, finance.Margin, least: 0).Value;
        _debtTerm = inputs.Resolve("finance.debt_term", QuantityKind.Duration, finance.DebtTerm, least: MonthSeconds).Value;
        _upfrontFee = inputs.Resolve("finance.upfront_fee", QuantityKind.Fraction, finance.UpfrontFee, least: 0, greatest: 0.5).Value;
        _commitmentFee = inputs.Resolve("finance.commitment_fee", QuantityKind.RatePerYear, finance.CommitmentFee, least: 0).Value;
        _supplier = inputs.Resolve("finance.supplier_equity", QuantityKind.MoneyPerPower, finance.SupplierEquity, least: 0).Value;
        _sponsorCash = inputs.Resolve("finance.sponsor_cash", QuantityKind.Money, finance.SponsorCash, least: 0).Value;
        _equityLimit = finance.EquityLimit is { } limit ? inputs.Resolve("finance.equity_limit", QuantityKind.Money, limit, least: 0).Value : null;
        _incomeTax = inputs.Resolve("finance.income_tax", QuantityKind.Fraction, finance.IncomeTax, "tax-fed", least: 0, greatest: 0.99).Value;
        _stateTax = inputs.Resolve("finance.state_income_tax", QuantityKind.Fraction, finance.StateIncomeTax, inputs.Location.IncomeTax, least: 0, greatest: 0.99).Value;
        _bonus = inputs.Resolve("finance.bonus_depreciation", QuantityKind.Fraction, finance.BonusDepreciation, "tax-bonus", least: 0, greatest: 1).Value;
        _lossUse = inputs.Resolve("finance.loss_use", QuantityKind.Fraction, finance.LossUse, least: 0, greatest: 1).Value;
    }

    /// <summary>Runs the finance and enters its figures.</summary>
    /// <returns>The result, and the figures it was made from.</returns>
    public (FinanceResult Result, Figure[] Inputs) Run(
        FigureBook book, SiteFigures site, CapexFigures capex, AnnualCostFigures annual, ScheduleFigures schedule, SalesFigures sales)
    {
        Figure[] inputs = Inputs(book, site, capex, annual, schedule, sales);
        EngineRun<FinanceResult> run = book.Run(inputs, x => ProjectFinance.Run(Case(x)));
        FinanceResult result = run.Result;
        Figure firstYear = book.Define(
            "revenue.per_year",
            "USD/yr",
            _mode == RevenueMode.Contract ? "revenue.contract_price x site.power_filled, at full power" : "tokens.revenue_per_year, at full power and today's prices",
            _mode == RevenueMode.Contract ? annual.ContractPrice : sales.TokenRevenue,
            site.FilledWatts,
            _mode == RevenueMode.Contract ? static (p, w) => p * w : static (r, _) => r);
        book.Define(
            "break_even.utilisation",
            "1",
            "annual_cost.total / revenue.per_year: share of the capacity that must be sold at today's prices; over 1 means it never pays",
            annual.Total,
            firstYear,
            static (c, r) => c / r);
        book.Define("revenue.per_gw_year", "USD/GW-yr", "revenue.per_year / site.power_facility", firstYear, site.FacilityWatts, static (r, w) => r / w * 1e9, PowerBasis.Facility);
        run.Output("finance.uses_total", "USD", "overnight cost + interest during construction + fees - cash earned before full power", static r => r.Uses.Total);
        run.Output("finance.overnight", "USD", "overnight cost of IT and building paid by the sources", static r => r.Uses.Overnight);
        run.Output("finance.idc", "USD", "interest during construction", static r => r.Uses.InterestDuringConstruction);
        run.Output("finance.fees", "USD", "up-front and commitment fees", static r => r.Uses.UpfrontFee + r.Uses.CommitmentFee);
        run.Output("finance.early_cash", "USD", "cash earned before full power that pays costs", static r => r.Uses.EarlyOperatingCash);
        run.Output("finance.debt", "USD", "senior debt: the tighter of DSCR and loan to cost", static r => r.Sources.Debt, reason: "bound by " + result.BindingText.Replace('_', ' '));
        run.Output("finance.equity", "USD", "equity beside the supplier's: sponsor cash + outside equity", static r => r.Sources.SponsorCash + r.Sources.OutsideEquity);
        run.Output("finance.equity_all", "USD", "sponsor cash + supplier + outside equity", static r => r.Sources.Equity);
        run.Output("finance.supplier_equity", "USD", "equity of the supplier, by the power energised", static r => r.Sources.Supplier);
        run.Output("finance.sponsor_cash_used", "USD", "cash of the sponsor's other business", static r => r.Sources.SponsorCash);
        run.Output("finance.outside_equity", "USD", "equity from others", static r => r.Sources.OutsideEquity);
        run.Output("finance.gap", "USD", "what nobody brings", static r => r.Sources.Gap);
        run.Output("finance.project_irr", "1/yr", "internal rate of return of the project after tax, before finance", static r => r.ProjectIrr.Rate, reason: result.ProjectIrr.Reason);
        run.Output("finance.project_irr_before_tax", "1/yr", "the same before income tax", static r => r.ProjectIrrBeforeTax.Rate, reason: result.ProjectIrrBeforeTax.Reason);
        run.Output("finance.equity_irr", "1/yr", "internal rate of return of all equity, after tax and debt", static r => r.EquityIrr.Rate, reason: result.EquityIrr.Reason);
        run.Output("finance.moic", "1", "distributions over equity paid in", static r => r.Moic);
        run.Output(
            "finance.payback", "years", "years from ground-break until equity has its money back", static r => r.PaybackYears ?? double.NaN, reason: result.PaybackYears is null ? "equity never has its money back" : null);
        run.Output("finance.min_dscr", "1", "least cash over debt service of the last twelve months, tested each quarter", static r => r.MinDscr);
        run.Output("finance.llcr", "1", "loan life cover ratio at full power", static r => r.Llcr);
        run.Output("finance.closing_debt", "USD", "debt left at the end", static r => r.ClosingDebtUsd);
        run.Output(
            "finance.status",
            "code",
            "0 ok, 1 default, 2 not financeable",
            static r => (int)r.Status,
            reason: result.StatusReason is null ? result.StatusText : $"{result.StatusText}: {result.StatusReason}");
        return (result, inputs);
    }

    /// <summary>Enters the returns at other contract prices and lives; only a recorded run has them.</summary>
    /// <param name="book">The book.</param>
    /// <param name="inputs">The figures that the finance run was made from.</param>
    /// <param name="variants">Price in USD/GW-yr, years of contract and chips, and whose price it is.</param>
    public void Variants(FigureBook book, Figure[] inputs, IReadOnlyList<(Figure Price, double Years, string Label)> variants)
    {
        if (_mode != RevenueMode.Contract)
        {
            return;
        }

        foreach ((Figure price, double years, string label) in variants)
        {
            EngineRun<FinanceResult> run = book.Run([.. inputs, price], x =>
            {
                double[] changed = x[..^1];
                changed[ContractPrice] = x[^1] / 1e9;
                changed[ContractTerm] = years * TimeLength.YearSeconds;
                changed[ItLife] = years * TimeLength.YearSeconds;
                return ProjectFinance.Run(Case(changed));
            });
            string name = $"returns.{label}_{years:0}y";
            run.Output(name + ".project_irr", "1/yr", $"project return with the price of {label} and a contract and chips of {years:0} years", static r => r.ProjectIrr.Rate, reason: run.Result.ProjectIrr.Reason);
            run.Output(name + ".equity_irr", "1/yr", $"equity return with the price of {label} and a contract and chips of {years:0} years", static r => r.EquityIrr.Rate, reason: run.Result.EquityIrr.Reason);
            run.Output(name + ".min_dscr", "1", "least cover of the debt service", static r => r.MinDscr);
        }
    }

    /// <summary>The figures that the finance run is made from, entered once.</summary>
    private Figure[] Inputs(FigureBook book, SiteFigures site, CapexFigures capex, AnnualCostFigures annual, ScheduleFigures schedule, SalesFigures sales)
    {
        Figure[] own = new Figure[Count];
        schedule.Inputs.CopyTo(own, Schedule);
        own[CapexIt] = capex.It;
        own[CapexBuilding] = capex.Building;
        own[Opex] = annual.Opex;
        own[FilledWatts] = site.FilledWatts;
        own[ContractPrice] = annual.ContractPrice;
        own[ContractTerm] = book.Input("revenue.contract_term", _contractTerm);
        own[Renewal] = book.Input("revenue.renewal_price", _renewal);
        own[Escalation] = book.Input("revenue.contract_escalation", _escalation);
        own[ItLife] = annual.ItLife;
        own[BuildingLife] = annual.BuildingLife;
        own[ItResidual] = annual.ItResidual;
        own[Inflation] = book.Input("finance.inflation", _inflation);
        own[LoanToCost] = book.Input("finance.loan_to_cost", _loanToCost);
        own[Dscr] = book.Input("finance.dscr", _dscr);
        own[BaseRate] = book.Input("finance.base_rate", _baseRate);
        own[Margin] = book.Input("finance.margin", _margin);
        own[DebtTerm] = book.Input("finance.debt_term", _debtTerm);
        own[UpfrontFee] = book.Input("finance.upfront_fee", _upfrontFee);
        own[CommitmentFee] = book.Input("finance.commitment_fee", _commitmentFee);
        own[Supplier] = book.Define(
            "finance.supplier_equity_offered",
            "USD",
            "finance.supplier_equity per power deployed x site.power_filled",
            book.Input("finance.supplier_equity_per_watt", _supplier, PowerBasis.Facility),
            site.FilledWatts,
            static (s, w) => s * w);
        own[SponsorCash] = book.Input("finance.sponsor_cash", _sponsorCash);
        own[IncomeTax] = book.Input("finance.income_tax", _incomeTax);
        own[StateTax] = book.Input("finance.state_income_tax", _stateTax);
        own[Bonus] = book.Input("finance.bonus_depreciation", _bonus);
        own[LossUse] = book.Input("finance.loss_use", _lossUse);
        // Without a limit the place holds the sponsor's cash, which is then not read.
        own[EquityLimit] = _equityLimit is { } limit ? book.Input("finance.equity_limit", limit) : own[SponsorCash];
        return _mode == RevenueMode.Tokens ? [.. own, .. sales.Inputs] : own;
    }

    /// <summary>The monthly case from the figures.</summary>
    public FinanceCase Case(double[] x)
    {
        BuildSchedule schedule = ScheduleStage.Of(x.AsSpan(Schedule, 5));
        int life = Months(x[ItLife]);
        int months = schedule.FullPowerMonth + life;
        CapexDraws draws = CapexDraws.Of(schedule, x[CapexBuilding], x[CapexIt]);
        double[] it = new double[months];
        double[] building = new double[months];
        double[] revenue = new double[months];
        double[] opex = new double[months];
        double[] energised = new double[months];
        CapacityContract contract = new(x[ContractPrice], x[ContractTerm] / TimeLength.YearSeconds, x[Renewal], x[Escalation]);
        double before = 0;
        for (int month = 0; month < months; month++)
        {
            if (month < draws.Months)
            {
                it[month] = draws.ItUsd[month];
                building[month] = draws.BuildingUsd[month];
            }

            double share = schedule.EnergisedShare(month);
            energised[month] = share - before;
            before = share;
            // Operating cost is in dollars of the base year, taken as the year of ground-break; the index brings it to the month.
            opex[month] = share * x[Opex] / 12 * Math.Pow(1 + x[Inflation], month / 12.0);
            if (_mode == RevenueMode.Contract)
            {
                revenue[month] = contract.MonthUsd(share * x[FilledWatts], month - schedule.FullPowerMonth);
            }
        }

        if (_mode == RevenueMode.Tokens)
        {
            _sales.Months(x.AsSpan(Count), schedule, revenue);
        }

        RequireMoney(revenue, _mode == RevenueMode.Contract ? "revenue.contract_escalation" : "workloads");
        RequireMoney(opex, "finance.inflation");
        return new FinanceCase
        {
            ItCapexUsd = it,
            BuildingCapexUsd = building,
            RevenueUsd = revenue,
            OperatingCostUsd = opex,
            FullPowerMonth = Math.Max(1, schedule.FullPowerMonth),
            EnergisedShare = energised,
            ItResidualUsd = x[CapexIt] * x[ItResidual],
            BuildingResidualUsd = new BookValue(x[CapexBuilding], 0, x[BuildingLife] / TimeLength.YearSeconds).AtAgeUsd(x[ItLife] / TimeLength.YearSeconds),
            ItBookLifeMonths = life,
            BuildingBookLifeMonths = Months(x[BuildingLife]),
            Debt = new DebtTerms
            {
                LoanToCost = x[LoanToCost],
                Dscr = x[Dscr],
                AnnualRate = x[BaseRate] + x[Margin],
                TermMonths = Months(x[DebtTerm]),
                UpfrontFee = x[UpfrontFee],
                CommitmentFee = x[CommitmentFee],
            },
            Equity = new EquityTerms
            {
                SponsorCashUsd = x[SponsorCash],
                SupplierUsd = x[Supplier],
                OutsideLimitUsd = _equityLimit is null ? null : x[EquityLimit],
            },
            Tax = new TaxTerms
            {
                NationalRate = x[IncomeTax],
                StateRate = x[StateTax],
                ItBonusShare = x[Bonus],
                LossUse = x[LossUse],
            },
        };
    }

    // Yearly changes of hundreds of percent over decades end beyond the digits that books are kept in.
    private static void RequireMoney(double[] monthlyUsd, string key)
    {
        for (int month = 0; month < monthlyUsd.Length; month++)
        {
            if (!(monthlyUsd[month] <= MostMonthlyUsd))
            {
                throw new MissingInputException(
                    key, $"By month {month} the plan would turn over more than {MostMonthlyUsd:G1} USD a month, more money than there is. State smaller yearly changes of price, or a shorter life.");
            }
        }
    }

    private static int Months(double seconds) => Math.Max(1, (int)Math.Round(seconds / MonthSeconds));
}
