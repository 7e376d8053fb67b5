using Millwright.Operators;

namespace Millwright.Models;

/// <summary>What the reader makes of a configuration.</summary>
/// <param name="Family">model_type of the text model.</param>
/// <param name="Stream">Residual stream.</param>
/// <param name="Layers">Layers in order.</param>
/// <param name="VocabularySize">Vocabulary.</param>
/// <param name="MaxContextTokens">Longest context.</param>
/// <param name="TiedEmbedding">True when the head shares the embedding.</param>
/// <param name="LearnedPositions">Rows of a learned position table; 0 for none.</param>
/// <param name="Release">Precision of the weights as released.</param>
internal sealed record ArchitectureFields(
    string Family,
    ResidualStream Stream,
    IReadOnlyList<ModelLayer> Layers,
    int VocabularySize,
    int MaxContextTokens,
    bool TiedEmbedding,
    int LearnedPositions,
    ReleaseFormat Release);

/// <summary>Precision of the weights as released.</summary>
/// <param name="Precision">Precision of the greatest part.</param>
/// <param name="RestBesideFp4Experts">Precision of the other matrices where only the experts are released in 4 bits; null elsewhere.</param>
/// <param name="Fp4Bytes">Bytes of a 4-bit weight with its scales.</param>
internal readonly record struct ReleaseFormat(OperandPrecision Precision, OperandPrecision? RestBesideFp4Experts, double Fp4Bytes);
