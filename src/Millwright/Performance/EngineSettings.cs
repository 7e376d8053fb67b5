using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>A serving engine, its version and the settings that shape its steps.</summary>
/// <param name="Family">The engine.</param>
/// <param name="Version">Version or image tag; empty where it is not known.</param>
/// <param name="Date">Date of the version or of the run, as yyyy-MM-dd or yyyy-MM; empty where it is not known.</param>
/// <param name="MaxBatchedTokens">Most tokens of one step on one attention rank: decoding sequences and prompt chunks together.</param>
/// <param name="MaxSequences">Most sequences of one step on one attention rank.</param>
/// <param name="MemoryFraction">Share of the chip's memory that weights, cache and activations may take.</param>
/// <param name="GraphMaxBatch">Largest decode batch that runs as a captured graph; larger ones launch kernel by kernel.</param>
/// <param name="ChunkedPrefill">True when prompts are cut to fit beside decoding sequences in a step; false when a step does one or the other.</param>
public sealed record EngineSettings(
    EngineFamily Family,
    string Version,
    string Date,
    int MaxBatchedTokens,
    int MaxSequences,
    double MemoryFraction,
    int GraphMaxBatch,
    bool ChunkedPrefill);
