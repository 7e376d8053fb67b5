using Millwright.Catalog;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Planning.Stages;

/// <summary>Figures of the site that later stages build on.</summary>
internal readonly record struct SiteFigures(
    Figure ItWatts,
    Figure FacilityWatts,
    Figure FilledWatts,
    bool SupplyBinds,
    Figure UtilityWatts,
    Figure Racks,
    Figure Chips,
    Figure SystemWatts,
    Figure ItUsedWatts,
    Figure ItAllWatts,
    Figure Pue,
    Figure UtilityFactor,
    Figure LoadFactor,
    Figure Availability,
    Figure EnergyKwh,
    Figure EnergyPrice,
    Figure WaterCubicMetres);

/// <summary>From the power of the site to racks and chips; or, with the power left to be found, from the chips that the demand needs to the power.</summary>
internal sealed class SiteStage
{
    private const double GramsPerTonne = 1e6;
    private const double LitresPerCubicMetre = 1000;

    private readonly SystemRecord _system;
    private readonly ResolvedInput? _power;
    private readonly UncertainValue _peakFactor;
    private readonly UncertainValue _utilityFactor;
    private readonly UncertainValue _pue;
    private readonly UncertainValue _loadFactor;
    private readonly UncertainValue _availability;
    private readonly UncertainValue _systemWatts;
    private readonly UncertainValue? _supplyLimit;
    private readonly UncertainValue _spares;
    private readonly UncertainValue _energyPrice;
    private readonly UncertainValue _carbon;
    private readonly UncertainValue _water;

    public SiteStage(ScenarioInput scenario, SystemRecord system, InputResolver inputs)
    {
        _system = system;
        if (scenario.Site.Power is { } power)
        {
            _power = inputs.Resolve("site.power", QuantityKind.Power, power, least: 1);
            if (_power.Value.Basis is null)
            {
                throw new MissingInputException("site.power", "The power of the site needs a basis: \"1 GW IT\", \"1 GW facility\" or \"1 GW utility\".");
            }
        }

        _peakFactor = inputs.Resolve("site.peak_factor", QuantityKind.Fraction, scenario.Site.PeakFactor, "peak-factor-bernstein", least: 1).Value;
        _utilityFactor = inputs.Resolve("site.utility_factor", QuantityKind.Fraction, scenario.Site.UtilityFactor, least: 1).Value;
        _pue = inputs.Resolve("site.pue", QuantityKind.Fraction, scenario.Site.Pue, "pue-dlc-new", least: 1).Value;
        _loadFactor = inputs.Resolve("site.load_factor", QuantityKind.Fraction, scenario.Site.LoadFactor, least: 0, greatest: 1).Value;
        _availability = inputs.Resolve("site.availability", QuantityKind.Fraction, scenario.Site.Availability, "fail-goodput", least: 0, greatest: 1).Value;
        _systemWatts = SystemWatts(scenario, system, inputs);
        _supplyLimit = scenario.Chips.SupplyLimit is { } limit ? inputs.Resolve("chips.supply_limit", QuantityKind.Count, limit, least: 0).Value : null;
        _spares = inputs.Resolve("chips.spares", QuantityKind.Fraction, scenario.Chips.Spares, least: 0).Value;
        _energyPrice = inputs.Resolve("energy.price", QuantityKind.EnergyPrice, scenario.Energy.Price, inputs.Location.ElectricityPrice, least: 0).Value;
        _carbon = inputs.Resolve("energy.carbon_intensity", QuantityKind.CarbonIntensity, scenario.Energy.CarbonIntensity, inputs.Location.CarbonIntensity, least: 0).Value;
        _water = inputs.Resolve("energy.water_intensity", QuantityKind.WaterIntensity, scenario.Energy.WaterIntensity, "water-closed", least: 0).Value;
    }

    /// <summary>Enters the availability, which the sizing from demand needs before the site is known.</summary>
    public Figure Availability(FigureBook book) => book.Input("site.availability", _availability);

