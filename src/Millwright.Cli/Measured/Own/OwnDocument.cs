using System.Globalization;
using Millwright.Cli.Output;

namespace Millwright.Cli.Measured.Own;

/// <summary>The fit to a user's own runs as a document.</summary>
internal static class OwnDocument
{
    /// <summary>The document.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="title">What was fitted, in words.</param>
    /// <param name="notes">What was assumed.</param>
    public static TableDocument Of(OwnFit fit, string title, IReadOnlyList<string> notes) => new(
        "calibrate mine",
        "Fitted to your own runs",
        [title, $"{Plural(fit.Fitted, "residual")} fitted to {Plural(fit.Lines.Count, "load")}."],
        [Factors(fit), Errors(fit), Points(fit)],
        [
            .. notes,
            fit.LeftOutBy.Length > 0
                ? $"\"Left out\" predicts each load from a fit without its {fit.LeftOutBy}: what a new load may expect."
                : "With fewer than 4 loads none is left out: the errors after the fit are of the loads that it saw.",
            fit.Band is { } band
                ? string.Create(CultureInfo.InvariantCulture, $"Band: 8 of 10 new loads lie between {band.Low:0.00} and {band.High:0.00} times the prediction.")
                : "Too few loads for a band of your own.",
        ]);

    private static DocumentTable Factors(OwnFit fit)
    {
        Residuals r = fit.Residuals;
        return new DocumentTable(
            "residuals",
            "What your cluster adds",
            [new("residual", "residual"), new("value", "value", true), new("unit", "unit"), new("without", "without data", true), new("meaning", "meaning")],
            [
                ["decode factor", Number(r.DecodeFactor, "0.000"), "", Number(1, "0"), "time of decoding over the predicted one"],
                ["host overhead", Number(r.HostSeconds * 1e3, "0.000"), "ms", Number(0, "0"), fit.Fitted >= 2 ? "time of each step that no operator explains" : "not fitted: one load tells one number"],
                ["prefill factor", Number(r.PrefillFactor, "0.000"), "", Number(1, "0"), fit.Fitted >= 3 ? "time of prompts over the predicted one" : "not fitted: it needs three loads and a time to first token"],
            ]);
    }

    private static DocumentTable Errors(OwnFit fit)
    {
        List<IReadOnlyList<DocumentCell>> rows = [Row("before", static l => l.Before), Row("after", static l => l.After)];
        if (fit.LeftOutBy.Length > 0)
        {
            rows.Add(Row("left out", static l => l.LeftOut));
        }

        return new DocumentTable(
            "errors", "Errors against what you measured", [new("prediction", "prediction"), new("median", "median", true), new("greatest", "greatest", true), new("bias", "median with its sign", true)], rows);

        IReadOnlyList<DocumentCell> Row(string name, Func<OwnLine, double?> predicted)
        {
            double[] errors = [.. fit.Lines.Select(l => predicted(l)!.Value / l.Measured - 1)];
            return [name, Percent(GroupErrors.Quantile(errors.Select(Math.Abs), 0.5)), Percent(errors.Max(Math.Abs)), Percent(GroupErrors.Quantile(errors, 0.5))];
        }
    }

    private static DocumentTable Points(OwnFit fit) => new(
        "loads",
        "Loads: TPOT in ms, or output tokens a second where the tool gave no TPOT",
        [
            new("file", "file"), new("tool", "tool"), new("input_tokens", "in", true), new("output_tokens", "out", true), new("load", "load"), new("measure", "measure"),
            new("measured", "measured", true), new("before", "before", true), new("after", "after", true), new("left_out", "left out", true),
        ],
        [
            .. fit.Lines.Select(static l => (IReadOnlyList<DocumentCell>)
            [
                l.Run.Point.Label, l.Run.Point.Tool, Number(l.Run.Point.InputTokens, "0"), Number(l.Run.Point.OutputTokens, "0"), Load(l.Run.Point),
                l.Run.Point.TimePerOutputTokenMs is not null ? "TPOT, ms" : "tokens/s", Number(l.Measured, "0.00"), Number(l.Before, "0.00"), Number(l.After, "0.00"),
                l.LeftOut is { } left ? Number(left, "0.00") : "",
            ]),
        ]);

    private static string Load(OwnPoint point) =>
        point.Concurrency is { } flight ? string.Create(CultureInfo.InvariantCulture, $"{flight:0.#} in flight")
        : point.RequestRatePerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.###} a second")
        : "all at once";

    private static string Plural(int count, string word) => string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");

    private static DocumentCell Number(double value, string format) => new(value.ToString(format, CultureInfo.InvariantCulture), value);

    private static DocumentCell Percent(double share) => new((share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %", share);
}
