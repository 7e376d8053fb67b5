using Millwright.Quantities;

namespace Millwright.Infrastructure;

/// <summary>The site: where it is and how much power it has.</summary>
public sealed record SiteInput
{
    /// <summary>Power of the site with its basis, W; null for "auto": sized from the demand of the workloads.</summary>
    [Input(QuantityKind.Power, "Power of the site, with its basis: IT, facility or utility; or auto, to size the site from the stated demand.", Min = 1e3, Max = 1e12, NeedsPowerBasis = true, AllowsAuto = true, Default = "1 GW facility")]
    public Amount? Power { get; init; } = new(1e9, Basis: PowerBasis.Facility);

    /// <summary>Id of the place.</summary>
    [Input("Where the site is: a US state or a country. It names the price of power, carbon, taxes and the wait for the grid.", Refers = "locations", Default = "texas")]
    public string Location { get; init; } = "texas";

    /// <summary>Facility power over the greatest power of the racks.</summary>
    [Input(QuantityKind.Fraction, "Facility power the site is built for, over the greatest IT power. A design ratio, not the yearly PUE.", Min = 1, Max = 3, CatalogDefault = "peak-factor-bernstein")]
    public Amount? PeakFactor { get; init; }

    /// <summary>Yearly mean of facility energy over IT energy.</summary>
    [Input(QuantityKind.Fraction, "Yearly mean of facility energy over IT energy (PUE).", Min = 1, Max = 3, CatalogDefault = "pue-dlc-new")]
    public Amount? Pue { get; init; }

    /// <summary>Utility power over facility power.</summary>
    [Input(QuantityKind.Fraction, "Power at the utility meter over facility power: transformers and lines of the site.", Min = 1, Max = 1.5, Default = "1.02")]
    public Amount UtilityFactor { get; init; } = new(1.02);

    /// <summary>Mean IT power over the greatest IT power.</summary>
    [Input(QuantityKind.Fraction, "Mean IT power over the greatest IT power, over the year.", Min = 0.01, Max = 1, Default = "85 %")]
    public Amount LoadFactor { get; init; } = new(0.85, 0.75, 0.92);

    /// <summary>Share of hours in which a chip can serve.</summary>
    [Input(QuantityKind.Fraction, "Share of hours in which a chip can serve: failures, repair, upgrades taken off.", Min = 0.01, Max = 1, CatalogDefault = "fail-goodput")]
    public Amount? Availability { get; init; }
}
