using System.Globalization;
using Millwright.Chips;
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
            [Checks(report.Checks), Returns(report.Returns), Serving(report.Serving), Grids(report.Grids), Models(report.Models), Tuned()],
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
        "Predicted output tokens per chip and second against measured ones, computed here: the shipped fit may have seen them, docs/accuracy-serving.md has errors of runs that it had not",
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

    private static DocumentTable Grids(IReadOnlyCollection<OperatorGrid> grids) => new(
        "grids",
        "Operator times and power: mean error of each shipped grid on whole measured shapes that its fit did not see",
        [new("operator", "operator"), new("count", "grids", true), new("median", "median grid", true), new("worst", "worst grid", true), new("worst_grid", "which")],
        [
            .. grids.GroupBy(static grid => grid.Operator).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group =>
            {
                double[] errors = [.. group.Select(static grid => grid.HeldOutMeanError).Order()];
                OperatorGrid worst = group.OrderBy(static grid => grid.SystemId, StringComparer.Ordinal).ThenBy(static grid => grid.Engine).ThenBy(static grid => grid.Precision)
                    .MaxBy(static grid => grid.HeldOutMeanError)!;
                return (IReadOnlyList<DocumentCell>)
                [
                    group.Key, new(Format(errors.Length, "0"), errors.Length), Percent(Percentiles.OfSorted(errors, 0.5)), Percent(worst.HeldOutMeanError),
                    $"{worst.SystemId}, {worst.Engine}, {worst.Precision}",
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
            ["operator times of a chip", "the operator tables of AIConfigurator (TensorRT-LLM, vLLM, SGLang on A100 to GB300)", "whole shapes left out of the fit (table of the grids above)"],
            ["time of a step of an engine", "closed-loop serving measurements (InferenceX and AIConfigurator's sample): overheads and factors of three engines", "the same measurements, whole configurations, models and chips left out (docs/accuracy-serving.md)"],
            ["range of the throughput", "errors of held-out groups of those measurements; more by assumption where a chip was never measured", "coverage of each group by the band of all others (docs/accuracy-serving.md)"],
            ["chips that nobody measured, Vera Rubin among them", "grids of the nearest measured chip; wider ranges by assumption", "runs of MI355X with borrowed grids, by whole chip left out (docs/accuracy-serving.md); Vera Rubin: nothing yet"],
            ["studies of a gigawatt (presets)", "set to the inputs of each study", "the end figure of that study: arithmetic, not prediction"],
            ["capital cost and rent of the default gigawatt", "nothing: prices and rules of the catalog, each with its source", "outside figures beside every plan; more than 2x off is marked"],
            ["returns", "nothing", "ranges of a model made by hand (information); reference cases of the formulas"],
        ]);

    private static DocumentCell Percent(double share) => new(Format(share * 100, "0.0") + " %", share);

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
