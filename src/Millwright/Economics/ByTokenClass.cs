namespace Millwright.Economics;

/// <summary>
/// One number for each class of tokens: tokens, tokens per second, USD or USD per million tokens, as the name of what holds it says.
/// </summary>
/// <param name="UncachedInput">For input tokens that are computed (prefill).</param>
/// <param name="CachedInput">For input tokens whose KV cache is found and loaded.</param>
/// <param name="Output">For output tokens (decode).</param>
public readonly record struct ByTokenClass(double UncachedInput, double CachedInput, double Output)
{
    /// <summary>The sum over the classes, in the unit of the parts.</summary>
    public double Total => UncachedInput + CachedInput + Output;

    /// <summary>Adds class by class.</summary>
    /// <param name="left">First term.</param>
    /// <param name="right">Second term, in the same unit.</param>
    /// <returns>The sums.</returns>
    public static ByTokenClass operator +(ByTokenClass left, ByTokenClass right) => left.Add(right);

    /// <summary>Adds class by class.</summary>
    /// <param name="other">Second term, in the same unit.</param>
    /// <returns>The sums.</returns>
    public ByTokenClass Add(ByTokenClass other) =>
        new(UncachedInput + other.UncachedInput, CachedInput + other.CachedInput, Output + other.Output);

    /// <summary>Each class times one factor.</summary>
    /// <param name="factor">The factor.</param>
    /// <returns>The products.</returns>
    public ByTokenClass Scaled(double factor) => new(UncachedInput * factor, CachedInput * factor, Output * factor);

    /// <summary>What these tokens bring at a price per million: the sum of tokens x price / 10^6.</summary>
    /// <param name="usdPerMillion">Prices, USD per million tokens.</param>
    /// <returns>USD for tokens, USD/s for tokens per second.</returns>
    public double ValueUsd(ByTokenClass usdPerMillion) =>
        ((UncachedInput * usdPerMillion.UncachedInput) + (CachedInput * usdPerMillion.CachedInput) + (Output * usdPerMillion.Output)) / 1e6;

    /// <summary>These dollars over tokens, per million.</summary>
    /// <param name="tokens">Tokens of each class, over the same time as the dollars.</param>
    /// <returns>USD per million tokens; NaN in a class without tokens.</returns>
    public ByTokenClass PerMillion(ByTokenClass tokens) =>
        new(Per(UncachedInput, tokens.UncachedInput), Per(CachedInput, tokens.CachedInput), Per(Output, tokens.Output));

    private static double Per(double usd, double tokens) => tokens > 0 ? usd / tokens * 1e6 : double.NaN;
}
