using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Scenarios.Tests.Scenarios;

public sealed class ScenarioReaderTests
{
    private const string Chat = "workloads:\n  - name: chat\n    model: glm-5\n    lengths: azure-2023-conv\n";

    [Fact]
    public void BothFormsOfARangeReadTheSame()
    {
        Amount text = ScenarioReader.ReadText("energy:\n  price: 6 .. 7.5 .. 9 c/kWh\n").Energy.Price!;
        Amount keys = ScenarioReader.ReadText("energy:\n  price: {low: 6 c/kWh, mid: 7.5 c/kWh, high: 9 c/kWh}\n").Energy.Price!;
        Assert.Equal(text, keys);
        Assert.Equal("scenario:2", text.Origin);
    }

    [Fact]
    public void QuotedAndPlainValuesReadTheSame() =>
        Assert.Equal(ScenarioReader.ReadText("site:\n  pue: 1.2\n").Site.Pue, ScenarioReader.ReadText("site:\n  pue: \"1.2\"\n").Site.Pue);

    [Fact]
    public void AutoPowerWithDemandIsNull()
    {
        ScenarioInput input = ScenarioReader.ReadText("site:\n  power: auto\n" + Chat + "    demand: 1000 tasks/s\n");
        Assert.Null(input.Site.Power);
        Assert.Equal(1000, input.Workloads[0].Demand!.Mid);
    }

    [Fact]
    public void ASectionWithoutKeysKeepsItsDefaults() => Assert.Equal(1.02, ScenarioReader.ReadText("site:\nname: x\n").Site.UtilityFactor.Mid);

    [Fact]
    public void ModelsGoByTheirOtherNamesToo() =>
        Assert.Equal("deepseek-r1", ScenarioReader.ReadText(Chat.Replace("glm-5", "DeepSeek-R1", StringComparison.Ordinal), "x", TestCatalog.Data).Workloads[0].Model);

    [Fact]
    public void ChangesLieOverTheFileAndSayTheirOrigin()
    {
        ScenarioInput input = ScenarioReader.ReadText(
            "site:\n  pue: 1.2\n" + Chat, "x", TestCatalog.Data, ["site.power=2 GW facility", "workloads.chat.time_per_output_token = 30 ms", "site.pue=1.3", "site.pue=1.4"]);
        Assert.Equal(new Amount(2e9, Basis: PowerBasis.Facility, Origin: "--set"), input.Site.Power);
        Assert.Equal(0.03, input.Workloads[0].TimePerOutputToken.Mid);
        Assert.Equal(1.4, input.Site.Pue!.Mid);
    }

    [Theory]
    [InlineData("site.power=2 GW", "does not say where the power is measured")]
    [InlineData("site.powr=2 GW facility", "did you mean \"site.power\"?")]
    [InlineData("wacc=9 %", "did you mean finance.wacc?")]
    [InlineData("site=texas", "not one key; allowed: site.power")]
    [InlineData("workloads.chatt.model=glm-5", "did you mean \"chat\"?")]
    [InlineData("workloads.chat=glm-5", "write workloads.NAME.KEY")]
    [InlineData("workloads.chat.name=talk", "in a file only")]
    [InlineData("based_on=other.yaml", "in a file only")]
    [InlineData("seed.x=1", "holds a value itself")]
    [InlineData("site.power", "write KEY=VALUE")]
    [InlineData("=1", "write KEY=VALUE")]
    [InlineData("site.pue=", "no value was found")]
    [InlineData("chips.system=vr200", "not in the catalog")]
    [InlineData("site.pue=1\u0001", "control character")]
    public void WrongChangesAreToldAsWrongFilesAre(string change, string fragment)
    {
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.ReadText(Chat, "x", TestCatalog.Data, [change]));
        Assert.Equal(("--set", 0), (wrong.File, wrong.Line));
        Assert.Contains(fragment, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOverlayChangesOnlyItsKeysAndPairsWorkloadsByName()
    {
        string folder = Place.NewFolder();
        Directory.CreateDirectory(Path.Combine(folder, "deep"));
        File.WriteAllText(Path.Combine(folder, "base.yaml"), "site:\n  pue: 1.2\n  peak_factor: 1.3\n" + Chat + "    steps_per_task: 3\n");
        File.WriteAllText(
            Path.Combine(folder, "deep", "over.yaml"),
            "based_on: ../base.yaml\nsite:\n  pue: default\nworkloads:\n  - name: new\n    model: glm-5\n    lengths: coding-agent\n  - name: chat\n    model: kimi-k2.5\n");

        ScenarioInput input = ScenarioReader.Read(Path.Combine(folder, "deep", "over.yaml"), TestCatalog.Data);

        Assert.Null(input.Site.Pue);
        Assert.Equal(1.3, input.Site.PeakFactor!.Mid);
        Assert.Equal(["chat", "new"], input.Workloads.Select(w => w.Name));
        Assert.Equal(("kimi-k2.5", 3.0), (input.Workloads[0].Model, input.Workloads[0].StepsPerTask.Mid));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void AFaultInABaseIsToldThere()
    {
        string folder = Place.NewFolder();
        File.WriteAllText(Path.Combine(folder, "base.yaml"), "site:\n  peu: 1.2\n");
        File.WriteAllText(Path.Combine(folder, "over.yaml"), "based_on: base.yaml\n");
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(Path.Combine(folder, "over.yaml")));
        Assert.EndsWith("base.yaml", wrong.File, StringComparison.Ordinal);
        Assert.Equal((2, 3), (wrong.Line, wrong.Column));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void DefaultsInCodeAreTheDefaultsInTheDescriptions() => Assert.All(
        ScenarioShape.Leaves.Where(k => k.Input.Default is not null),
        key =>
        {
            if (key.Form != ValueForm.Quantity)
            {
                Assert.Equal(key.Input.Default, ScenarioValue.Write(key, key.Default));
                return;
            }

            Assert.True(QuantityText.TryParse(key.Input.Default!, key.Input.Kind!.Value, key.Input.NeedsPowerBasis, out Amount? stated, out string? problem), problem);
            Amount made = Assert.IsType<Amount>(key.Default);
            Assert.Equal((stated.Mid, stated.Basis), (made.Mid, made.Basis));
            Assert.InRange(made.Low ?? made.Mid, key.Input.Min, key.Input.Max);
            Assert.InRange(made.High ?? made.Mid, key.Input.Min, key.Input.Max);
        });
}
