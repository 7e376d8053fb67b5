namespace Millwright.Economics;

/// <summary>What the operating cost of a year is reckoned from.</summary>
public readonly record struct OperatingCostInputs
{
    /// <summary>Energy drawn at the meter, kWh/yr.</summary>
    public double EnergyKwh { get; init; }

    /// <summary>Price of energy at the meter, USD/kWh.</summary>
    public double EnergyUsdPerKwh { get; init; }

    /// <summary>Permanent staff, full-time equivalents.</summary>
    public double StaffCount { get; init; }

    /// <summary>Cost of one member of staff, USD/yr.</summary>
    public double StaffUsdEach { get; init; }

    /// <summary>IT capex, USD.</summary>
    public double ItCapexUsd { get; init; }

    /// <summary>Capex of the building with its power and cooling, USD.</summary>
    public double BuildingCapexUsd { get; init; }

    /// <summary>IT maintenance and support a year over IT capex, 1/yr.</summary>
    public double ItMaintenancePerYear { get; init; }

    /// <summary>Facility maintenance a year over building capex, 1/yr.</summary>
    public double FacilityMaintenancePerYear { get; init; }

    /// <summary>Insurance a year over the insured value, 1/yr.</summary>
    public double InsurancePerYear { get; init; }

    /// <summary>Share of the capex that is insured.</summary>
    public double InsuredShare { get; init; }

    /// <summary>Property tax a year over the taxed value, 1/yr.</summary>
    public double PropertyTaxPerYear { get; init; }

    /// <summary>Taxed value over capex: 1 for tax on cost, less where a year's book value is taxed.</summary>
    public double TaxedShare { get; init; }

    /// <summary>Chips that carry a licence.</summary>
    public double Chips { get; init; }

    /// <summary>Software licences, USD per chip and year.</summary>
    public double LicenceUsdPerChipYear { get; init; }

    /// <summary>Water drawn, m3/yr.</summary>
    public double WaterCubicMetres { get; init; }

    /// <summary>Price of water, USD/m3.</summary>
    public double WaterUsdPerCubicMetre { get; init; }
}

/// <summary>The operating cost of a year by part, USD/yr.</summary>
/// <param name="EnergyUsd">Energy at the meter.</param>
/// <param name="StaffUsd">Permanent staff.</param>
/// <param name="ItMaintenanceUsd">IT maintenance and support.</param>
/// <param name="FacilityMaintenanceUsd">Facility maintenance.</param>
/// <param name="InsuranceUsd">Insurance of the insured share.</param>
/// <param name="PropertyTaxUsd">Property tax.</param>
/// <param name="LicencesUsd">Software licences.</param>
/// <param name="WaterUsd">Water.</param>
public readonly record struct OperatingCost(
    double EnergyUsd,
    double StaffUsd,
    double ItMaintenanceUsd,
    double FacilityMaintenanceUsd,
    double InsuranceUsd,
    double PropertyTaxUsd,
    double LicencesUsd,
    double WaterUsd)
{
    /// <summary>The operating cost of a year, USD/yr.</summary>
    public double TotalUsd =>
        EnergyUsd + StaffUsd + ItMaintenanceUsd + FacilityMaintenanceUsd + InsuranceUsd + PropertyTaxUsd + LicencesUsd + WaterUsd;

    /// <summary>The part that follows the work done, USD/yr: energy and water.</summary>
    public double VariableUsd => EnergyUsd + WaterUsd;

    /// <summary>Reckons a year: each part is a quantity times its price, or a capex times its yearly rate.</summary>
    /// <param name="inputs">Quantities, prices and rates.</param>
    /// <returns>The operating cost by part.</returns>
    public static OperatingCost Of(in OperatingCostInputs inputs)
    {
        double capexUsd = inputs.ItCapexUsd + inputs.BuildingCapexUsd;
        return new OperatingCost(
            inputs.EnergyKwh * inputs.EnergyUsdPerKwh,
            inputs.StaffCount * inputs.StaffUsdEach,
            inputs.ItCapexUsd * inputs.ItMaintenancePerYear,
            inputs.BuildingCapexUsd * inputs.FacilityMaintenancePerYear,
            capexUsd * inputs.InsuredShare * inputs.InsurancePerYear,
            capexUsd * inputs.TaxedShare * inputs.PropertyTaxPerYear,
            inputs.Chips * inputs.LicenceUsdPerChipYear,
            inputs.WaterCubicMetres * inputs.WaterUsdPerCubicMetre);
    }
}
