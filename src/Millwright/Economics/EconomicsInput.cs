using Millwright.Quantities;

namespace Millwright.Economics;

/// <summary>How the factory earns.</summary>
public enum RevenueMode
{
    /// <summary>A contract for capacity, in dollars per power and year.</summary>
    Contract,

    /// <summary>Tokens sold at list prices.</summary>
    Tokens,
}

/// <summary>What customers pay for.</summary>
public sealed record RevenueInput
{
    /// <summary>How the factory earns.</summary>
    [Input("contract: capacity sold by the gigawatt-year; tokens: tokens sold at list prices.", Default = "contract")]
    public RevenueMode Mode { get; init; } = RevenueMode.Contract;

    /// <summary>Contract price, USD/(W yr) of the site's facility power.</summary>
    [Input(QuantityKind.MoneyPerPowerYear, "Contract price per power and year.", Min = 0, Max = 1000, Default = "13.3 B$/GW-yr")]
    public Amount ContractPrice { get; init; } = new(13.3);

    /// <summary>Length of the contract from full power, s.</summary>
    [Input(QuantityKind.Duration, "Length of the contract, from full power.", Min = 0, Max = 1e9, Default = "5 years")]
    public Amount ContractTerm { get; init; } = new(5 * TimeLength.YearSeconds);

    /// <summary>Price after the contract over the contract price.</summary>
    [Input(QuantityKind.Fraction, "Price after the contract over the contract price, when the chips live longer.", Min = 0, Max = 5, Default = "60 %")]
    public Amount RenewalPrice { get; init; } = new(0.6);

    /// <summary>Change of the contract price at each anniversary of full power, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Change of the contract price a year.", Min = -0.9, Max = 10, Default = "0 %/yr")]
    public Amount ContractEscalation { get; init; } = new(0);

    /// <summary>Share of chip-hours sold in the hourly break-even.</summary>
    [Input(QuantityKind.Fraction, "Share of chip-hours sold, for the second break-even price per GPU-hour.", Min = 0.01, Max = 1, Default = "85 %")]
    public Amount SoldShare { get; init; } = new(0.85);
}

/// <summary>Lives, operating costs and the costs beside serving.</summary>
public sealed record EconomicsInput
{
    /// <summary>Life of the IT, s.</summary>
    [Input(QuantityKind.Duration, "Life of the IT, in accounts and in capital recovery.", Min = TimeLength.YearSeconds, Max = 1e9, Default = "5 years")]
    public Amount ItLife { get; init; } = new(5 * TimeLength.YearSeconds);

    /// <summary>Life of the building, s.</summary>
    [Input(QuantityKind.Duration, "Life of the building, in accounts and in capital recovery.", Min = TimeLength.YearSeconds, Max = 3e9, Default = "20 years")]
    public Amount BuildingLife { get; init; } = new(20 * TimeLength.YearSeconds);

    /// <summary>Value of the IT at the end of its life over its cost.</summary>
    [Input(QuantityKind.Fraction, "Value of the IT at the end of its life over its cost.", Min = 0, Max = 1, Default = "0 %")]
    public Amount ItResidual { get; init; } = new(0);

    /// <summary>IT maintenance a year over IT capex.</summary>
    [Input(QuantityKind.RatePerYear, "IT maintenance and support a year, over IT capex.", Min = 0, Max = 1, CatalogDefault = "maint-it")]
    public Amount? ItMaintenance { get; init; }

    /// <summary>Facility maintenance a year over building capex.</summary>
    [Input(QuantityKind.RatePerYear, "Facility maintenance a year, over building capex.", Min = 0, Max = 1, CatalogDefault = "maint-facility")]
    public Amount? FacilityMaintenance { get; init; }

    /// <summary>Staff per IT power, FTE/W.</summary>
    [Input(QuantityKind.StaffPerPower, "Permanent staff per IT power.", Min = 0, Max = 1, CatalogDefault = "staff-per-mw")]
    public Amount? Staff { get; init; }

    /// <summary>Yearly cost of one member of staff, USD.</summary>
    [Input(QuantityKind.MoneyPerYear, "Yearly cost of one member of staff, all in.", Min = 0, Max = 1e8, Default = "150 k$/yr")]
    public Amount StaffCost { get; init; } = new(150e3);

    /// <summary>Insurance a year over the insured value.</summary>
    [Input(QuantityKind.RatePerYear, "Insurance a year, over the insured value.", Min = 0, Max = 1, CatalogDefault = "ins-operating")]
    public Amount? Insurance { get; init; }

    /// <summary>Share of the capex that is insured.</summary>
    [Input(QuantityKind.Fraction, "Share of the capex that is insured.", Min = 0, Max = 1, CatalogDefault = "ins-cover")]
    public Amount? InsuredShare { get; init; }

    /// <summary>Property tax a year over cost, 1/yr.</summary>
    [Input(QuantityKind.RatePerYear, "Property tax a year, over cost.", Min = 0, Max = 1, CatalogDefault = "location:property-tax")]
    public Amount? PropertyTax { get; init; }

    /// <summary>Sales tax over IT capex.</summary>
    [Input(QuantityKind.Fraction, "Sales tax over IT capex, after exemptions, added to capex.", Min = 0, Max = 1, Default = "0 %")]
    public Amount SalesTax { get; init; } = new(0);

    /// <summary>Software licences per chip and year, USD.</summary>
    [Input(QuantityKind.MoneyPerChipYear, "Software licences per chip and year; large operators who run their own stack pay none.", Min = 0, Max = 1e6, Default = "0 $/GPU-yr")]
    public Amount Licences { get; init; } = new(0);

    /// <summary>Price of a cubic metre of water, USD.</summary>
    [Input(QuantityKind.Money, "Price of a cubic metre of water.", Min = 0, Max = 1000, Default = "$1.5")]
    public Amount WaterPrice { get; init; } = new(1.5);

    /// <summary>Research, training and overhead of the model maker, over revenue.</summary>
    [Input(QuantityKind.Fraction, "Research, training, sales and overhead of whoever sells the tokens, over token revenue; for the operating margin.", Min = 0, Max = 20, Default = "120 %")]
    public Amount OverheadShare { get; init; } = new(1.2);
}
