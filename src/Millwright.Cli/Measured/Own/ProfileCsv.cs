using System.Globalization;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured.Own;

/// <summary>The CSV that AIPerf and GenAI-Perf write: blocks of metrics, each with its own header, the unit in the name.</summary>
internal static class ProfileCsv
{
    /// <summary>Reads one run.</summary>
    /// <exception cref="InputException">A figure is missing or no number.</exception>
    public static OwnPoint Read(string text, string path)
    {
        Dictionary<string, double> metrics = new(StringComparer.OrdinalIgnoreCase);
        string[] header = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] cells = Cells(lines[i]);
            if (cells is ["Metric", ..])
            {
                header = cells;
            }
            else if (cells.Length >= 2 && header.Length >= 2)
            {
                int middle = Array.IndexOf(header, "p50");
                Add(metrics, cells[0], cells[1], path, i + 1);
                if (middle > 0 && middle < cells.Length)
                {
                    Add(metrics, cells[0] + " p50", cells[middle], path, i + 1);
                }
            }
        }

        double count = Find(metrics, "Request Count") ?? 0;
        return new OwnPoint
        {
            File = path,
            Place = 1,
            Tool = "AIPerf or GenAI-Perf (CSV)",
            InputTokens = Find(metrics, "Input Sequence Length") ?? throw new InputException(path, 1, 1, "There is no row \"Input Sequence Length\"."),
            OutputTokens = Find(metrics, "Output Sequence Length") ?? throw new InputException(path, 1, 1, "There is no row \"Output Sequence Length\"."),
            Requests = count > 0 ? count : null,
            Concurrency = Concurrency(metrics, path),
            TimePerOutputTokenMs = Find(metrics, "Inter Token Latency"),
            TimeToFirstTokenMs = Find(metrics, "Time to First Token", " p50") ?? Find(metrics, "Time to First Token"),
            OutputTokensPerSecond = Find(metrics, "Output Token Throughput"),
        };
    }

    // The table does not tell the load: Little's law does, requests in flight = requests a second x latency of a request.
    private static double Concurrency(Dictionary<string, double> metrics, string path)
    {
        double? rate = Find(metrics, "Request Throughput");
        double? latency = Find(metrics, "Request Latency");
        return rate * latency / 1e3 is { } flight ? Math.Max(1, Math.Round(flight))
            : throw new InputException(path, 1, 1, "The rows \"Request Throughput\" and \"Request Latency\" are needed to tell how many requests were in flight.");
    }

    private static double? Find(Dictionary<string, double> metrics, string name, string suffix = "")
    {
        foreach ((string key, double value) in metrics)
        {
            int unit = key.IndexOf(" (", StringComparison.Ordinal);
            string plain = unit < 0 ? key.EndsWith(" p50", StringComparison.Ordinal) ? key[..^4] : key : key[..unit];
            if (plain.Equals(name, StringComparison.OrdinalIgnoreCase) && key.EndsWith(" p50", StringComparison.Ordinal) == (suffix.Length > 0) && value > 0)
            {
                return value * (key.Contains("(us)", StringComparison.Ordinal) ? 1e-3 : key.Contains("(ns)", StringComparison.Ordinal) ? 1e-6 : key.Contains("(sec)", StringComparison.Ordinal) || key.Contains("(s)", StringComparison.Ordinal) ? 1e3 : 1);
            }
        }

        return null;
    }

    private static void Add(Dictionary<string, double> metrics, string name, string cell, string path, int line)
    {
        string number = cell.Replace(",", "", StringComparison.Ordinal);
        if (number.Length == 0 || number is "N/A" or "nan")
        {
            return;
        }

        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            // telemetry blocks below the metrics hold names
            return;
        }

        if (value < 0)
        {
            throw new InputException(path, line, 1, $"\"{CsvTable.Shown(name)}\" is below 0.");
        }

        metrics.TryAdd(name.Trim(), value);
    }

    // Numbers above a thousand are quoted and carry commas.
    private static string[] Cells(string line)
    {
        List<string> cells = [];
        bool quoted = false;
        int start = 0;
        string text = line.TrimEnd('\r');
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (i == text.Length || (text[i] == ',' && !quoted))
            {
                cells.Add(text[start..i].Trim().Trim('"'));
                start = i + 1;
            }
        }

        return [.. cells];
    }
}
