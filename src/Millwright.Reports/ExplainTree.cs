using Millwright.Catalog;
using Millwright.Planning;

namespace Millwright.Reports;

/// <summary>How a figure came about, as a tree for the terminal and for pages.</summary>
/// <param name="Name">Name of the figure.</param>
/// <param name="Value">Its value for people.</param>
/// <param name="Formula">Its formula in words and names; empty for an input.</param>
/// <param name="Range">Its range for people, or null.</param>
/// <param name="Evidence">What stands behind an input; null for a computed figure.</param>
/// <param name="Source">Source of an input; null for a computed figure.</param>
/// <param name="Date">Date of an input; null for a computed figure.</param>
/// <param name="ShownAbove">True where the figure was opened before in this tree, so that its inputs are not repeated.</param>
/// <param name="Children">The figures it was computed from.</param>
public sealed record ExplainTree(
    string Name,
    string Value,
    string Formula,
    string? Range,
    Evidence? Evidence,
    string? Source,
    string? Date,
    bool ShownAbove,
    IReadOnlyList<ExplainTree> Children)
{
    /// <summary>The tree behind a figure. Each figure is opened once, so that the tree never outgrows the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="name">Name of the figure.</param>
    /// <returns>The tree, or null when the plan kept no node of that name.</returns>
    public static ExplainTree? Of(Plan plan, string name) => Of(plan, [name], brief: false).FirstOrDefault();

    /// <summary>The trees behind several figures, to be shown one after another: what one of them opened, or said of an input, is not said again.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="names">Names of the figures.</param>
    /// <returns>One tree for each figure that the plan kept a node of.</returns>
    public static IReadOnlyList<ExplainTree> Of(Plan plan, IReadOnlyList<string> names) => Of(plan, names, brief: true);

    private static List<ExplainTree> Of(Plan plan, IReadOnlyList<string> names, bool brief)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(names);
        var figures = plan.Figures.GroupBy(figure => figure.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        List<ExplainTree> trees = [];
        HashSet<int> opened = [];
        foreach (string name in names)
        {
            for (int i = 0; i < plan.Nodes.Count; i++)
            {
                if (plan.Nodes[i].Name == name)
                {
                    trees.Add(Grow(plan.Nodes, figures, i, opened, plan.Nodes.Count, brief));
                    break;
                }
            }
        }

        return trees;
    }

    // A node only knows nodes before it, so "below" falls with every level and the tree ends whatever the book holds.
    private static ExplainTree Grow(IReadOnlyList<FigureNode> nodes, Dictionary<string, PlanFigure> figures, int place, HashSet<int> opened, int below, bool brief)
    {
        FigureNode node = nodes[place];
        string unit = Humanize.UnitOf(node.Name, node.Unit);
        string value = Humanize.Value(node.Name, node.Value, node.Unit, node.Reason);
        if (node.Input is UncertainValue input)
        {
            if (brief && !opened.Add(place))
            {
                return new ExplainTree(node.Name, value, "", null, null, null, null, ShownAbove: true, []);
            }

            string? stated = input.HasRange ? Humanize.Range(input.Distribution.Low, input.Distribution.High, unit) : null;
            return new ExplainTree(node.Name, value, node.Formula, stated, input.Evidence, input.Source, input.Date, ShownAbove: false, []);
        }

        string? range = figures.TryGetValue(node.Name, out PlanFigure? figure) ? Humanize.Range(figure) : null;
        bool again = !opened.Add(place) && node.Inputs.Count > 0;
        IReadOnlyList<ExplainTree> children = again
            ? []
            : [.. node.Inputs.Where(i => i >= 0 && i < below && i < place).Distinct().Select(i => Grow(nodes, figures, i, opened, place, brief))];
        return new ExplainTree(node.Name, value, node.Formula, range, null, null, null, again, children);
    }
}
