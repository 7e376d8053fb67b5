namespace Millwright.Finance;

/// <summary>How a financing ends.</summary>
public enum FinanceStatus
{
    /// <summary>Everything is funded and every service is paid when due.</summary>
    Ok,

    /// <summary>A debt service was not paid in full when due.</summary>
    Default,

    /// <summary>The sources do not cover the uses.</summary>
    NotFinanceable,
}

/// <summary>Which limit holds the debt down.</summary>
public enum DebtLimit
{
    /// <summary>The debt service cover ratio.</summary>
    Dscr,

    /// <summary>Loan to cost.</summary>
    LoanToCost,
}

/// <summary>What the sources pay for until full power, USD.</summary>
/// <param name="Overnight">Cost of IT and building before full power.</param>
/// <param name="InterestDuringConstruction">Interest until full power.</param>
/// <param name="UpfrontFee">Up-front fee.</param>
/// <param name="CommitmentFee">Commitment fees.</param>
/// <param name="EarlyOperatingCash">
/// Cash of operation before full power (revenue less operating cost and tax) that paid costs; it lowers the total. Negative when early operation costs more.
/// </param>
public readonly record struct FinanceUses(
    double Overnight, double InterestDuringConstruction, double UpfrontFee, double CommitmentFee, double EarlyOperatingCash)
{
    /// <summary>Everything that sources must bring, USD.</summary>
    public double Total => Overnight + InterestDuringConstruction + UpfrontFee + CommitmentFee - EarlyOperatingCash;
}

/// <summary>Who pays until full power, USD.</summary>
/// <param name="Debt">Senior debt.</param>
/// <param name="SponsorCash">Cash of the sponsor's other business.</param>
/// <param name="Supplier">Equity of the supplier.</param>
/// <param name="OutsideEquity">Outside equity.</param>
/// <param name="Gap">What nobody brings, at full power.</param>
public readonly record struct FinanceSources(double Debt, double SponsorCash, double Supplier, double OutsideEquity, double Gap)
{
    /// <summary>Everything brought, with the gap, USD.</summary>
    public double Total => Debt + SponsorCash + Supplier + OutsideEquity + Gap;

    /// <summary>All equity without the gap, USD.</summary>
    public double Equity => SponsorCash + Supplier + OutsideEquity;
}

/// <summary>Series by month, each as long as the case, USD. Stocks are at the end of the month.</summary>
public sealed record FinanceMonths
{
    /// <summary>Cash flow available for debt service (CFADS): revenue less operating cost, late capex and income tax; without residuals. Zero before full power.</summary>
    public required IReadOnlyList<double> Cfads { get; init; }

    /// <summary>Income tax paid, with the one on the sale in the last month.</summary>
    public required IReadOnlyList<double> Tax { get; init; }

    /// <summary>Interest accrued on the debt, in construction and operation.</summary>
    public required IReadOnlyList<double> Interest { get; init; }

    /// <summary>Principal repaid.</summary>
    public required IReadOnlyList<double> Principal { get; init; }

    /// <summary>Debt drawn.</summary>
    public required IReadOnlyList<double> DebtDrawn { get; init; }

    /// <summary>Debt outstanding, with unpaid interest added at its due date.</summary>
    public required IReadOnlyList<double> DebtBalance { get; init; }

    /// <summary>Cash held.</summary>
    public required IReadOnlyList<double> Cash { get; init; }

    /// <summary>Equity paid in during construction and to cover operating deficits.</summary>
    public required IReadOnlyList<double> EquityPaidIn { get; init; }

    /// <summary>Distributions to all equity.</summary>
    public required IReadOnlyList<double> Distributions { get; init; }

    /// <summary>Distributions less equity paid in.</summary>
    public required IReadOnlyList<double> EquityFlow { get; init; }

    /// <summary>Flow of the project before finance and after the tax of an unlevered owner, with residuals.</summary>
    public required IReadOnlyList<double> ProjectFlow { get; init; }