    /// <summary>Enters the figures of the site.</summary>
    /// <param name="book">The book.</param>
    /// <param name="availability">Share of hours in which a chip can serve.</param>
    /// <param name="chipsNeeded">Chips that the demand needs, where the site is sized from it; null where its power is given.</param>
    public SiteFigures Run(FigureBook book, Figure availability, Figure? chipsNeeded)
    {
        Figure peakFactor = book.Input("site.peak_factor", _peakFactor);
        Figure utilityFactor = book.Input("site.utility_factor", _utilityFactor);
        Figure pue = book.Input("site.pue", _pue);
        Figure loadFactor = book.Input("site.load_factor", _loadFactor);
        Figure systemWatts = book.Input("chips.system_power", _systemWatts, PowerBasis.It);
        (EngineRun<RackPlan> racksRun, Figure facility) = chipsNeeded is { } needed
            ? FromDemand(book, needed, systemWatts, peakFactor)
            : FromPower(book, systemWatts, peakFactor, utilityFactor);
        Figure it = book.Define("site.power_it", "W", "site.power_facility / site.peak_factor", facility, peakFactor, static (f, p) => f / p, PowerBasis.It);
        Figure utility = book.Define(
            "site.power_utility", "W", "site.power_facility x site.utility_factor", facility, utilityFactor, static (f, u) => f * u, PowerBasis.Utility);
        Figure racks = racksRun.Output("racks.count", "1", "whole systems: floor(facility power / (power of one x peak factor)), within the supply", static r => r.Systems);
        Figure chips = racksRun.Output("chips.count", "1", "systems x chips in one", static r => r.Chips);
        racksRun.Output("chips.dies", "1", "chips x dies in one", static r => r.Dies);
        racksRun.Output("hosts.count", "1", "one host for four chips of a rack, one a node, one for eight loose chips", static r => r.Hosts);
        racksRun.Output("site.power_left", "W", "facility power less what the systems take", static r => r.FacilityWattsLeft, PowerBasis.Facility);
        Figure filled = racksRun.Output(
            "site.power_filled",
            "W",
            "site.power_facility where one more system does not fit; what the systems take where their supply runs out first",
            static r => r.FacilityWattsFilled,
            PowerBasis.Facility);
        Figure itUsed = book.Define("site.power_it_used", "W", "racks.count x chips.system_power", racks, systemWatts, static (r, w) => r * w, PowerBasis.It);
        book.Define("pue", "1", "site.pue: facility energy over IT energy, yearly mean", pue, static p => p);
        return new SiteFigures
        {
            ItWatts = it,
            FacilityWatts = facility,
            FilledWatts = filled,
            SupplyBinds = racksRun.Result.SupplyBinds,
            UtilityWatts = utility,
            Racks = racks,
            Chips = chips,
            SystemWatts = systemWatts,
            ItUsedWatts = itUsed,
            Pue = pue,
            UtilityFactor = utilityFactor,
            LoadFactor = loadFactor,
            Availability = availability,
        };
    }

    /// <summary>Enters power by use and the yearly energy, carbon and water, once the network and storage are known.</summary>
    /// <param name="book">The book.</param>
    /// <param name="site">The figures so far.</param>
    /// <param name="networkWatts">Power of the scale-out network and the storage.</param>
    public SiteFigures RunEnergy(FigureBook book, SiteFigures site, Figure networkWatts)
    {
        Figure itWatts = book.Define(
            "site.power_it_all", "W", "systems + network and storage, at their greatest", site.ItUsedWatts, networkWatts, static (r, n) => r + n, PowerBasis.It);
        Ledger(book, itWatts, site.Chips, site.Pue, site.UtilityFactor, site.LoadFactor);
        return Yearly(book, site with { ItAllWatts = itWatts });
    }

    private (EngineRun<RackPlan> Racks, Figure Facility) FromPower(FigureBook book, Figure systemWatts, Figure peakFactor, Figure utilityFactor)
    {
        PowerBasis basis = _power!.Value.Basis!.Value;
        Figure power = book.Input("site.power", _power.Value.Value, basis);
        Figure facility = book.Define(
            "site.power_facility",
            "W",
            "site.power on the facility's basis: IT x peak factor, or utility / utility factor",
            power,
            peakFactor,
            utilityFactor,
            (watts, peak, loss) => PowerPath.From(watts, basis, peak, loss).FacilityWatts,
            PowerBasis.Facility);
        Figure[] inputs = _supplyLimit is { } limit
            ? [facility, systemWatts, peakFactor, book.Input("chips.supply_limit", limit)]
            : [facility, systemWatts, peakFactor];
        return (book.Run(inputs, x => RackPlan.Fit(_system, x[1], x[0], x[2], x.Length > 3 ? x[3] : null)), facility);
    }

