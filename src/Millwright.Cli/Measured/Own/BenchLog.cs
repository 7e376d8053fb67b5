using System.Globalization;
using System.Text.RegularExpressions;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured.Own;

/// <summary>The summary that trtllm-bench prints at the end of a run.</summary>
internal static partial class BenchLog
{
    /// <summary>Reads one run.</summary>
    /// <exception cref="InputException">A figure is missing.</exception>
    public static OwnPoint Read(string text, string path)
    {
        double? Find(string name)
        {
            Match match = Regex.Match(text, Regex.Escape(name) + @"\s*:\s*(?<value>[0-9][0-9.,eE+]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            return match.Success && double.TryParse(match.Groups["value"].Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 ? value : null;
        }

        double Needed(string name) => Find(name) ?? throw new InputException(path, 1, 1, $"The log has no line \"{name}\". Is it cut off?");

        return new OwnPoint
        {
            File = path,
            Place = 1,
            Tool = "trtllm-bench (log)",
            Model = ModelPattern().Match(text) is { Success: true } model ? model.Groups["value"].Value : "",
            InputTokens = Needed("Average Input Length (tokens)"),
            OutputTokens = Needed("Average Output Length (tokens)"),
            Requests = Find("Number of requests"),
            Concurrency = Find("Number of concurrent requests"),
            TimePerOutputTokenMs = Find("Average time-per-output-token [TPOT] (ms)"),
            TimeToFirstTokenMs = Find("Average time-to-first-token [TTFT] (ms)"),
            OutputTokensPerSecond = Find("Total Output Throughput (tokens/sec)"),
        };
    }

    [GeneratedRegex(@"^Model:\s+(?<value>\S+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex ModelPattern();
}