    /// <summary>The same before income tax.</summary>
    public required IReadOnlyList<double> ProjectFlowBeforeTax { get; init; }

    /// <summary>Equity of the supplier put in so far.</summary>
    public required IReadOnlyList<double> SupplierPaidIn { get; init; }
}

/// <summary>A check that the calculation makes on itself.</summary>
/// <param name="Name">What must hold.</param>
/// <param name="Ok">True when it holds.</param>
/// <param name="Detail">The figures compared.</param>
public sealed record FinanceCheck(string Name, bool Ok, string Detail);

/// <summary>A financed project.</summary>
public sealed record FinanceResult
{
    /// <summary>How the financing ends.</summary>
    public required FinanceStatus Status { get; init; }

    /// <summary>The status in words: "ok", "default" or "not financeable".</summary>
    public string StatusText => Status switch
    {
        FinanceStatus.Ok => "ok",
        FinanceStatus.Default => "default",
        _ => "not financeable",
    };

    /// <summary>Why the status is not ok; null when it is.</summary>
    public required string? StatusReason { get; init; }

    /// <summary>First month in which debt service was not paid in full; null without default.</summary>
    public required int? DefaultMonth { get; init; }

    /// <summary>Debt outstanding at the end with interest due on it, USD; zero when all is repaid.</summary>
    public required double ClosingDebtUsd { get; init; }

    /// <summary>Most that outside equity is short of in any month, USD: it may have to bridge milestones of the supplier.</summary>
    public required double PeakGapUsd { get; init; }

    /// <summary>Uses until full power.</summary>
    public required FinanceUses Uses { get; init; }

    /// <summary>Sources until full power.</summary>
    public required FinanceSources Sources { get; init; }

    /// <summary>Which limit sized the debt.</summary>
    public required DebtLimit Binding { get; init; }

    /// <summary>The same in words: "dscr" or "loan_to_cost".</summary>
    public string BindingText => Binding == DebtLimit.Dscr ? "dscr" : "loan_to_cost";

    /// <summary>Debt that the DSCR alone allows, USD.</summary>
    public required double DscrCapacityUsd { get; init; }

    /// <summary>Project return per year (effective), after the tax of an unlevered owner, before finance.</summary>
    public required RateOfReturn ProjectIrr { get; init; }

    /// <summary>Project return per year (effective) before income tax and finance.</summary>
    public required RateOfReturn ProjectIrrBeforeTax { get; init; }

    /// <summary>Equity return per year (effective), all equity together; as if a gap had been filled by equity.</summary>
    public required RateOfReturn EquityIrr { get; init; }

    /// <summary>Distributions over equity paid in; NaN without equity.</summary>
    public required double Moic { get; init; }

    /// <summary>Years from month 0 until equity has its money back; null if never.</summary>
    public required double? PaybackYears { get; init; }

    /// <summary>Years from month 0 until the unlevered project has its money back; null if never.</summary>
    public required double? ProjectPaybackYears { get; init; }

    /// <summary>Months of the quarterly tests of the cover ratio.</summary>
    public required IReadOnlyList<int> DscrTestMonths { get; init; }

    /// <summary>Cover ratio at each test: CFADS over scheduled service of the last twelve months, or since full power where that is less.</summary>
    public required IReadOnlyList<double> Dscr { get; init; }

    /// <summary>Least cover ratio; NaN without debt.</summary>
    public required double MinDscr { get; init; }

    /// <summary>Mean cover ratio over the tests; NaN without debt.</summary>
    public required double AverageDscr { get; init; }

    /// <summary>Loan life cover ratio at full power; NaN without debt.</summary>
    public required double Llcr { get; init; }

    /// <summary>Series by month.</summary>
    public required FinanceMonths Months { get; init; }

    /// <summary>The books by year, to the cent.</summary>
    public required IReadOnlyList<YearStatement> Years { get; init; }

    /// <summary>Checks of the ledger; all hold, or the calculation is wrong.</summary>
    public required IReadOnlyList<FinanceCheck> Checks { get; init; }
}
