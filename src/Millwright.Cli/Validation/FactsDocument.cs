using System.Globalization;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Numerics;

namespace Millwright.Cli.Validation;

/// <summary>The report as a document: one for the terminal, the page, the machine and docs/accuracy.md.</summary>
internal static class FactsDocument
{
    // Deviations of a model's size below this are the maker's rounding.
    private const double MakersRounding = 0.01;

    private const int FewestModels = 10;

    public static TableDocument Of(FactsReport report)
    {
        int holds = report.Checks.Count(static c => c.Holds);
        return new TableDocument(
            "validate facts",
            "How far to trust it",
            [
                $"{holds} of {report.Checks.Count} checks against outside figures hold.",
                "A formula check proves that one formula of ours gives a published result from published inputs. A chain check sets the whole planner to the inputs of a study and ends where the study ends: it proves that nothing is dropped or counted twice, not that the study is right. Only an independent check compares our own inputs and method with a figure that went into neither.",
            ],
            [Checks(report.Checks), Returns(report.Returns), Serving(report.Serving), Curves(report.Curves), Models(report.Models), Tuned()],
            [
                ReturnFacts.Finding(report.Returns),
                "The all-in power of a GPU at the meter, built up from the greatest power of its system, lies above what SemiAnalysis states for both systems: the disagreement stands in the table and is not tuned away.",
                "Makers round their numbers, and some count a vision tower or a layer that predicts several tokens, which the counts here leave out. That every count agrees with one worked out apart from this program is held by the tests.",
                "Throughput is for a closed loop of random prompts and leaves out queueing; docs/method-performance.md lists what is not modelled, docs/accuracy-serving.md the errors of held-out runs, which are the ones to trust: the shipped calibration may have seen the sample here.",
                "All of it ran on the shipped catalog at the medians of its ranges.",
                "Nothing yet compares power, schedule or the sold share with a site that runs: no such figures are public in enough detail.",
            ]);
    }

    /// <summary>A value with enough digits to see the deviation.</summary>
    public static string Text(double value, string unit) => !double.IsFinite(value)
        ? "none"
        : unit switch
        {
            "share" => Format(value * 100, "0.0#") + " %",
            "number" => Format(value, "0.00########"),
            "cents" => Format(value, "#,0.00") + " $",
            "W" => Format(value / 1e3, "0.00") + " kW",
            "1" => Format(value, "#,0"),
            "USD/GPU-h" => Format(value, "0.00") + " $/GPU-h",
            _ when unit.StartsWith("USD", StringComparison.Ordinal) && Math.Abs(value) >= 1e8 => Format(value / 1e9, "0.00") + " B$" + unit["USD".Length..],
            _ when unit.StartsWith("USD", StringComparison.Ordinal) => Format(value, "#,0") + " $" + unit["USD".Length..],
            _ => Format(value, "G4") + " " + unit,
        };

    private static DocumentTable Checks(IReadOnlyList<FactCheck> checks) => new(
        "checks",
        "Checks against figures that nobody here made",
        [
            new("check", "check"), new("proves", "proves"), new("expected", "expected", true), new("tolerance", "tolerance"), new("reached", "reached", true),
            new("deviation", "deviation"), new("holds", "holds"), new("source", "source"),
        ],
        [
            .. checks.Select(static c => (IReadOnlyList<DocumentCell>)
            [
                c.Name, c.Kind.ToString().ToLowerInvariant(), new(Text(c.Expected, c.Unit), c.Expected), c.Tolerance.Text(c.Unit), new(Text(c.Reached, c.Unit), c.Reached),
                c.Tolerance.DeviationText(c.Expected, c.Reached, c.Unit), c.Holds ? "yes" : "NO", c.Source,
            ]),
        ]);

    private static DocumentTable Returns(IReadOnlyList<ReturnCase> cases) => new(
        "returns",
        "Return of the project (after tax) beside a model made by hand: information, not a check",
        [
            new("case", "gigawatt.yaml"), new("opex", "operating cost, B$/yr", true),
            .. ReturnFacts.Ranges.Select(static (range, i) => new DocumentColumn("return_" + (i + 1), range.Name, true)),
        ],
        [
            ["hand model", "not known", .. ReturnFacts.Ranges.Select(static range => new DocumentCell($"{Format(range.Low * 100, "0")} to {Format(range.High * 100, "0")} %"))],
            .. cases.Select(static c => (IReadOnlyList<DocumentCell>)
            [
                c.Case, new(Format(c.OpexUsdPerYear / 1e9, "0.00"), c.OpexUsdPerYear),
                .. c.ProjectReturns.Select(static (rate, i) => new DocumentCell(Format(rate * 100, "0.0") + " %" + (ReturnFacts.IsInside(i, rate) ? "" : " (outside)"), rate)),
            ]),
        ]);