    private (EngineRun<RackPlan> Racks, Figure Facility) FromDemand(FigureBook book, Figure chipsNeeded, Figure systemWatts, Figure peakFactor)
    {
        Figure spares = book.Input("chips.spares", _spares);
        Figure[] inputs = _supplyLimit is { } limit
            ? [chipsNeeded, systemWatts, spares, peakFactor, book.Input("chips.supply_limit", limit)]
            : [chipsNeeded, systemWatts, spares, peakFactor];
        EngineRun<RackPlan> racks = book.Run(inputs, x => RackPlan.ForChips(_system, x[1], x[0], x[2], x[3], x.Length > 4 ? x[4] : null));
        Figure facility = racks.Output(
            "site.power_facility", "W", "systems for the demand with spares x power of one x peak factor", static r => r.FacilityWattsUsed, PowerBasis.Facility);
        return (racks, facility);
    }

    private void Ledger(FigureBook book, Figure itUsed, Figure chips, Figure pue, Figure utilityFactor, Figure loadFactor)
    {
        double chipWatts = _system.ChipWatts ?? double.NaN;
        EngineRun<PowerLedger> ledger = book.Run([itUsed, chips, pue, utilityFactor, loadFactor], x =>
        {
            double it = x[0] * x[4];
            double chip = double.IsNaN(chipWatts) ? it : Math.Min(it, x[1] * chipWatts * x[4]);
            return PowerLedger.Of(it, chip, x[2], x[3], PowerLedger.DoubleConversionEfficiency);
        });
        ledger.Output("power.utility", "W", "mean power at the meter: IT x load factor x PUE x utility factor", static l => l.UtilityWatts, PowerBasis.Utility);
        ledger.Output("power.chips", "W", "mean power of the accelerators: rated power x load factor", static l => l.ChipWatts, PowerBasis.It);
        ledger.Output("power.it_other", "W", "mean power of hosts, switches, fans and supplies", static l => l.ItOtherWatts, PowerBasis.It);
        ledger.Output("power.cooling", "W", "overhead less distribution losses", static l => l.CoolingWatts, PowerBasis.Facility);
        ledger.Output("power.losses", "W", "distribution losses from switchgear to rack", static l => l.DistributionLossWatts, PowerBasis.Facility);
        ledger.Output("power.utility_losses", "W", "losses between meter and facility", static l => l.UtilityLossWatts, PowerBasis.Utility);
        ledger.Output("power.open", "W", "power in less uses and losses: zero but for rounding", static l => l.OpenWatts);
    }

    private SiteFigures Yearly(FigureBook book, SiteFigures site)
    {
        Figure price = book.Input("energy.price", _energyPrice);
        Figure carbon = book.Input("energy.carbon_intensity", _carbon);
        Figure water = book.Input("energy.water_intensity", _water);
        Figure itKwh = book.Define(
            "energy.it_per_year", "kWh", "site.power_it_all x site.load_factor x 8,760 h", site.ItAllWatts, site.LoadFactor, static (w, l) => w * l * TimeLength.YearHours / 1000);
        Figure kwh = book.Define(
            "energy.per_year", "kWh", "energy.it_per_year x site.pue x site.utility_factor", itKwh, site.Pue, site.UtilityFactor, static (e, p, u) => e * p * u, PowerBasis.Utility);
        book.Define("carbon.per_year", "t", "energy.per_year x energy.carbon_intensity", kwh, carbon, static (e, c) => e * c / GramsPerTonne);
        Figure cubicMetres = book.Define(
            "water.per_year", "m3", "energy.it_per_year x energy.water_intensity", itKwh, water, static (e, w) => e * w / LitresPerCubicMetre);
        return site with { EnergyKwh = kwh, EnergyPrice = price, WaterCubicMetres = cubicMetres };
    }

    private static UncertainValue SystemWatts(ScenarioInput scenario, SystemRecord system, InputResolver inputs)
    {
        if (scenario.Chips.SystemPower is { } stated)
        {
            return inputs.Resolve("chips.system_power", QuantityKind.Power, stated, least: 1).Value;
        }

        double watts = system.SystemTypicalWatts ?? system.SystemMaxWatts
            ?? throw new MissingInputException(
                "chips.system_power", $"No power of a whole {system.Id} is published. State chips.system_power, such as \"{system.ChipsPerSystem * 2} kW\".");
        return new UncertainValue(new(watts, watts, watts), "W", system.Evidence, system.Source, system.SourceDate, system.Id, null, IsStated: false, Least: 1);
    }
}
