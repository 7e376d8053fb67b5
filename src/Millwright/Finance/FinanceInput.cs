using Millwright.Quantities;

namespace Millwright.Finance;

/// <summary>Who pays, and on which terms.</summary>
public sealed record FinanceInput
{
    /// <summary>Weighted average cost of capital, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Weighted average cost of capital, for capital recovery.", Min = 0, Max = 1, Default = "9 %")]
    public Amount Wacc { get; init; } = new(0.09, 0.08, 0.115);

    /// <summary>Least debt service cover ratio that sizes the debt.</summary>
    [Input(QuantityKind.Fraction, "Debt service cover ratio (DSCR) that sizes the senior debt.", Min = 1, Max = 20, Default = "1.3")]
    public Amount Dscr { get; init; } = new(1.3);

    /// <summary>Most debt over total cost.</summary>
    [Input(QuantityKind.Fraction, "Most senior debt over total cost.", Min = 0, Max = 1, Default = "65 %")]
    public Amount LoanToCost { get; init; } = new(0.65);

    /// <summary>Base rate of the debt, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Base rate of the debt (SOFR).", Min = 0, Max = 1, CatalogDefault = "rate-sofr")]
    public Amount? BaseRate { get; init; }

    /// <summary>Margin over the base rate, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Margin over the base rate.", Min = 0, Max = 1, Default = "4.5 %")]
    public Amount Margin { get; init; } = new(0.045, 0.035, 0.065);

    /// <summary>Term of the debt from full power, s.</summary>
    [Input(QuantityKind.Duration, "Repayment time of the debt, from full power.", Min = TimeLength.MonthSeconds, Max = 1e9, Default = "5 years")]
    public Amount DebtTerm { get; init; } = new(5 * TimeLength.YearSeconds);

    /// <summary>Up-front fee over the debt.</summary>
    [Input(QuantityKind.Fraction, "Up-front fee over the debt.", Min = 0, Max = 0.2, Default = "1.5 %")]
    public Amount UpfrontFee { get; init; } = new(0.015);

    /// <summary>Commitment fee on undrawn debt, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Commitment fee on undrawn debt.", Min = 0, Max = 0.2, Default = "0 %")]
    public Amount CommitmentFee { get; init; } = new(0);

    /// <summary>Equity of the supplier per facility power, USD/W.</summary>
    [Input(QuantityKind.MoneyPerPower, "Equity that the supplier puts in per facility power as it is deployed; ranks with the sponsor's equity.", Min = 0, Max = 100, Default = "10 B$/GW")]
    public Amount SupplierEquity { get; init; } = new(10);

    /// <summary>Cash that the sponsor's other business puts in, USD; counts as equity.</summary>
    [Input(QuantityKind.Money, "Cash flow of the sponsor's other business put in before outside equity.", Min = 0, Max = 1e13, Default = "$0")]
    public Amount SponsorCash { get; init; } = new(0);

    /// <summary>Most outside equity that can be raised, USD; null for no limit.</summary>
    [Input(QuantityKind.Money, "Most outside equity that can be raised. Left out: no limit.", Min = 0, Max = 1e13)]
    public Amount? EquityLimit { get; init; }

    /// <summary>Inflation of operating costs and outside prices, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Inflation of operating costs.", Min = -0.1, Max = 1, Default = "2.5 %/yr")]
    public Amount Inflation { get; init; } = new(0.025);

    /// <summary>Federal or national income tax rate.</summary>
    [Input(QuantityKind.Fraction, "National income tax.", Min = 0, Max = 0.99, CatalogDefault = "tax-fed")]
    public Amount? IncomeTax { get; init; }

    /// <summary>State income tax rate.</summary>
    [Input(QuantityKind.Fraction, "State income tax, deductible from the national one.", Min = 0, Max = 0.99, CatalogDefault = "location:income-tax")]
    public Amount? StateIncomeTax { get; init; }

    /// <summary>Share of IT written off for tax in the first year.</summary>
    [Input(QuantityKind.Fraction, "Share of the IT written off for tax in its first year; the rest follows the five-year schedule.", Min = 0, Max = 1, CatalogDefault = "tax-bonus")]
    public Amount? BonusDepreciation { get; init; }

    /// <summary>Share of a year's taxable income that carried losses may cover.</summary>
    [Input(QuantityKind.Fraction, "Share of a year's income that carried losses may cover.", Min = 0, Max = 1, Default = "80 %")]
    public Amount LossUse { get; init; } = new(0.8);
}
