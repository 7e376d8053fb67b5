namespace Millwright.Energy;

/// <summary>What a year of energy costs and carries with it.</summary>
/// <param name="MeterKwhPerYear">Energy at the meter, kWh a year.</param>
/// <param name="CostUsdPerYear">Its cost, USD a year.</param>
/// <param name="CarbonTonnesPerYear">CO2 equivalent, t a year.</param>
/// <param name="WaterCubicMetresPerYear">Site water, m3 a year.</param>
public readonly record struct EnergyBill(double MeterKwhPerYear, double CostUsdPerYear, double CarbonTonnesPerYear, double WaterCubicMetresPerYear)
{
    private const double GramsPerTonne = 1e6;
    private const double LitresPerCubicMetre = 1000;

    /// <summary>Works out the year.</summary>
    /// <remarks>
    /// cost = meter energy x price; carbon = meter energy x intensity of the grid (location based, GHG Protocol Scope 2 Guidance); water = IT energy x
    /// water per IT energy, the definition of water usage effectiveness (ISO/IEC 30134-9): water of the site, not of the power plants.
    /// </remarks>
    /// <param name="meterKwhPerYear">Energy at the meter that is paid for, kWh a year.</param>
    /// <param name="itKwhPerYear">Energy of the IT within it, kWh a year.</param>
    /// <param name="priceUsdPerKwh">Price at the meter, USD/kWh.</param>
    /// <param name="carbonGramsPerKwh">Carbon per energy drawn, g CO2 equivalent/kWh.</param>
    /// <param name="waterLitresPerItKwh">Site water per IT energy, L/kWh.</param>
    /// <returns>Cost, carbon and water of one year.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An energy or intensity is negative or not a number, or the IT takes more than the meter shows.</exception>
    public static EnergyBill Of(double meterKwhPerYear, double itKwhPerYear, double priceUsdPerKwh, double carbonGramsPerKwh, double waterLitresPerItKwh)
    {
        if (!(itKwhPerYear >= 0 && itKwhPerYear <= meterKwhPerYear * (1 + 1e-12)))
        {
            throw new ArgumentOutOfRangeException(nameof(itKwhPerYear), itKwhPerYear, "The IT takes between 0 and all of the energy at the meter.");
        }

        if (!(priceUsdPerKwh >= 0 && carbonGramsPerKwh >= 0 && waterLitresPerItKwh >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(priceUsdPerKwh), priceUsdPerKwh, "Price, carbon and water per energy are 0 or more.");
        }

        return new EnergyBill(
            meterKwhPerYear,
            meterKwhPerYear * priceUsdPerKwh,
            meterKwhPerYear * carbonGramsPerKwh / GramsPerTonne,
            itKwhPerYear * waterLitresPerItKwh / LitresPerCubicMetre);
    }
}
