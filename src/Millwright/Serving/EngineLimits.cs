namespace Millwright.Serving;

/// <summary>Settings of the serving engine.</summary>
public sealed record EngineLimits
{
    /// <summary>Settings that engines ship with.</summary>
    public static EngineLimits Default { get; } = new();

    /// <summary>Share of a chip's memory that weights, cache and activations may fill; the rest is for the runtime. Engines ship with 0.9.</summary>
    public double MemoryShare { get; init; } = 0.9;

    /// <summary>Prompt tokens that one rank works on in one step: the chunk of chunked prefill.</summary>
    public double PrefillChunkTokens { get; init; } = 8192;

    /// <summary>Sequences that one rank decodes at most. Engines ship with 256 to 2048.</summary>
    public int MaxSequencesPerRank { get; init; } = 1024;

    /// <summary>
    /// Activation buffers kept free, in 16-bit rows of the hidden size for each token of the chunk. An assumption: the residual stream, the quantised
    /// copy, queries, keys and
    /// values, and the inner width of the feed-forward twice.
    /// </summary>
    public double ActivationRowsPerToken { get; init; } = 16;
}
