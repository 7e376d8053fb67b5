using System.Globalization;
using Millwright.Applications;
using Millwright.Catalog;

namespace Millwright.Cli.Measured;

/// <summary>Request lengths of a row: drawn, fixed, of a benchmark's data set or of recorded sessions.</summary>
/// <param name="Mean">Means, and the means in which long requests weigh more.</param>
/// <param name="Histogram">What they are drawn from; null where all requests are alike.</param>
internal sealed record RowLengths(RequestLengths Mean, LengthHistogram? Histogram)
{
    private const int UniformBins = 8;

    // Data sets of MLPerf, the first whose words fit; the mean output where the run makes another one than the reference answers have.
    private static readonly (string Words, string Lengths, double? OutputTokens)[] s_sets =
    [
        ("OpenOrca+GSM8K", "orca-gsm8k-mbxp-15000", null),
        // the benchmark's own runs make about 294 tokens a sample
        ("OpenOrca", "openorca-24576", 294),
        ("LongBench", "longbench-mix-8313", null),
        // summaries run to the limit of 128 tokens
        ("CNN/DailyMail", "cnn-dailymail-13368", 128),
        ("MATH500", "reasoning-mix-4388", null),
    ];

    /// <summary>Lengths of a row, or why there are none.</summary>
    public static RowLengths? Of(ServingRow row, CatalogData catalog, out string reason)
    {
        reason = "";
        if (row.IsMlperf && row.InputTokens is null)
        {
            (string words, string lengths, double? output) = s_sets.FirstOrDefault(s => row.Dataset.Contains(s.Words, StringComparison.OrdinalIgnoreCase));
            if (words is null || catalog.FindLengths(lengths) is not { } histogram)
            {
                reason = $"the output lengths of \"{CsvTable.Shown(row.Dataset)}\" are not known";
                return null;
            }

            return new RowLengths(RequestLengths.FromHistogram(histogram, outputTokens: output), histogram);
        }

        if (row is not { InputTokens: { } input, OutputTokens: { } outputs })
        {
            reason = row.InputTokens is null ? "the row states no input length" : "the row states no output length";
            return null;
        }

        return LeastShare(row.LengthDistribution) is { } least
            ? Uniform(input, outputs, least)
            : new RowLengths(RequestLengths.FromMeans(input, outputs, CachedShare(row, catalog)), null);
    }

    // "U[0.8L,L]": the least length as a share of the greatest
    private static double? LeastShare(string distribution)
    {
        int end = distribution.IndexOf('L', StringComparison.Ordinal);
        return distribution.StartsWith("U[", StringComparison.Ordinal) && end > 2
            && double.TryParse(distribution.AsSpan(2, end - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1
            ? share : null;
    }

    // Input and output are drawn apart, so each bin of the one meets each of the other.
    private static RowLengths Uniform(double input, double output, double least)
    {
        double[] places = [.. Enumerable.Range(0, UniformBins).Select(i => least + (1 - least) * (i + 0.5) / UniformBins)];
        LengthHistogram histogram = new(
            "uniform", "", [.. places.SelectMany(x => places.Select(_ => x * input))], [.. places.SelectMany(_ => places.Select(y => y * output))], null, null, "", "", "");
        return new RowLengths(RequestLengths.FromHistogram(histogram), histogram);
    }

    // With a cache in host memory the hits on the chip tell little: the share that could be found holds then.
    private static double CachedShare(ServingRow row, CatalogData catalog)
    {
        if (!row.IsAgentic)
        {
            return 0;
        }

        double? could = row.CacheHitTheoretical ?? catalog.FindLengths("coding-agent")?.CachedShare;
        bool onChipAlone = row.CacheOffload.Length == 0 || row.CacheOffload.Equals("none", StringComparison.OrdinalIgnoreCase);
        return (onChipAlone ? row.CacheHitOnChip ?? could : could) ?? 0;
    }
}
