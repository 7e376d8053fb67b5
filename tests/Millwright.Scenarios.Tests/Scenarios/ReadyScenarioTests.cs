using Millwright.Catalog;
using Millwright.Economics;
using Millwright.Infrastructure;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Scenarios.Tests.Scenarios;

public sealed class ReadyScenarioTests
{
    private const double Year = 31536000;

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Place.Ready(""), "*.yaml").Select(f => Path.GetFileName(f)!)];

    [Fact]
    public void TheGigawattAsksWhatTheReadmeSays()
    {
        ScenarioInput gigawatt = ScenarioReader.Read(Place.Ready("gigawatt.yaml"), TestCatalog.Data);

        Assert.Equal((1e9, PowerBasis.Facility), (gigawatt.Site.Power!.Mid, gigawatt.Site.Power.Basis));
        Assert.Equal(("texas", "vr200-nvl72"), (gigawatt.Site.Location, gigawatt.Chips.System));
        Assert.Equal((0.065, 0.075, 0.09), (gigawatt.Energy.Price!.Low, gigawatt.Energy.Price.Mid, gigawatt.Energy.Price.High));
        Assert.Equal((0.09, 1.3, 0.65), (gigawatt.Finance.Wacc.Mid, gigawatt.Finance.Dscr.Mid, gigawatt.Finance.LoanToCost.Mid));
        Assert.Equal((0.045, 5 * Year, 0.015), (gigawatt.Finance.Margin.Mid, gigawatt.Finance.DebtTerm.Mid, gigawatt.Finance.UpfrontFee.Mid));
        Assert.Equal((5 * Year, 20 * Year), (gigawatt.Economics.ItLife.Mid, gigawatt.Economics.BuildingLife.Mid));
        Assert.Equal(10, gigawatt.Finance.SupplierEquity.Mid);
        Assert.Equal(1.5 * Year, gigawatt.Facility.ConstructionTime!.Mid);
        Assert.Equal(
            (RevenueMode.Contract, 13.3, 5 * Year, 0.6),
            (gigawatt.Revenue.Mode, gigawatt.Revenue.ContractPrice.Mid, gigawatt.Revenue.ContractTerm.Mid, gigawatt.Revenue.RenewalPrice.Mid));
        Assert.Equal(["chat", "reasoning", "research", "browser-agent", "coding-agent"], gigawatt.Workloads.Select(w => w.Name));
        Assert.Equal([1, 1, 8, 20, 40], gigawatt.Workloads.Select(w => w.StepsPerTask.Mid));
        Assert.Equal([0.25, 0.2, 0.2, 0.1, 0.25], gigawatt.Workloads.Select(w => w.ChipShare.Mid));
        Assert.True(gigawatt.Workloads[0].PaidShare.Mid < 1);
        Assert.All(gigawatt.Workloads, w => Assert.NotNull(w.PriceRow));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EachIsRightAgainstTheCatalog(string name) => Assert.NotEmpty(ScenarioReader.Read(Place.Ready(name), ShippedCatalog.Load()).Workloads);

    [Fact]
    public void PresetsHoldTheFiguresOfTheirStudies()
    {
        ScenarioInput bernstein = Preset("gb200-bernstein.yaml");
        Assert.Equal(PowerBasis.Facility, bernstein.Site.Power!.Basis);
        Assert.Equal(168.6e3, bernstein.Chips.SystemPower!.Mid * bernstein.Site.PeakFactor!.Mid, 50.0);
        Assert.Equal((14.83, PowerBasis.Facility), (bernstein.Facility.BuildingCost!.Mid, bernstein.Facility.BuildingCost.Basis));

        ScenarioInput epoch = Preset("gb200-epoch.yaml");
        Assert.Equal((PowerBasis.It, PowerBasis.It), (epoch.Site.Power!.Basis, epoch.Facility.BuildingCost!.Basis));
        Assert.Equal(0.70 / 3.45, epoch.Network.ShareOfIt!.Mid + epoch.Network.StorageShareOfIt!.Mid, 0.001);

        ScenarioInput interview = Preset("vr200-interview.yaml");
        Assert.Equal((190e3, 1.277, NetworkMethod.Share, 0.2), (interview.Chips.SystemPower!.Mid, interview.Site.PeakFactor!.Mid, interview.Network.Method, interview.Network.ShareOfIt!.Mid));
        Assert.Equal(4121, Math.Floor(1e9 / (interview.Chips.SystemPower.Mid * interview.Site.PeakFactor.Mid)));

        Assert.Equal(["chips.system_power"], ScenarioDiff.Compare(interview, Preset("vr200-interview-230kw.yaml")).Select(d => d.Key));
    }

    [Fact]
    public void OriginsNameFileAndLineAlsoThroughABase()
    {
        ScenarioInput epoch = Preset("gb200-epoch.yaml");
        Assert.EndsWith("gb200-epoch.yaml:7", epoch.Site.Power!.Origin, StringComparison.Ordinal);
        Assert.EndsWith("gigawatt.yaml:14", epoch.Energy.Price!.Origin, StringComparison.Ordinal);
        Assert.Null(epoch.Site.UtilityFactor.Origin);
    }

    private static ScenarioInput Preset(string name) => ScenarioReader.Read(Place.Ready(name), TestCatalog.Data);
}
