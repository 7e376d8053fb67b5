using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>The rows that engine residuals may be fitted to.</summary>
internal static class MeasuredRuns
{
    /// <summary>Runs with their measured TPOT: rows that count in scores, together, in a closed loop, without drafted tokens.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="reader">Reads a row as a run.</param>
    public static IReadOnlyList<MeasuredRun> Of(IEnumerable<ServingRow> rows, ServingCaseReader reader) =>
    [
        .. rows
            .Where(static r => r is { IsScored: true, Apart: false, IsSpeculative: false } && r.Scenario.Equals("closed-loop", StringComparison.OrdinalIgnoreCase))
            .Select(r => (Row: r, reader.Read(r).Case))
            .Where(static m => m.Case is not null && Tpot(m.Row) is > 0)
            .Select(static m => new MeasuredRun(m.Case!, Tpot(m.Row)!.Value / 1e3)),
    ];

    private static double? Tpot(ServingRow row) => row.TimePerOutputTokenMs.Mean ?? row.TimePerOutputTokenMs.Median;
}
