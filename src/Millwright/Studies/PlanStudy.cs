using System.Runtime.ExceptionServices;
using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Planning;

namespace Millwright.Studies;

/// <summary>
/// Makes a plan with its ranges: one recorded run at the medians, seeded draws over the ranges of every input, and one run with each input moved, which
/// tells what moves the returns and which evidence stands behind each figure.
/// </summary>
public static class PlanStudy
{
    /// <summary>Number of draws behind the tenth and ninetieth percentiles.</summary>
    public const int DefaultDraws = 256;

    /// <summary>The figure whose swings are reported.</summary>
    public const string SwingFigure = "finance.project_irr";

    // An input without a range of its own is moved by this share, up and down, to see what it does.
    private const double AssumedMove = 0.1;

    // An input stands behind a figure when moving it over its range moves the figure by at least this share.
    private const double MaterialMove = 0.01;

    // Ranges are not given for a figure that has no value in more than this share of the draws.
    private const double MissingShareAllowed = 0.1;

    /// <summary>Plans a scenario.</summary>
    /// <param name="planner">The prepared chain.</param>
    /// <param name="tool">Name and version of the tool, for the record.</param>
    /// <param name="draws">Number of draws.</param>
    /// <param name="progress">Told the share done, from 0 to 1; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="MissingInputException">The scenario cannot be planned at its medians, or in more than a tenth of its draws.</exception>
    public static Plan Make(
        Planner planner, string tool, int draws = DefaultDraws, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(planner);
        PlanRun recorded = planner.Run(static (_, value) => value.Middle, recording: true);
        IReadOnlyList<FigureNode> nodes = recorded.Book.Nodes;
        int shared = recorded.SharedFigures;
        List<int> leaves = [];
        for (int i = 0; i < shared; i++)
        {
            if (nodes[i].Input is not null)
            {
                leaves.Add(i);
            }
        }

        int runs = draws + (2 * leaves.Count);
        double[][] values = new double[runs][];
        RandomStream random = new((ulong)planner.Scenario.Seed);
        Exception?[] failures = new Exception?[runs];
        int done = 0;
        Parallel.For(0, runs, new ParallelOptions { CancellationToken = cancellation }, run =>
        {
            InputSampler sampler = run < draws ? Draw(random, run) : Moved(nodes[leaves[(run - draws) / 2]], up: (run - draws) % 2 == 1);
            try
            {
                IReadOnlyList<double> result = planner.Run(sampler, recording: false).Book.Values;
                values[run] = result.Count == shared
                    ? [.. result]
                    : throw new InvalidOperationException($"A run made {result.Count} figures where the recorded one made {shared}.");
            }
            catch (Exception failure)
            {
                // A run that cannot be planned at its values has none: it counts as missing in every figure. Anything else is told below, always the same one first.
                failures[run] = failure;
                values[run] = new double[shared];
                Array.Fill(values[run], double.NaN);
            }

            if (progress is not null)
            {
                progress.Report((double)Interlocked.Increment(ref done) / runs);
            }
        });

        ThrowFirst(failures);
        Evidence[] evidence = EvidenceOf(nodes, shared, leaves, values, draws);
        List<PlanFigure> planFigures = new(nodes.Count);
        double[] column = new double[draws];
        for (int i = 0; i < nodes.Count; i++)
        {
            FigureNode node = nodes[i];
            (double? low, double? median, double? high) = i < shared ? Range(values, draws, i, column) : (null, null, null);
            bool exists = double.IsFinite(node.Value);
            planFigures.Add(new PlanFigure(
                node.Name,
                exists ? node.Value : null,
                node.Unit,
                low,
                high,
                evidence[i],
                node.Basis,
                node.Reason ?? (exists ? null : "has no value for these inputs"))
            {
                Median = median,
            });
        }

        return new Plan
        {
            Scenario = planner.Scenario,
            CatalogHash = planner.CatalogHash,
            Tool = tool,
            Draws = draws,
            Figures = planFigures,
            Series = recorded.Series,
            Checks = [.. recorded.Checks, .. Unplanned(failures, draws)],
            Anchors = planner.Anchors(recorded.Book),
            Workloads = recorded.Workloads,
            Swings = SwingsOf(nodes, leaves, values, draws),
            Nodes = nodes,
        };
    }

