namespace Millwright.Cli.Measured;

/// <summary>
/// Limits on the 99th percentile of TTFT and TPOT that the MLPerf inference rules set by model and scenario, as the logs of submissions state them
/// (v4.1, v5.1, v6.0).
/// </summary>
internal static class MlperfLimits
{
    private static readonly Dictionary<string, (double First, double Token)> s_server = new(StringComparer.Ordinal)
    {
        ["llama-2-70b"] = (2, 0.2),
        ["llama-3.1-405b"] = (6, 0.175),
        ["llama-3.1-8b"] = (2, 0.1),
        ["mixtral-8x7b"] = (2, 0.2),
        ["deepseek-r1"] = (2, 0.08),
        ["gpt-oss-120b"] = (3, 0.08),
    };

    private static readonly Dictionary<string, (double First, double Token)> s_interactive = new(StringComparer.Ordinal)
    {
        ["llama-2-70b"] = (0.45, 0.04),
        ["llama-3.1-405b"] = (4.5, 0.08),
        ["llama-3.1-8b"] = (0.5, 0.03),
        ["deepseek-r1"] = (1.5, 0.015),
        ["gpt-oss-120b"] = (2, 0.015),
    };

    /// <summary>Limits of a scenario, s; null for others than server and interactive, or a model without.</summary>
    public static (double? First, double? Token) Of(string scenario, string model)
    {
        Dictionary<string, (double First, double Token)>? limits = scenario.ToLowerInvariant() switch
        {
            "mlperf-server" => s_server,
            "mlperf-interactive" => s_interactive,
            _ => null,
        };
        return limits is not null && limits.TryGetValue(model, out (double First, double Token) found) ? (found.First, found.Token) : (null, null);
    }
}
