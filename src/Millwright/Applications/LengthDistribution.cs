using Millwright.Catalog;
using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>Input and output tokens of a request, drawn together: pure functions of (seed, variable, draw).</summary>
public abstract class LengthDistribution
{
    /// <summary>Draws a request.</summary>
    /// <param name="random">The run's random numbers.</param>
    /// <param name="variable">Key of the variable, see <see cref="RandomStream.KeyOf"/>.</param>
    /// <param name="request">Number of the request, from 0.</param>
    /// <returns>Tokens, each at least 1.</returns>
    public abstract (int Input, int Output) Draw(RandomStream random, ulong variable, long request);

    /// <summary>Requests that are all alike.</summary>
    /// <param name="inputTokens">Input tokens, at least 1.</param>
    /// <param name="outputTokens">Output tokens, at least 1.</param>
    /// <returns>The distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A length below 1.</exception>
    public static LengthDistribution Fixed(int inputTokens, int outputTokens) => Uniform(inputTokens, outputTokens, 1);

    /// <summary>Input and output independent of each other, each uniform on the whole numbers from floor(a L), but at least 1, to L: the random data set of the vLLM benchmark
    /// and of InferenceX, where a is 0.8.</summary>
    /// <param name="inputTokens">Greatest input tokens L, at least 1.</param>
    /// <param name="outputTokens">Greatest output tokens L, at least 1.</param>
    /// <param name="leastShare">a, in [0, 1].</param>
    /// <returns>The distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A length below 1, or a share outside its range.</exception>
    public static LengthDistribution Uniform(int inputTokens, int outputTokens, double leastShare)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputTokens, 1);
        return leastShare is >= 0 and <= 1
            ? new UniformLengths(inputTokens, outputTokens, leastShare)
            : throw new ArgumentOutOfRangeException(nameof(leastShare), leastShare, "must lie in [0, 1]");
    }

    /// <summary>A bin of a histogram with its mean input and mean output, each bin as likely as another; fractions of a token are rounded up as often as they weigh, so that the
    /// means are those of the histogram. Spread within a bin is not in the histogram, and so not in the draw: tails are shorter than the trace's.</summary>
    /// <param name="histogram">Bins of equal weight.</param>
    /// <param name="inputTokens">Mean input tokens to scale the bins to; null to keep the histogram's.</param>
    /// <param name="outputTokens">Mean output tokens to scale the bins to; null to keep the histogram's.</param>
    /// <returns>The distribution.</returns>
    /// <exception cref="ArgumentException">The histogram has no bins, or lists of different length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A mean that is not above 0.</exception>
    public static LengthDistribution FromHistogram(LengthHistogram histogram, double? inputTokens = null, double? outputTokens = null)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var known = RequestLengths.FromHistogram(histogram);
        var wanted = RequestLengths.FromHistogram(histogram, inputTokens, outputTokens);
        var (inputScale, outputScale) = (wanted.MeanInputTokens / known.MeanInputTokens, wanted.MeanOutputTokens / known.MeanOutputTokens);
        return new BinnedLengths([.. histogram.InputTokens.Select(t => t * inputScale)], [.. histogram.OutputTokens.Select(t => t * outputScale)]);
    }

    /// <summary>Rows of a table of lengths, each as likely as another, drawn with replacement.</summary>
    /// <param name="table">The table; it is read to its end, and its clock is not looked at.</param>
    /// <returns>The distribution.</returns>
    /// <exception cref="TraceFormatException">A line of the table is wrong.</exception>
    /// <exception cref="ArgumentException">The table has no rows.</exception>
    public static LengthDistribution FromTable(IRequestStream table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var rows = new List<(int, int)>();
        while (table.TryRead(out var request))
        {
            rows.Add((request.InputTokens, request.OutputTokens));
        }

        return rows.Count > 0 ? new TableLengths([.. rows]) : throw new ArgumentException("the table of lengths has no rows", nameof(table));
    }

    private sealed class UniformLengths(int input, int output, double leastShare) : LengthDistribution
    {
        private readonly int _leastInput = Least(input, leastShare);
        private readonly int _leastOutput = Least(output, leastShare);

        public override (int Input, int Output) Draw(RandomStream random, ulong variable, long request) =>
            (One(_leastInput, input, random, variable, 2 * request), One(_leastOutput, output, random, variable, 2 * request + 1));

        private static int Least(int greatest, double share) => Math.Max(1, (int)Math.Floor(greatest * share));

        private static int One(int least, int greatest, RandomStream random, ulong variable, long draw) =>
            least == greatest ? greatest : Math.Min(greatest, least + (int)(random.Uniform(variable, draw) * ((double)greatest - least + 1)));
    }

    private sealed class BinnedLengths(double[] inputs, double[] outputs) : LengthDistribution
    {
        public override (int Input, int Output) Draw(RandomStream random, ulong variable, long request)
        {
            var place = random.Uniform(variable, request) * inputs.Length;
            var bin = Math.Min((int)place, inputs.Length - 1);

            // what is left of the draw is uniform too
            return (Whole(inputs[bin], place - bin), Whole(outputs[bin], place - bin));
        }

        private static int Whole(double tokens, double uniform) => Math.Max(1, (int)Math.Min(int.MaxValue, Math.Floor(tokens + uniform)));
    }

    private sealed class TableLengths((int Input, int Output)[] rows) : LengthDistribution
    {
        public override (int Input, int Output) Draw(RandomStream random, ulong variable, long request) => rows[Math.Min(rows.Length - 1, (int)(random.Uniform(variable, request) * rows.Length))];
    }
}
