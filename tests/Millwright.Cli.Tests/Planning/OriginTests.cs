using Millwright.Planning;

namespace Millwright.Cli.Tests.Planning;

/// <summary>One figure, one origin: what a report shows can be computed again from what it is said to come from.</summary>
public sealed class OriginTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string name in Chain.Ready)
            {
                cases.Add(name, "contract");
                cases.Add(name, "tokens");
            }

            cases.Add("gigawatt", "auto");
            cases.Add("gigawatt", "auto, tokens");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_figure_follows_from_its_inputs_to_the_same_bits(string name, string mode)
    {
        Planner planner = new(Chain.Scenario(name, Changes(mode)), Chain.Catalog, Chain.Search);
        FigureBook book = planner.Run(Chain.Mid, recording: true).Book;
        AssertFollows(book.Nodes, book.Values);
    }

    // The formulas of one run with the values of another: a formula that kept anything of its own run beside the inputs it names would be found out.
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_formula_keeps_nothing_but_the_inputs_it_names(string name, string mode)
    {
        Planner planner = new(Chain.Scenario(name, Changes(mode)), Chain.Catalog, Chain.Search);
        IReadOnlyList<FigureNode> nodes = planner.Run(Chain.Mid, recording: true).Book.Nodes;
        AssertFollows(nodes, planner.Run(static (_, v) => v.At(1.1), recording: true).Book.Values);
        AssertFollows(nodes, planner.Run(static (_, v) => v.At(-1.1), recording: true).Book.Values);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_input_says_where_it_comes_from(string name, string mode)
    {
        IReadOnlyList<FigureNode> nodes = new Planner(Chain.Scenario(name, Changes(mode)), Chain.Catalog, Chain.Search).Run(Chain.Mid, recording: true).Book.Nodes;
        List<FigureNode> leaves = [.. nodes.Where(static n => n.Input is not null)];
        Assert.True(leaves.Count > 60);
        Assert.All(leaves, static leaf =>
        {
            Assert.NotEqual("", leaf.Input!.Source.Trim());
            Assert.Equal(leaf.Value, leaf.Input.Distribution.Mid);
            Assert.True(leaf.Input.IsStated || leaf.Input.CatalogId is not null || leaf.Input.Source.StartsWith("default of ", StringComparison.Ordinal) || leaf.Input.Source.Contains("docs/", StringComparison.Ordinal), leaf.Name);
        });
        Assert.All(nodes.Where(static n => n.Input is null), static node =>
        {
            Assert.NotEmpty(node.Inputs);
            Assert.NotEqual("", node.Formula.Trim());
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_run_without_recording_has_the_same_bits(string name, string mode)
    {
        Planner planner = new(Chain.Scenario(name, Changes(mode)), Chain.Catalog, Chain.Search);
        PlanRun recorded = planner.Run(Chain.Mid, recording: true);
        IReadOnlyList<double> bare = planner.Run(Chain.Mid, recording: false).Book.Values;
        Assert.Equal(recorded.SharedFigures, bare.Count);
        Assert.All(bare, (value, i) => Assert.True(Chain.SameBits(value, recorded.Book.Values[i]), recorded.Book.Nodes[i].Name));
    }

    private static void AssertFollows(IReadOnlyList<FigureNode> nodes, IReadOnlyList<double> values)
    {
        Assert.Equal(nodes.Count, values.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            FigureNode node = nodes[i];
            if (node.Recompute is null)
            {
                Assert.NotNull(node.Input);
                continue;
            }

            Assert.All(node.Inputs, place => Assert.True(place < i, $"{node.Name} is made from a later figure"));
            double again = node.Recompute([.. node.Inputs.Select(place => values[place])]);
            Assert.True(Chain.SameBits(values[i], again), $"{node.Name}: {values[i]:R} and again {again:R}");
        }
    }

    private static string[] Changes(string mode) =>
        [.. mode.Contains("auto", StringComparison.Ordinal) ? Chain.FromDemand : [], .. mode.Contains("tokens", StringComparison.Ordinal) ? Chain.Tokens : []];
}
