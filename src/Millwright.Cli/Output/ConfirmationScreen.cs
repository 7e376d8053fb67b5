using System.Globalization;
using Millwright.Planning;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Output;

/// <summary>What the simulation says of the deployments of a plan: a table, and a verdict for each below it.</summary>
internal static class ConfirmationScreen
{
    /// <summary>The document.</summary>
    /// <param name="confirmations">The answers.</param>
    /// <returns>The document.</returns>
    public static TableDocument Of(IReadOnlyList<WorkloadConfirmation> confirmations)
    {
        WorkloadConfirmation[] simulated = [.. confirmations.Where(static c => c.Status != ConfirmationStatus.NotSimulated)];
        return new TableDocument(
            "plan --confirm",
            "Simulated in the peak hour",
            ["Simulated in the peak hour, one replica of each workload, requests that come at random; no figure above depends on it:"],
            simulated.Length == 0 ? [] :
            [
                new DocumentTable(
                    "confirmations",
                    "",
                    [
                        new("workload", "workload"),
                        new("requests_per_second", "requests/s", true),
                        new("saturation_share", "of saturation", true),
                        new("time_to_first_token", "TTFT ms: mean / p50 / p99", true),
                        new("time_per_output_token", "TPOT ms: mean / p50 / p99", true),
                        new("within_limits", "within both limits", true),
                        new("holding_share", "rate that holds", true),
                    ],
                    [.. simulated.Select(static c => (IReadOnlyList<DocumentCell>)[
                        c.Workload,
                        new DocumentCell(Text(c.RequestsPerSecond, "0.0"), c.RequestsPerSecond),
                        Share(c.SaturationShare),
                        Times(c.TimeToFirstToken, "0"),
                        Times(c.TimePerOutputToken, "0.0"),
                        Share(c.WithinLimits),
                        Share(c.HoldingShare)])]),
            ],
            [.. confirmations.Select(static c => c.Deployment.Length == 0 ? $"{c.Workload}: {c.Verdict}" : $"{c.Workload}: {c.Verdict}\n      {c.Deployment}")]);
    }

    private static DocumentCell Share(double share) => new(Text(share * 100, "0.0") + " %", share);

    private static DocumentCell Times(LatencySummary latency, string format) =>
        new($"{Text(latency.Mean * 1e3, format)} / {Text(latency.P50 * 1e3, format)} / {Text(latency.P99 * 1e3, format)}", latency.Mean);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
