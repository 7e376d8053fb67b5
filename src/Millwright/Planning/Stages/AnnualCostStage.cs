using Millwright.Economics;
using Millwright.Quantities;

namespace Millwright.Planning.Stages;

/// <summary>Figures of the yearly cost that later stages build on. Real dollars of the base year.</summary>
internal readonly record struct AnnualCostFigures(Figure Opex, Figure Variable, Figure Total, Figure ItLife, Figure BuildingLife, Figure ItResidual, Figure ContractPrice, Figure BuildingCapital);

/// <summary>What the factory costs a year: capital recovered over its lives, and operating cost by part.</summary>
internal sealed class AnnualCostStage
{
    private const double YearSeconds = TimeLength.YearSeconds;

    private readonly UncertainValue _wacc;
    private readonly UncertainValue _itLife;
    private readonly UncertainValue _buildingLife;
    private readonly UncertainValue _itResidual;
    private readonly UncertainValue _itMaintenance;
    private readonly UncertainValue _facilityMaintenance;
    private readonly UncertainValue _staff;
    private readonly UncertainValue _staffCost;
    private readonly UncertainValue _insurance;
    private readonly UncertainValue _insuredShare;
    private readonly UncertainValue _propertyTax;
    private readonly UncertainValue _licences;
    private readonly UncertainValue _waterPrice;
    private readonly UncertainValue _soldShare;
    private readonly UncertainValue _contractPrice;

    public AnnualCostStage(ScenarioInput scenario, InputResolver inputs)
    {
        EconomicsInput economics = scenario.Economics;
        _wacc = inputs.Resolve("finance.wacc", QuantityKind.RatePerYear, scenario.Finance.Wacc, least: 0).Value;
        _itLife = inputs.Resolve("economics.it_life", QuantityKind.Duration, economics.ItLife, least: YearSeconds).Value;
        _buildingLife = inputs.Resolve("economics.building_life", QuantityKind.Duration, economics.BuildingLife, least: YearSeconds).Value;
        _itResidual = inputs.Resolve("economics.it_residual", QuantityKind.Fraction, economics.ItResidual, least: 0, greatest: 1).Value;
        _itMaintenance = inputs.Resolve("economics.it_maintenance", QuantityKind.RatePerYear, economics.ItMaintenance, "maint-it", least: 0).Value;
        _facilityMaintenance = inputs.Resolve("economics.facility_maintenance", QuantityKind.RatePerYear, economics.FacilityMaintenance, "maint-facility", least: 0).Value;
        _staff = inputs.Resolve("economics.staff", QuantityKind.StaffPerPower, economics.Staff, "staff-per-mw", least: 0).Value;
        _staffCost = inputs.Resolve("economics.staff_cost", QuantityKind.MoneyPerYear, economics.StaffCost, least: 0).Value;
        _insurance = inputs.Resolve("economics.insurance", QuantityKind.RatePerYear, economics.Insurance, "ins-operating", least: 0).Value;
        _insuredShare = inputs.Resolve("economics.insured_share", QuantityKind.Fraction, economics.InsuredShare, "ins-cover", least: 0, greatest: 1).Value;
        _propertyTax = inputs.Resolve("economics.property_tax", QuantityKind.RatePerYear, economics.PropertyTax, inputs.Location.PropertyTax, least: 0).Value;
        _licences = inputs.Resolve("economics.licences", QuantityKind.MoneyPerChipYear, economics.Licences, least: 0).Value;
        _waterPrice = inputs.Resolve("economics.water_price", QuantityKind.Money, economics.WaterPrice, least: 0).Value;
        _soldShare = inputs.Resolve("revenue.sold_share", QuantityKind.Fraction, scenario.Revenue.SoldShare, least: 0.01, greatest: 1).Value;
        _contractPrice = inputs.Resolve("revenue.contract_price", QuantityKind.MoneyPerPowerYear, scenario.Revenue.ContractPrice, least: 0).Value;
    }

