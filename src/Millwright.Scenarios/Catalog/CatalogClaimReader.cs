using System.Text.RegularExpressions;
using Millwright.Catalog;
using Millwright.Quantities;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Makes a claim from a row, and refuses a verdict without what it rests on.</summary>
internal static partial class CatalogClaimReader
{
    private static readonly string[] ClaimKeys =
    [
        "id", "group", "claim", "low", "mid", "high", "unit", "as_of", "status_note", "answer", "beware", "verdict", "on", "missing", "measures", "tests", "outside",
        "commands",
    ];

    private static readonly string[] MeasureKeys = ["name", "label", "plan", "set", "figure", "rows", "part", "system", "of", "per", "years", "factor", "unit"];
    private static readonly string[] TestKeys = ["measure", "at_least", "at_most", "says"];
    private static readonly string[] Verdicts = ["holds", "holds in part", "does not hold", "depends on", "not yet"];
    private static readonly string[] Parts = ["mid", "low", "high"];
    private static readonly string[] Properties = ["bf16_flops", "fp8_flops", "fp4_flops", "memory_bandwidth", "price"];

    /// <summary>A claim of the interview.</summary>
    /// <param name="node">The row.</param>
    /// <param name="references">Takes the rows that the claim names.</param>
    /// <returns>The claim.</returns>
    public static ClaimRecord Claim(YamlNode node, List<CatalogReference> references)
    {
        var row = new CatalogRow("claim", node, ClaimKeys);
        PriceRange range = row.OrderedRange();
        ClaimMeasure[] measures = Measures(row, references);
        string[] outside = row.Texts("outside");
        foreach (string id in outside)
        {
            references.Add(new CatalogReference(row.Find("outside")!, ReferenceKind.Row, id));
        }

        ClaimRecord claim = new()
        {
            Id = row.Required("id"),
            Group = row.Required("group"),
            Claim = row.Required("claim"),
            Low = range.Low,
            Mid = range.Mid,
            High = range.High,
            Unit = row.Text("unit"),
            AsOf = row.Text("as_of"),
            StatusNote = row.Text("status_note"),
            Answer = row.Required("answer"),
            Beware = row.Text("beware"),
            StatedVerdict = row.Find("verdict") is null ? null : (ClaimVerdict)Array.IndexOf(Verdicts, row.Choice("verdict", Verdicts)),
            On = row.Text("on"),
            Missing = row.Text("missing"),
            Measures = measures,
            Tests = Tests(row, measures),
            Outside = outside,
            Commands = row.Texts("commands"),
        };
        CheckVerdict(row, claim);
        foreach (Match place in Placeholder().Matches(claim.Answer))
        {
            RequireMeasure(row.Find("answer")!, place.Groups["name"].Value, measures);
        }

        return claim;
    }

    private static void CheckVerdict(CatalogRow row, ClaimRecord claim)
    {
        if (claim.StatedVerdict is null == (claim.Tests.Count == 0))
        {
            throw row.Wrong($"claim \"{claim.Id}\" needs either tests, which decide its verdict, or a stated verdict");
        }

        if (claim.StatedVerdict == ClaimVerdict.DependsOn != (claim.On.Length > 0))
        {
            throw row.Wrong($"claim \"{claim.Id}\": \"on\" goes with the verdict \"depends on\", and that verdict needs it");
        }

        if (claim.StatedVerdict == ClaimVerdict.NotYet && claim.Missing.Length == 0)
        {
            throw row.Wrong($"claim \"{claim.Id}\": the verdict \"not yet\" needs \"missing\": what would answer it");
        }

        if (claim.StatedVerdict is not null and not ClaimVerdict.NotYet && claim.Measures.Count == 0 && claim.Outside.Count == 0)
        {
            throw row.Wrong($"claim \"{claim.Id}\": a stated verdict needs measures or outside rows to rest on");
        }
    }