    private static void ThrowFirst(Exception?[] failures)
    {
        if (Array.Find(failures, static f => f is not null and not MissingInputException) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static IEnumerable<PlanCheck> Unplanned(Exception?[] failures, int draws)
    {
        MissingInputException[] missing = [.. failures.Take(draws).OfType<MissingInputException>()];
        return missing.Length == 0
            ? []
            : missing.Length <= draws * MissingShareAllowed
                ? [new PlanCheck("draws that cannot be planned are few", true, $"{missing.Length} of {draws}: {missing[0].Message}")]
                : throw new MissingInputException(missing[0].Key, $"{missing.Length} of {draws} draws over the ranges cannot be planned; the first: {missing[0].Message}");
    }

    private static InputSampler Draw(RandomStream random, int draw) => (name, value) =>
        value.HasRange ? value.At(random.Normal(RandomStream.KeyOf(value.Correlation ?? name), draw)) : value.Middle;

    private static InputSampler Moved(FigureNode moved, bool up) => (name, value) =>
    {
        if (name != moved.Name)
        {
            return value.Middle;
        }

        if (value.HasRange)
        {
            return Math.Clamp(up ? value.Distribution.High : value.Distribution.Low, value.Least, value.Greatest);
        }

        // A share is moved by a tenth of its distance to the nearer end, so that 96 % does not become 106 %.
        double mid = value.Distribution.Mid;
        double step = AssumedMove * (double.IsFinite(value.Greatest) ? Math.Min(Math.Abs(mid), Math.Abs(value.Greatest - mid)) : Math.Abs(mid));
        return Math.Clamp(up ? mid + step : mid - step, value.Least, value.Greatest);
    };

    private static (double? Low, double? Median, double? High) Range(double[][] values, int draws, int figure, double[] column)
    {
        int count = 0;
        for (int d = 0; d < draws; d++)
        {
            double value = values[d][figure];
            if (double.IsFinite(value))
            {
                column[count++] = value;
            }
        }

        if (count < draws * (1 - MissingShareAllowed) || count == 0)
        {
            return (null, null, null);
        }

        Span<double> sample = column.AsSpan(0, count);
        sample.Sort();
        return (Percentiles.OfSorted(sample, 0.1), Percentiles.OfSorted(sample, 0.5), Percentiles.OfSorted(sample, 0.9));
    }

    // The weakest evidence among the inputs that move a figure. What the scenario states is a condition of the question, not evidence for the answer.
    private static Evidence[] EvidenceOf(IReadOnlyList<FigureNode> nodes, int shared, List<int> leaves, double[][] values, int draws)
    {
        Evidence[] evidence = new Evidence[nodes.Count];
        Array.Fill(evidence, Evidence.Derived);
        for (int l = 0; l < leaves.Count; l++)
        {
            UncertainValue input = nodes[leaves[l]].Input!;
            if (input.IsStated || input.Evidence <= Evidence.Derived)
            {
                continue;
            }

            double[] low = values[draws + (2 * l)];
            double[] high = values[draws + (2 * l) + 1];
            for (int f = 0; f < shared; f++)
            {
                if (input.Evidence > evidence[f] && Moves(low[f], nodes[f].Value, high[f]))
                {
                    evidence[f] = input.Evidence;
                }
            }
        }

        foreach (int leaf in leaves)
        {
            evidence[leaf] = nodes[leaf].Input!.Evidence;
        }

        // Figures of the recorded run alone have no moved runs: they are as weak as the weakest figure they are made from.
        for (int f = shared; f < nodes.Count; f++)
        {
            evidence[f] = nodes[f].Input?.Evidence ?? Evidence.Derived;
            foreach (int input in nodes[f].Inputs)
            {
                if (nodes[input].Input?.IsStated != true && evidence[input] > evidence[f])
                {
                    evidence[f] = evidence[input];
                }
            }
        }

        return evidence;
    }

    private static bool Moves(double low, double mid, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || !double.IsFinite(mid))
        {
            return double.IsFinite(low) != double.IsFinite(mid) || double.IsFinite(high) != double.IsFinite(mid);
        }

        double scale = Math.Max(Math.Abs(mid), Math.Max(Math.Abs(low), Math.Abs(high)));
        return scale > 0 && Math.Max(Math.Abs(high - mid), Math.Abs(low - mid)) >= MaterialMove * scale;
    }

    private static List<Swing> SwingsOf(IReadOnlyList<FigureNode> nodes, List<int> leaves, double[][] values, int draws)
    {
        int target = -1;
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Name == SwingFigure)
            {
                target = i;
            }
        }

        if (target < 0)
        {
            return [];
        }

        List<Swing> swings = [];
        for (int l = 0; l < leaves.Count; l++)
        {
            double low = values[draws + (2 * l)][target];
            double high = values[draws + (2 * l) + 1][target];
            if (double.IsFinite(low) && double.IsFinite(high) && low != high)
            {
                FigureNode leaf = nodes[leaves[l]];
                swings.Add(new Swing(leaf.Name, low, high, !leaf.Input!.HasRange));
            }
        }

        swings.Sort((a, b) =>
        {
            int bySize = Math.Abs(b.High - b.Low).CompareTo(Math.Abs(a.High - a.Low));
            return bySize != 0 ? bySize : string.CompareOrdinal(a.Input, b.Input);
        });
        return swings;
    }
}
