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
    ReleaseFormat Release)
{
    /// <summary>Multi-token-prediction modules.</summary>
    public IReadOnlyList<DraftModule> Drafts { get; init; } = [];

    /// <summary>Encoder of images; null for none.</summary>
    public VisionEncoder? Vision { get; init; }

    /// <summary>True when the head has a bias.</summary>
    public bool HeadBias { get; init; }

    /// <summary>Fields that look like a part of the shape and that no reader has used.</summary>
    public IReadOnlyList<string> UnreadFields { get; init; } = [];
}

/// <summary>Precision of the weights as released.</summary>
/// <param name="Precision">Precision of the greatest part.</param>
/// <param name="RestBesideFp4Experts">Precision of the other matrices where only the experts are released in 4 bits; null elsewhere.</param>
/// <param name="Fp4Bytes">Bytes of a 4-bit weight with its scales.</param>
/// <param name="Dense">Precision of the matrices outside the routed experts, told apart as finely as operators are.</param>
/// <param name="Experts">Precision of the routed experts, told apart as finely as operators are.</param>
internal readonly record struct ReleaseFormat(
    OperandPrecision Precision, OperandPrecision? RestBesideFp4Experts, double Fp4Bytes, OperandPrecision Dense, OperandPrecision Experts);
