using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>A serving engine, its version and the settings that shape its steps.</summary>
/// <param name="Family">The engine.</param>
/// <param name="Version">Version or image tag; empty where it is not known.</param>
/// <param name="Date">Date of the version or of the run, as yyyy-MM-dd or yyyy-MM; empty where it is not known.</param>
/// <param name="MaxBatchedTokens">Most tokens of one step on one attention rank: decoding sequences and prompt chunks together.</param>
/// <param name="MaxSequences">Most sequences of one step on one attention rank.</param>
/// <param name="MemoryFraction">Share of the chip's memory that weights, cache and activations may take; with
/// <paramref name="FractionOfFree"/> the share that the cache takes of what weights, activations and the runtime leave.</param>
/// <param name="GraphMaxBatch">Largest decode batch that runs as a captured graph; larger ones launch kernel by kernel.</param>
/// <param name="ChunkedPrefill">True when prompts are cut to fit beside decoding sequences in a step; false when a step does one or the other.</param>
/// <param name="NoEvict">True when a request starts only once the cache holds its whole length, input and output; false when the cache is filled as it grows, and
/// requests are set back where it ends.</param>
/// <param name="WholeWindows">True when layers that look back over a window keep their whole context in the cache; false when they keep the window alone.</param>
/// <param name="GeneralExperts">True when experts run in an engine's general kernels, false where it takes those made for the chip when there are any.</param>
/// <param name="FractionOfFree">True when the memory share is one of what weights, activations and the runtime leave.</param>
public sealed record EngineSettings(
    EngineFamily Family,
    string Version,
    string Date,
    int MaxBatchedTokens,
    int MaxSequences,
    double MemoryFraction,
    int GraphMaxBatch,
    bool ChunkedPrefill,
    bool NoEvict = false,
    bool WholeWindows = false,
    bool GeneralExperts = false,
    bool FractionOfFree = false);