    private static DocumentTable Serving(IReadOnlyList<ServingErrors> errors) => new(
        "serving",
        "Predicted output tokens per chip and second against measured ones that no fit saw, computed here",
        [
            new("points", "measured points"), new("count", "number", true), new("median", "median error", true), new("mean", "mean error", true),
            new("ninetieth", "90th percentile", true), new("bias", "median with its sign", true),
        ],
        [
            .. errors.Select(static e => (IReadOnlyList<DocumentCell>)
            [
                e.Group, new(Format(e.Count, "0"), e.Count), Percent(e.Median), Percent(e.Mean), Percent(e.Ninetieth), Percent(e.Bias),
            ]),
        ]);

    private static DocumentTable Curves(IReadOnlyList<OperatorCurve> curves) => new(
        "curves",
        "Operator times: mean error of each fitted curve on the half of the measurements that its fit did not see",
        [new("operator", "operator"), new("count", "curves", true), new("median", "median curve", true), new("worst", "worst curve", true), new("worst_curve", "which")],
        [
            .. curves.GroupBy(static c => c.Operator).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static group =>
            {
                double[] errors = [.. group.Select(static c => c.ErrorMape).Order()];
                OperatorCurve worst = group.MaxBy(static c => c.ErrorMape)!;
                return (IReadOnlyList<DocumentCell>)
                [
                    group.Key, new(Format(errors.Length, "0"), errors.Length), Percent(Percentiles.OfSorted(errors, 0.5)), Percent(worst.ErrorMape), worst.Id,
                ];
            }),
        ]);

    private static DocumentTable Models(IReadOnlyList<ModelCount> models)
    {
        int shown = Math.Max(FewestModels, models.Count(static m => Math.Abs(m.Deviation) >= MakersRounding));
        return new DocumentTable(
            "models",
            $"Parameters counted from the configuration alone against the published number: the {Math.Min(shown, models.Count)} largest differences of {models.Count} models",
            [new("model", "model"), new("published", "published, 10^9", true), new("counted", "counted, 10^9", true), new("deviation", "deviation", true)],
            [
                .. models.Take(shown).Select(static m => (IReadOnlyList<DocumentCell>)
                [
                    m.Id, new(Format(m.Published / 1e9, "0.###"), m.Published), new(Format(m.Counted / 1e9, "0.###"), m.Counted), Percent(m.Deviation),
                ]),
            ]);
    }

    private static DocumentTable Tuned() => new(
        "tuned",
        "What was tuned on what",
        [new("part", "part"), new("tuned", "tuned on"), new("judged", "judged on")],
        [
            ["operator times of a chip", "half of the operator tables of AIConfigurator (TensorRT-LLM, vLLM, SGLang on A100 to GB300)", "the other half (table of the curves above)"],
            ["throughput of a replica", "nothing: the operator times, added up", "closed-loop serving measurements (InferenceX and AIConfigurator's sample), seen by no fit"],
            ["range of the throughput", "the 90th percentile of those same serving measurements", "not judged: it is a description of that error, not a prediction"],
            ["chips that nobody measured, Vera Rubin among them", "curves of the nearest measured chip; wider ranges by assumption", "runs of MI355X with borrowed curves, by whole chip left out (docs/accuracy-serving.md); Vera Rubin: nothing yet"],
            ["studies of a gigawatt (presets)", "set to the inputs of each study", "the end figure of that study: arithmetic, not prediction"],
            ["capital cost and rent of the default gigawatt", "nothing: prices and rules of the catalog, each with its source", "outside figures beside every plan; more than 2x off is marked"],
            ["returns", "nothing", "ranges of a model made by hand (information); reference cases of the formulas"],
        ]);

    private static DocumentCell Percent(double share) => new(Format(share * 100, "0.0") + " %", share);

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
