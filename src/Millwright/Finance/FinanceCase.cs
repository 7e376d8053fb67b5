namespace Millwright.Finance;

/// <summary>
/// What a project costs and earns, month by month in nominal dollars, and on which terms it is financed. Month 0 is the financial closing; amounts of
/// month m fall m months after it. Months before <see cref="FullPowerMonth"/> are construction, the others operation.
/// </summary>
public sealed record FinanceCase
{
    /// <summary>Overnight cost of the IT by month, USD; what falls at or after full power is paid from the cash flow, not by the sources.</summary>
    public required IReadOnlyList<double> ItCapexUsd { get; init; }

    /// <summary>Overnight cost of the building and everything else with its life by month, USD.</summary>
    public required IReadOnlyList<double> BuildingCapexUsd { get; init; }

    /// <summary>Revenue by month, USD, as received.</summary>
    public required IReadOnlyList<double> RevenueUsd { get; init; }

    /// <summary>Operating cost by month, USD, as paid, with property tax; without income tax, interest and depreciation.</summary>
    public required IReadOnlyList<double> OperatingCostUsd { get; init; }

    /// <summary>First month at full power: the first month of operation, from which the debt is repaid; at least 1.</summary>
    public required int FullPowerMonth { get; init; }

    /// <summary>
    /// Share of the power that is energised in each month; sums to 1 by <see cref="FullPowerMonth"/>. It dates depreciation and the supplier's milestones.
    /// Null: everything in the month of full power.
    /// </summary>
    public IReadOnlyList<double>? EnergisedShare { get; init; }

    /// <summary>What the IT is sold for in the last month, USD.</summary>
    public double ItResidualUsd { get; init; }

    /// <summary>What the building is sold for in the last month, USD.</summary>
    public double BuildingResidualUsd { get; init; }

    /// <summary>Book life of the IT, months.</summary>
    public int ItBookLifeMonths { get; init; } = 60;

    /// <summary>Book life of the building, months.</summary>
    public int BuildingBookLifeMonths { get; init; } = 240;

    /// <summary>Terms of the senior debt.</summary>
    public required DebtTerms Debt { get; init; }

    /// <summary>Where equity comes from.</summary>
    public EquityTerms Equity { get; init; } = new();

    /// <summary>Income tax.</summary>
    public TaxTerms Tax { get; init; } = new();

    /// <summary>Revenue by month on which the lender sizes the debt, USD; null: the revenue of the case. Set it to stress a loan that stands.</summary>
    public IReadOnlyList<double>? SizingRevenueUsd { get; init; }

    /// <summary>Operating cost by month on which the lender sizes the debt, USD; null: that of the case.</summary>
    public IReadOnlyList<double>? SizingOperatingCostUsd { get; init; }
}

/// <summary>Terms of the senior debt.</summary>
public sealed record DebtTerms
{
    /// <summary>Most debt over total uses, 0 to 1; 0 for no debt.</summary>
    public double LoanToCost { get; init; } = 0.65;

    /// <summary>Debt service cover ratio (DSCR) that sizes the debt, above 0.</summary>
    public double Dscr { get; init; } = 1.3;

    /// <summary>Nominal rate per year; a month bears a twelfth.</summary>
    public double AnnualRate { get; init; } = 0.085;

    /// <summary>Months of repayment from full power; cut at the end of the case. A last quarter may be shorter.</summary>
    public int TermMonths { get; init; } = 60;

    /// <summary>Fee over the debt, paid at month 0.</summary>
    public double UpfrontFee { get; init; } = 0.015;

    /// <summary>Fee per year on undrawn debt.</summary>
    public double CommitmentFee { get; init; }
}

/// <summary>Where equity comes from, in this order: the sponsor's cash, the supplier as power is energised, outside equity. All rank alike.</summary>
public sealed record EquityTerms
{
    /// <summary>Cash of the sponsor's other business, USD.</summary>
    public double SponsorCashUsd { get; init; }

    /// <summary>Equity that the supplier puts in over all milestones, USD.</summary>
    public double SupplierUsd { get; init; }

    /// <summary>Most outside equity, USD; null for no limit.</summary>
    public double? OutsideLimitUsd { get; init; }
}

/// <summary>Income tax. The limit on interest of section 163(j) is not modelled: all interest of operation is deducted.</summary>
public sealed record TaxTerms
{
    /// <summary>National rate.</summary>
    public double NationalRate { get; init; } = 0.21;

    /// <summary>State rate, deductible from the national one.</summary>
    public double StateRate { get; init; }

    /// <summary>Share of the IT written off in the year it is energised; the rest follows the five-year half-year schedule.</summary>
    public double ItBonusShare { get; init; } = 1;

    /// <summary>Tax life of the building, months, straight line with the mid-month convention; 468 in the United States.</summary>
    public int BuildingLifeMonths { get; init; } = 468;

    /// <summary>Share of a year's income that carried losses may cover.</summary>
    public double LossUse { get; init; } = 0.8;

    /// <summary>Rate on a dollar of income: state + national · (1 − state).</summary>
    public double CombinedRate => StateRate + (NationalRate * (1 - StateRate));
}
