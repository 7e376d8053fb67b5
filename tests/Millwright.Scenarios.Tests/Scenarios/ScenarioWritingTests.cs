using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Scenarios.Tests.Scenarios;

public sealed class ScenarioWritingTests
{
    [Fact]
    public void TheTemplateHoldsEveryKeyAndReadsBackToTheDefaults()
    {
        string text = ScenarioTemplate.Write();
        Assert.Empty(ScenarioDiff.Compare(new ScenarioInput(), ScenarioReader.ReadText(text)));
        Assert.All(ScenarioShape.Leaves, key => Assert.Matches($"(?m)^[# -]*{key.Name}: ", text));
        Assert.All(ScenarioShape.Leaves, key => Assert.Contains(key.Input.Help, text, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryKeyOfTheTemplateIsReadWhenItsMarkIsTakenAway()
    {
        // "#  key: value" becomes "  key: value"; prose has one space after its mark and stays
        string text = Regex.Replace(ScenarioTemplate.Write(), @"(?m)^#((    |  - |  )?[a-z_]+: \S.*)$", "$1")
            .Replace("workloads: []", "workloads:", StringComparison.Ordinal)
            .Replace("based_on: TEXT", "", StringComparison.Ordinal);
        List<string> paths = [];
        Collect(Yaml.YamlTree.Read("template", text), "", paths);

        Assert.NotNull(ScenarioReader.ReadText(text));
        Assert.Equal(ScenarioShape.Leaves.Select(k => k.Path).Except(["based_on"]), paths);

        static void Collect(Yaml.YamlNode node, string path, List<string> paths)
        {
            switch (node)
            {
                case Yaml.YamlMapping mapping:
                    foreach ((Yaml.YamlScalar key, Yaml.YamlNode value) in mapping.Entries)
                    {
                        Collect(value, path.Length == 0 ? key.Text : $"{path}.{key.Text}", paths);
                    }

                    break;
                case Yaml.YamlSequence list:
                    Collect(Assert.Single(list.Items), $"{path}.{ScenarioShape.AnyName}", paths);
                    break;
                default:
                    paths.Add(path);
                    break;
            }
        }
    }

    [Fact]
    public void AWrittenScenarioReadsBackTheSame() => s_scenario.Holds(
        input =>
        {
            ScenarioInput again = ScenarioReader.ReadText(ScenarioText.Write(input));
            return Same(input, again);
        },
        iter: 300);

    [Fact]
    public void TheGigawattWrittenReadsBackTheSame()
    {
        ScenarioInput input = ScenarioReader.Read(Place.Ready("gigawatt.yaml"));
        Assert.True(Same(input, ScenarioReader.ReadText(ScenarioText.Write(input))));
    }

    [Fact]
    public void TheReferencePageIsCurrent()
    {
        string text = ScenarioReference.WriteMarkdown();
        if (Environment.GetEnvironmentVariable("MILLWRIGHT_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path.Combine(Place.Root(), "docs", "scenario.md"), text);
            return;
        }

        Assert.Equal(File.ReadAllText(Path.Combine(Place.Root(), "docs", "scenario.md")), text);
    }

    [Fact]
    public void TheSchemaNamesEveryKeyAndItsPatternsTakeWhatIsPrinted()
    {
        using JsonDocument schema = JsonDocument.Parse(ScenarioSchema.Write());
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
        foreach (KeyShape key in ScenarioShape.Leaves)
        {
            JsonElement node = schema.RootElement;
            foreach (string part in key.Path.Split('.'))
            {
                node = part == ScenarioShape.AnyName ? node.GetProperty("items") : node.GetProperty("properties").GetProperty(part);
            }

            Assert.Contains(key.Input.Help, node.GetProperty("description").GetString(), StringComparison.Ordinal);
            if (key.Form == ValueForm.Quantity)
            {
                string pattern = node.GetProperty("anyOf")[0].GetProperty("pattern").GetString()!;
                if (key.Default is Amount made)
                {
                    Assert.Matches(pattern, QuantityFormat.Print(made, key.Input.Kind!.Value));
                }

                if (key.Input.Default is { } text)
                {
                    Assert.Matches(pattern, text);
                }

                Assert.DoesNotMatch(pattern, "1 parsec");
                Assert.DoesNotMatch(pattern, "much");
            }
        }
    }

    [Theory]
    [InlineData(QuantityKind.Money, "$55B", true)]
    [InlineData(QuantityKind.Money, "55 B$", true)]
    [InlineData(QuantityKind.Money, "55 MW", false)]
    [InlineData(QuantityKind.EnergyPrice, "6 .. 7.5 .. 9 c/kWh", true)]
    [InlineData(QuantityKind.EnergyPrice, "7.5 c/kwh", false)]
    [InlineData(QuantityKind.MoneyPerPowerYear, "$13.3B/GW-yr", true)]
    [InlineData(QuantityKind.MoneyPerChipHour, "5.7 $/GPU/h", true)]
    [InlineData(QuantityKind.TaskRate, "3 M tasks/day", true)]
    [InlineData(QuantityKind.RatePerYear, "450 bp", true)]
    [InlineData(QuantityKind.Count, "2 k", true)]
    [InlineData(QuantityKind.Bandwidth, "400 Gb/s", true)]
    public void PatternsTakeHumanUnits(QuantityKind kind, string text, bool right) => Assert.Equal(right, Regex.IsMatch(text, ScenarioSchema.Pattern(kind, false)));

    [Fact]
    public void APatternAsksForTheBasisWhereOneIsNeeded()
    {
        Assert.Matches(ScenarioSchema.Pattern(QuantityKind.Power, true), "1 GW facility");
        Assert.Matches(ScenarioSchema.Pattern(QuantityKind.Power, true), "0.8 .. 1 .. 1.2 GW IT");
        Assert.DoesNotMatch(ScenarioSchema.Pattern(QuantityKind.Power, true), "1 GW");
    }

    [Fact]
    public void ADifferenceNamesKeyAndBothTexts()
    {
        ScenarioInput a = ScenarioReader.Read(Place.Ready("gigawatt.yaml"));
        ScenarioInput b = ScenarioReader.Read(Place.Ready("gigawatt.yaml"), null, ["site.power=2 GW facility", "workloads.chat.precision=fp8", "energy.price=default", "site.load_factor=75 .. 85 .. 92 %"]);
        Assert.Equal(
            [new("site.power", "1 GW facility", "2 GW facility"), new("energy.price", "6.5 .. 7.5 .. 9 c/kWh", null), new("workloads.chat.precision", "fp4", "fp8")],
            ScenarioDiff.Compare(a, b));
    }

    [Fact]
    public void AnEditLeavesTheRestAndTheOriginal()
    {
        ScenarioInput a = ScenarioReader.Read(Place.Ready("gigawatt.yaml"), TestCatalog.Data);
        ScenarioInput b = ScenarioEdit.Set(a, "chips.system", "gb200-nvl72", TestCatalog.Data);
        Assert.Equal("vr200-nvl72", a.Chips.System);
        Assert.Equal([new("chips.system", "vr200-nvl72", "gb200-nvl72")], ScenarioDiff.Compare(a, b));
        Assert.Throws<InputException>(() => ScenarioEdit.Set(a, "chips.system", "gb300", TestCatalog.Data));
        Assert.Equal(("chips.system", 2), ScenarioEdit.SplitComparison("chips.system=a, b") is var (key, values) ? (key, values.Count) : default);
        Assert.Throws<InputException>(() => ScenarioEdit.SplitComparison("chips.system=a,,b"));
    }

    [Fact]
    public void TheTableOfKeysCoversEveryDescribedProperty()
    {
        int described = Count(typeof(ScenarioInput));
        Assert.Equal(described, ScenarioKeys.All().Count);
        Assert.All(ScenarioKeys.All(), k => Assert.NotEmpty(k.Help));

        static int Count(Type type) => type.GetProperties().Where(p => p.GetCustomAttribute<InputAttribute>() is not null).Sum(p =>
            p.PropertyType.Namespace!.StartsWith("Millwright", StringComparison.Ordinal) && p.PropertyType.IsClass && p.PropertyType != typeof(Amount) ? Count(p.PropertyType)
            : p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? Count(p.PropertyType.GetGenericArguments()[0])
            : 1);
    }

    private static bool Same(ScenarioInput a, ScenarioInput b)
    {
        if (ScenarioDiff.Compare(a, b).Count > 0 || a.Name != b.Name || a.Description != b.Description)
        {
            return false;
        }

        // texts may round where bits do not: compare the numbers themselves
        ScenarioBag left = ScenarioBag.From(a);
        ScenarioBag right = ScenarioBag.From(b);
        return left.Values.Where(v => v.Key != ScenarioShape.BasedOn).All(v => Plain(v.Value.Value, right.Values[v.Key].Value))
            && left.Workloads.Zip(right.Workloads).All(p => p.First.Values.All(v => Plain(v.Value.Value, p.Second.Values[v.Key].Value)));

        static bool Plain(object? x, object? y) => Equals(x is Amount m ? m with { Origin = null } : x, y is Amount n ? n with { Origin = null } : y);
    }

    // a scenario with random values in random keys, made from the descriptions
    private static readonly Gen<ScenarioInput> s_scenario =
        Gen.Select(Gen.ULong, Gen.Int[0, 3], (seed, workloads) => Make(seed, workloads));

    private static ScenarioInput Make(ulong seed, int workloads)
    {
        Numerics.RandomStream random = new(seed);
        ScenarioBag bag = new();
        int draw = 0;
        foreach (KeyShape key in ScenarioShape.Root.Keys.SelectMany(k => k.Form == ValueForm.Section ? k.Section!.Keys : [k]).Where(k => k.Section is null && k != ScenarioShape.BasedOn))
        {
            if (Next() < 0.6)
            {
                bag.Values[key] = new(Value(key), null);
            }
        }

        for (int i = 0; i < workloads; i++)
        {
            WorkloadBag item = new($"w{i}", null);
            foreach (KeyShape key in ScenarioShape.Workload.Keys)
            {
                item.Values[key] = new(key == ScenarioShape.WorkloadName ? item.Name : Value(key), null);
            }

            bag.Workloads.Add(item);
        }

        return bag.ToInput();

        double Next() => random.Uniform(1, draw++);

        object Value(KeyShape key)
        {
            double[] sorted = [.. new[] { Number(key), Number(key), Number(key) }.Order()];
            return key.Form switch
            {
                ValueForm.Quantity => Next() < 0.5
                    ? new Amount(sorted[1], sorted[0], sorted[2], key.Input.NeedsPowerBasis ? (PowerBasis)(int)(Next() * 3) : null)
                    : new Amount(sorted[1], Basis: key.Input.NeedsPowerBasis ? (PowerBasis)(int)(Next() * 3) : null),
                ValueForm.Choice => key.Choices[(int)(Next() * key.Choices.Count)].Value,
                ValueForm.Whole => key.Property.PropertyType == typeof(int) ? 2000 + (int)(Next() * 100) : (object)(long)(Next() * 1e15),
                _ => new[] { "plain", "with: colon", "a # b", "\"quoted\"", "it's", "- dash", "{brace}", "null", "ünïcode 漢", "1e5", "@x", "back\\slash", "*star", "line\nbreak" }[(int)(Next() * (key.Input.Refers is null ? 14 : 13))],
            };
        }

        double Number(KeyShape key)
        {
            double least = double.IsFinite(key.Input.Min) ? key.Input.Min : -1e6;
            double most = double.IsFinite(key.Input.Max) ? key.Input.Max : 1e6;
            double value = least + ((most - least) * Math.Pow(Next(), 1 + (8 * Next())));
            double rounded = double.Parse(value.ToString("G3", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
            return Math.Clamp(Next() < 0.5 ? value : rounded, least, most);
        }
    }
}
