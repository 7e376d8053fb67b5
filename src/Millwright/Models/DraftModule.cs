namespace Millwright.Models;

/// <summary>
/// A multi-token-prediction module (DeepSeek-V3, arXiv 2412.19437, section 2.2): it norms the hidden state of the last token and the embedding of the
/// next, joins both by a matrix of twice the hidden size to the hidden size, passes one decoder layer (Nemotron: one block of attention, one of
/// experts) and a norm, and uses the model's own embedding and head.
/// </summary>
/// <param name="Layers">Its layers.</param>
public sealed record DraftModule(IReadOnlyList<ModelLayer> Layers)
{
    /// <summary>Norms of its own: of the hidden state, of the embedding, and before the head.</summary>
    internal const int Norms = 3;

    /// <summary>The matrix that joins hidden state and embedding. Releases leave it in 16 bits, and engines hold it on each chip.</summary>
    internal static Projection Join(int hiddenSize) => new("draft-join", WeightRole.Kept, 2.0 * hiddenSize, hiddenSize, ProjectionCut.Whole);
}
