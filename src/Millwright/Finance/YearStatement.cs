namespace Millwright.Finance;

/// <summary>
/// Income statement, cash flow and balance sheet of one year of twelve months from month 0, in USD to the cent. The flows are rounded once and every total
/// is made from the rounded flows, so that the sheet balances exactly.
/// </summary>
public sealed record YearStatement
{
    /// <summary>Number of the year, from 1.</summary>
    public required int Year { get; init; }

    /// <summary>Revenue.</summary>
    public required decimal Revenue { get; init; }

    /// <summary>Operating cost.</summary>
    public required decimal OperatingCost { get; init; }

    /// <summary>Earnings before interest, tax, depreciation and amortisation.</summary>
    public decimal Ebitda => Revenue - OperatingCost;

    /// <summary>Book depreciation.</summary>
    public required decimal Depreciation { get; init; }

    /// <summary>Residual received less book value given up.</summary>
    public required decimal DisposalGain { get; init; }

    /// <summary>Interest of operation as accrued; interest of construction is part of the assets.</summary>
    public required decimal Interest { get; init; }

    /// <summary>Income tax, as paid.</summary>
    public required decimal Tax { get; init; }

    /// <summary>Net income.</summary>
    public decimal NetIncome => Ebitda - Depreciation + DisposalGain - Interest - Tax;

    /// <summary>Capital expenditure with interest during construction and fees.</summary>
    public required decimal Capex { get; init; }

    /// <summary>Residual received.</summary>
    public required decimal Residual { get; init; }

    /// <summary>Debt drawn.</summary>
    public required decimal DebtDrawn { get; init; }

    /// <summary>Principal repaid.</summary>
    public required decimal PrincipalPaid { get; init; }

    /// <summary>Interest of operation paid in cash.</summary>
    public required decimal InterestPaid { get; init; }

    /// <summary>Unpaid interest added to the debt.</summary>
    public required decimal InterestAddedToDebt { get; init; }

    /// <summary>Equity paid in.</summary>
    public required decimal EquityPaidIn { get; init; }

    /// <summary>Distributions.</summary>
    public required decimal Distributions { get; init; }

    /// <summary>Change in cash over the year.</summary>
    public decimal CashChange => Revenue - OperatingCost - Tax - Capex + Residual + DebtDrawn + EquityPaidIn - InterestPaid - PrincipalPaid - Distributions;

    /// <summary>Fixed assets at cost less depreciation, end of year.</summary>
    public required decimal FixedAssets { get; init; }

    /// <summary>Cash, end of year.</summary>
    public required decimal Cash { get; init; }

    /// <summary>All assets, end of year.</summary>
    public decimal Assets => FixedAssets + Cash;

    /// <summary>Debt, end of year.</summary>
    public required decimal Debt { get; init; }

    /// <summary>Interest accrued and not yet due, end of year.</summary>
    public required decimal AccruedInterest { get; init; }

    /// <summary>Equity paid in so far.</summary>
    public required decimal PaidInEquity { get; init; }

    /// <summary>Net income so far less distributions so far.</summary>
    public required decimal RetainedEarnings { get; init; }

    /// <summary>Liabilities and equity, end of year; equals <see cref="Assets"/>.</summary>
    public decimal LiabilitiesAndEquity => Debt + AccruedInterest + PaidInEquity + RetainedEarnings;
}