    public AnnualCostFigures Run(FigureBook book, SiteFigures site, CapexFigures capex)
    {
        Figure energy = book.Define("opex.energy", "USD/yr", "energy.per_year x energy.price", site.EnergyKwh, site.EnergyPrice, static (e, p) => e * p);
        Figure staffCount = book.Define("staff.count", "FTE", "economics.staff x site.power_it_used", book.Input("economics.staff", _staff), site.ItUsedWatts, static (s, w) => s * w);
        Figure staff = book.Define("opex.staff", "USD/yr", "staff.count x economics.staff_cost", staffCount, book.Input("economics.staff_cost", _staffCost), static (n, c) => n * c);
        Figure itMaintenance = book.Define(
            "opex.maintenance_it", "USD/yr", "capex.it x economics.it_maintenance", capex.It, book.Input("economics.it_maintenance", _itMaintenance), static (c, m) => c * m);
        Figure facilityMaintenance = book.Define(
            "opex.maintenance_facility",
            "USD/yr",
            "capex.building x economics.facility_maintenance",
            capex.Building,
            book.Input("economics.facility_maintenance", _facilityMaintenance),
            static (c, m) => c * m);
        Figure insurance = book.Define(
            "opex.insurance",
            "USD/yr",
            "capex.total x economics.insured_share x economics.insurance",
            capex.Total,
            book.Input("economics.insured_share", _insuredShare),
            book.Input("economics.insurance", _insurance),
            static (c, s, i) => c * s * i);
        Figure propertyTax = book.Define(
            "opex.property_tax", "USD/yr", "capex.total x economics.property_tax", capex.Total, book.Input("economics.property_tax", _propertyTax), static (c, t) => c * t);
        Figure licences = book.Define("opex.licences", "USD/yr", "chips.count x economics.licences", site.Chips, book.Input("economics.licences", _licences), static (n, l) => n * l);
        Figure water = book.Define(
            "opex.water", "USD/yr", "water.per_year x economics.water_price", site.WaterCubicMetres, book.Input("economics.water_price", _waterPrice), static (w, p) => w * p);
        Figure opex = book.Sum(
            "opex.per_year",
            "USD/yr",
            "energy + staff + maintenance + insurance + property tax + licences + water",
            [energy, staff, itMaintenance, facilityMaintenance, insurance, propertyTax, licences, water]);
        Figure variable = book.Sum("opex.variable", "USD/yr", "what falls away with the work: energy + water", [energy, water]);

        Figure wacc = book.Input("finance.wacc", _wacc);
        Figure itLife = book.Input("economics.it_life", _itLife);
        Figure buildingLife = book.Input("economics.building_life", _buildingLife);
        Figure itResidual = book.Input("economics.it_residual", _itResidual);
        Figure itCapital = book.Define(
            "annual_cost.capital_it",
            "USD/yr",
            "(capex.it - residual value / (1 + wacc)^life) x capital recovery factor of finance.wacc over economics.it_life",
            [capex.It, wacc, itLife, itResidual],
            static x => CapitalRecovery.ChargeUsd(x[0], x[1], x[2] / YearSeconds, x[3]));
        Figure buildingCapital = book.Define(
            "annual_cost.capital_building",
            "USD/yr",
            "capex.building x capital recovery factor of finance.wacc over economics.building_life",
            capex.Building,
            wacc,
            buildingLife,
            static (c, r, n) => CapitalRecovery.ChargeUsd(c, r, n / YearSeconds));
        Figure total = book.Sum("annual_cost.total", "USD/yr", "capital recovery of IT and building + operating cost", [itCapital, buildingCapital, opex]);

        book.Define(
            "break_even.usd_per_gw_year", "USD/GW-yr", "annual_cost.total / site.power_facility", total, site.FacilityWatts, static (c, w) => BreakEven.UsdPerGigawattYear(c, w), PowerBasis.Facility);
        book.Define("break_even.usd_per_gpu_hour", "USD/GPU-h", "annual_cost.total / (chips.count x 8,760 h): every hour sold", total, site.Chips, static (c, n) => BreakEven.UsdPerChipHour(c, n));
        Figure soldShare = book.Input("revenue.sold_share", _soldShare);
        book.Define(
            "break_even.usd_per_gpu_hour_at_sold_share",
            "USD/GPU-h",
            "annual_cost.total / (chips.count x 8,760 h x revenue.sold_share)",
            total,
            site.Chips,
            soldShare,
            static (c, n, s) => BreakEven.UsdPerChipHour(c, n, s));
        book.Define("cost.per_gpu_hour", "USD/GPU-h", "annual_cost.total / (chips.count x 8,760 h)", total, site.Chips, static (c, n) => BreakEven.UsdPerChipHour(c, n));
        Figure contract = book.Input("revenue.contract_price", _contractPrice, PowerBasis.Facility);
        return new AnnualCostFigures(opex, variable, total, itLife, buildingLife, itResidual, contract, buildingCapital);
    }
}
