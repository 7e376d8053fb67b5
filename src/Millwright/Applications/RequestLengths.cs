using Millwright.Catalog;

namespace Millwright.Applications;

/// <summary>What capacity needs to know of a distribution of request lengths: means, and the means that long requests weigh more in.</summary>
public sealed record RequestLengths
{
    private RequestLengths(double input, double output, double cachedShare, double decodeInput, double decodeOutput, double prefillInput)
    {
        MeanInputTokens = input;
        MeanOutputTokens = output;
        CachedShare = cachedShare;
        DecodeInputTokens = decodeInput;
        DecodeOutputTokens = decodeOutput;
        PrefillInputTokens = prefillInput;
    }

    /// <summary>Mean input tokens of a request, cached ones included.</summary>
    public double MeanInputTokens { get; }

    /// <summary>Mean output tokens of a request.</summary>
    public double MeanOutputTokens { get; }

    /// <summary>Share of the input tokens that a prefix cache holds.</summary>
    public double CachedShare { get; }

    /// <summary>Input tokens behind a decoded token, mean over decoded tokens: requests with long outputs weigh more.</summary>
    public double DecodeInputTokens { get; }

    /// <summary>Output tokens already behind a decoded token, mean over decoded tokens.</summary>
    public double DecodeOutputTokens { get; }

    /// <summary>Input length of the request that an input token belongs to, mean over input tokens: long requests weigh more.</summary>
    public double PrefillInputTokens { get; }

    /// <summary>Mean input tokens that have to be computed.</summary>
    public double UncachedInputTokens => MeanInputTokens * (1 - CachedShare);

    /// <summary>Mean input tokens found in the cache.</summary>
    public double CachedInputTokens => MeanInputTokens * CachedShare;

    /// <summary>Tokens behind a decoded token, mean over decoded tokens.</summary>
    public double DecodeContextTokens => DecodeInputTokens + DecodeOutputTokens;

    /// <summary>Tokens that a decoding request holds in the cache, mean over decoded tokens.</summary>
    /// <param name="whole">True where its whole length is held from the start, false where the cache is filled as it grows.</param>
    /// <returns>Tokens: input and what of the output is behind, or all of it.</returns>
    public double HeldTokens(bool whole) => whole ? DecodeInputTokens + 2 * DecodeOutputTokens : DecodeContextTokens;

    /// <summary>Lengths of requests that are all alike.</summary>
    /// <param name="inputTokens">Input tokens, above 0.</param>
    /// <param name="outputTokens">Output tokens, above 0.</param>
    /// <param name="cachedShare">Share of the input that is cached, in [0, 1).</param>
    /// <returns>The lengths.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument outside its range.</exception>
    public static RequestLengths FromMeans(double inputTokens, double outputTokens, double cachedShare = 0)
    {
        Require(inputTokens, outputTokens, cachedShare);
        return new(inputTokens, outputTokens, cachedShare, inputTokens, outputTokens / 2, inputTokens);
    }

    /// <summary>Lengths of a histogram, with its means replaced where they are stated.</summary>
    /// <param name="histogram">Bins of equal weight.</param>
    /// <param name="inputTokens">Mean input tokens to scale the bins to; null to keep the histogram's.</param>
    /// <param name="outputTokens">Mean output tokens to scale the bins to; null to keep the histogram's.</param>
    /// <param name="cachedShare">Share of the input that is cached; null for the histogram's, or none.</param>
    /// <returns>The lengths.</returns>
    /// <exception cref="ArgumentException">The histogram has no bins, or lists of different length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A mean or a share outside its range.</exception>
    public static RequestLengths FromHistogram(
        LengthHistogram histogram, double? inputTokens = null, double? outputTokens = null, double? cachedShare = null)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var bins = histogram.InputTokens.Count;
        if (bins == 0 || histogram.OutputTokens.Count != bins)
        {
            throw new ArgumentException($"length histogram '{histogram.Id}' must have as many output bins as input bins, and at least one", nameof(histogram));
        }

        double input = 0, output = 0, inputSquared = 0, product = 0, outputSquared = 0;
        for (var i = 0; i < bins; i++)
        {
            var (x, y) = (histogram.InputTokens[i], histogram.OutputTokens[i]);
            input += x;
            output += y;
            inputSquared += x * x;
            product += x * y;
            outputSquared += y * y;
        }

        var inputScale = (inputTokens ?? (input / bins)) / (input / bins);
        var outputScale = (outputTokens ?? (output / bins)) / (output / bins);
        var share = cachedShare ?? histogram.CachedShare ?? 0;
        Require(input / bins * inputScale, output / bins * outputScale, share);
        return new(
            input / bins * inputScale,
            output / bins * outputScale,
            share,
            product / output * inputScale,
            outputSquared / output / 2 * outputScale,
            inputSquared / input * inputScale);
    }

    private static void Require(double inputTokens, double outputTokens, double cachedShare)
    {
        RequirePositive(inputTokens, nameof(inputTokens));
        RequirePositive(outputTokens, nameof(outputTokens));
        if (!(cachedShare is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(cachedShare), cachedShare, "must lie in [0, 1)");
        }
    }

    private static void RequirePositive(double tokens, string name)
    {
        if (!(tokens > 0 && double.IsFinite(tokens)))
        {
            throw new ArgumentOutOfRangeException(name, tokens, "must be above 0 and finite");
        }
    }
}
