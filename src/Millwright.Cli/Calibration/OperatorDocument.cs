using System.Globalization;
using Millwright.Chips;
using Millwright.Cli.Output;

namespace Millwright.Cli.Calibration;

/// <summary>The errors of fitted operators as a document.</summary>
internal static class OperatorDocument
{
    // goals stand beside the figures that they are for
    private static readonly (string Name, string[] Groups, string Goal)[] Pools =
    [
        ("matrix products, bf16", ["gemm bf16"], "mean 5 %"),
        ("matrix products, fp8 and fp8 by blocks", ["gemm fp8", "gemm fp8-block"], "mean 8 %"),
        ("matrix products, fp8 (one scale a tensor)", ["gemm fp8"], ""),
        ("matrix products, fp8 by blocks", ["gemm fp8-block"], ""),
        ("matrix products, nvfp4", ["gemm nvfp4"], "mean 9 %"),
        ("kernel power, products and attention", ["power-gemm", "power-decode-attention", "power-prefill-attention"], "median 12 %"),
    ];

    /// <summary>Makes the document.</summary>
    /// <param name="command">The command.</param>
    /// <param name="calibration">The fits.</param>
    /// <param name="shipped">Grids that ship, to be scored too; null to leave that out.</param>
    public static TableDocument Of(string command, OperatorCalibration calibration, OperatorLibrary? shipped) => new(
        command,
        "Operators: errors on shapes left out of the fit",
        [$"{calibration.Fits.Count} grids fitted; {HeldOut.Folds} folds over whole shapes. An error is |predicted / measured - 1|."],
        [Pooled(calibration.Fits), Each(calibration.Fits, shipped)],
        Notes(calibration));

    private static DocumentTable Pooled(IReadOnlyList<OperatorFit> fits)
    {
        List<(string Name, string[] Groups, string Goal)> pools = [.. Pools];
        string[] pooled = [.. Pools.SelectMany(p => p.Groups)];
        pools.AddRange(fits.Select(f => f.Group).Distinct().Where(g => !pooled.Contains(g) || g.StartsWith("power", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(g => (g, (string[])[g], "")));
        List<IReadOnlyList<DocumentCell>> rows = [];
        foreach ((string name, string[] groups, string goal) in pools)
        {
            OperatorFit[] members = [.. fits.Where(f => groups.Contains(f.Group))];
            if (members.Length == 0)
            {
                continue;
            }

            double[] errors = [.. members.SelectMany(f => f.HeldOutErrors)];
            double[] simple = [.. members.SelectMany(f => f.Simple?.HeldOutErrors ?? [])];
            rows.Add(
            [
                name,
                Count(members.Length),
                Count(errors.Length),
                Share(errors.Average()),
                Share(HeldOut.Percentile(errors, 0.5)),
                Share(HeldOut.Percentile(errors, 0.9)),
                goal,
                simple.Length > 0 ? Share(simple.Average()) : "",
            ]);
        }

        return new DocumentTable(
            "pooled",
            "Pooled over systems and engines",
            [
                new("operators", "operators"),
                new("grids", "grids", true),
                new("points", "points", true),
                new("mean_error", "mean", true),
                new("median_error", "median", true),
                new("p90_error", "p90", true),
                new("goal", "goal"),
                new("few_parameters_mean", "few parameters", true),
            ],
            rows);
    }

    private static DocumentTable Each(IReadOnlyList<OperatorFit> fits, OperatorLibrary? shipped)
    {
        List<DocumentColumn> columns =
        [
            new("operator", "operator"),
            new("system", "system"),
            new("engine", "engine"),
            new("precision", "precision"),
            new("points", "points", true),
            new("nodes", "nodes", true),
            new("mean_error", "mean", true),
            new("median_error", "median", true),
            new("p90_error", "p90", true),
            new("below_ideal", "below ideal", true),
            new("few_parameters_mean", "few parameters", true),
            new("few_parameters_p90", "their p90", true),
            new("few_parameters", "parameters"),
        ];
        if (shipped is not null)
        {
            columns.Add(new("shipped_mean_error", "shipped grid", true));
        }

        return new DocumentTable("fits", "Each grid", columns, [.. fits.Select(f => Row(f, shipped))]);
    }

    private static IReadOnlyList<DocumentCell> Row(OperatorFit fit, OperatorLibrary? shipped)
    {
        OperatorGrid grid = fit.Grid;
        List<DocumentCell> row =
        [
            grid.Operator,
            grid.SystemId,
            $"{OperatorNames.Of(grid.Engine)} {grid.EngineVersion}",
            OperatorNames.Of(grid.Precision),
            Count(grid.Points),
            Count(grid.LogFactor.Values.Count + (grid.Detail?.Values.Count ?? 0)),
            Share(fit.HeldOutErrors.Average()),
            Share(HeldOut.Percentile(fit.HeldOutErrors, 0.5)),
            Share(HeldOut.Percentile(fit.HeldOutErrors, 0.9)),
            Count(fit.BelowIdeal),
            fit.Simple is { } few ? Share(few.HeldOutErrors.Average()) : "",
            fit.Simple is { } again ? Share(HeldOut.Percentile(again.HeldOutErrors, 0.9)) : "",
            fit.Simple?.Form ?? "",
        ];
        if (shipped is not null)
        {
            row.Add(shipped.Find(grid.SystemId, grid.Engine, grid.Operator, grid.Precision) is { } own ? Share(fit.MeanErrorOf(own)) : "none");
        }

        return row;
    }

    private static IReadOnlyList<string> Notes(OperatorCalibration calibration) =>
    [
        "Below ideal: points measured faster than the chip's peaks allow (small weights found in the cache by the loop that measured); they count as the ideal time.",
        .. calibration.Skipped.Count > 0 ? (string[])[$"{calibration.Skipped.Count} files are no table that is fitted here."] : [],
    ];

    private static DocumentCell Count(int number) => new(number.ToString("N0", CultureInfo.InvariantCulture), number);

    private static DocumentCell Share(double share) => new((share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %", share);
}