    private static ClaimMeasure[] Measures(CatalogRow claim, List<CatalogReference> references)
    {
        List<ClaimMeasure> measures = [];
        foreach (YamlNode node in Items(claim, "measures"))
        {
            var row = new CatalogRow("measure", node, MeasureKeys);
            ClaimMeasure measure = new()
            {
                Name = row.Required("name"),
                Label = row.Required("label"),
                Scenario = row.Text("plan"),
                Changes = row.Texts("set"),
                Figure = row.Text("figure"),
                Rows = row.Texts("rows"),
                Part = row.Find("part") is null ? ClaimPart.Mid : (ClaimPart)Array.IndexOf(Parts, row.Choice("part", Parts)),
                System = row.Text("system"),
                Of = row.Text("of"),
                Per = row.Text("per"),
                Years = row.Positive("years"),
                Factor = row.Number("factor") ?? 1,
                Unit = row.Text("unit"),
            };
            CheckMeasure(row, node, measure, measures);
            foreach (string id in measure.Rows)
            {
                references.Add(new CatalogReference(row.Find("rows")!, ReferenceKind.Figure, id));
            }

            if (measure.System.Length > 0)
            {
                references.Add(new CatalogReference(row.Find("system")!, ReferenceKind.System, measure.System));
            }

            measures.Add(measure);
        }

        return [.. measures];
    }

    private static void CheckMeasure(CatalogRow row, YamlNode node, ClaimMeasure measure, List<ClaimMeasure> before)
    {
        int origins = (measure.Scenario.Length > 0 ? 1 : 0) + (measure.Rows.Count > 0 ? 1 : 0) + (measure.System.Length > 0 ? 1 : 0) + (measure.Of.Length > 0 ? 1 : 0);
        if (origins != 1)
        {
            throw node.Wrong($"measure \"{measure.Name}\" needs exactly one of plan, rows, system and of");
        }

        if ((measure.Scenario.Length > 0 || measure.System.Length > 0) != (measure.Figure.Length > 0))
        {
            throw node.Wrong($"measure \"{measure.Name}\": \"figure\" goes with a plan or a system, and each of them needs it");
        }

        if (measure.System.Length > 0)
        {
            row.Choice("figure", Properties);
        }

        if (measure.Changes.Count > 0 && measure.Scenario.Length == 0)
        {
            throw row.Find("set")!.Wrong($"measure \"{measure.Name}\": \"set\" changes a plan; name the plan");
        }

        if (measure.Years is not null && measure.Per.Length == 0)
        {
            throw row.Find("years")!.Wrong($"measure \"{measure.Name}\": \"years\" turns a ratio into growth a year; name what it is divided by in \"per\"");
        }

        if (before.Exists(m => m.Name == measure.Name))
        {
            throw row.Find("name")!.Wrong($"second measure \"{measure.Name}\" of this claim");
        }

        foreach (string key in (string[])["of", "per"])
        {
            if (row.OptionalText(key) is { } name)
            {
                RequireMeasure(row.Find(key)!, name, before);
            }
        }
    }

    private static ClaimTest[] Tests(CatalogRow claim, ClaimMeasure[] measures)
    {
        List<ClaimTest> tests = [];
        foreach (YamlNode node in Items(claim, "tests"))
        {
            var row = new CatalogRow("test", node, TestKeys);
            ClaimTest test = new(row.Required("measure"), row.Number("at_least"), row.Number("at_most"), row.Required("says"));
            RequireMeasure(row.Find("measure")!, test.Measure, measures);
            if (test is { AtLeast: null, AtMost: null })
            {
                throw node.Wrong("a test needs at_least, at_most or both");
            }

            if (test.AtLeast > test.AtMost)
            {
                throw row.Find("at_least")!.Wrong("at_least is greater than at_most: no value can meet the test");
            }

            tests.Add(test);
        }

        return [.. tests];
    }

    private static void RequireMeasure(YamlNode place, string name, IReadOnlyList<ClaimMeasure> measures)
    {
        string[] names = [.. measures.Select(m => m.Name)];
        if (!names.Contains(name))
        {
            throw place.Wrong($"no measure \"{name}\" stands before it; there are: {(names.Length == 0 ? "none" : string.Join(", ", names))}{Spelling.Hint(name, names)}");
        }
    }

    private static IReadOnlyList<YamlNode> Items(CatalogRow row, string key) => row.Find(key) switch
    {
        null => [],
        YamlSequence list => list.Items,
        var other => throw other.Wrong($"\"{key}\" must be a list"),
    };

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
