namespace Millwright.Models;

/// <summary>What lies around the blocks of every layer: norms and the residual stream.</summary>
/// <param name="HiddenSize">Width of the stream.</param>
/// <param name="NormsPerLayer">Norms of a layer.</param>
/// <param name="NormBias">True for layer norms with a weight and a bias, false for root-mean-square norms with a weight.</param>
/// <param name="Streams">Parallel streams mixed by hyper-connections (arXiv 2409.19606); 1 for a plain residual.</param>
public sealed record ResidualStream(int HiddenSize, int NormsPerLayer, bool NormBias = false, int Streams = 1)
{
    private const int BlocksPerLayer = 2;

    // reading a block's input, writing its output and mixing streams with each other: weights of each, and one scale for each of the three
    private double MixWidth => (2.0 + Streams) * Streams;

    /// <summary>Parameters of one norm.</summary>
    internal double NormWidth => (NormBias ? 2.0 : 1.0) * HiddenSize;

    /// <summary>Parameters of the norms and mixers' biases of one layer.</summary>
    internal double VectorParametersPerLayer => NormsPerLayer * NormWidth + (Streams > 1 ? BlocksPerLayer * (MixWidth + 3) : 0);

    /// <summary>Parameters of the last norm and, with streams, the bias and scale that merge them.</summary>
    internal double FinalVectorParameters => NormWidth + (Streams > 1 ? Streams + 1 : 0);

    /// <summary>Mixer of one block; null with one stream.</summary>
    internal Projection? Mixer =>
        Streams > 1 ? new Projection("hyper-connection", WeightRole.Kept, (double)Streams * HiddenSize, MixWidth, ProjectionCut.Whole) : null;

    /// <summary>Mixer that merges the streams before the head; null with one stream.</summary>
    internal Projection? FinalMixer =>
        Streams > 1 ? new Projection("hyper-connection-merge", WeightRole.Kept, (double)Streams * HiddenSize, Streams, ProjectionCut.Whole) : null;

    /// <summary>Matrix parameters of the mixers of one layer.</summary>
    internal double MixerParametersPerLayer => BlocksPerLayer * (Mixer?.MatrixParameters ?? 0);

    /// <summary>Adds norms, residual sums and mixers of all layers.</summary>
    internal void AddTo(StepOperatorBuilder builder, int layers)
    {
        // a fused residual sum and norm reads the block's output and the stream and writes the stream and its norm
        builder.Elementwise("norms", builder.Tokens * 4 * HiddenSize, (double)layers * NormsPerLayer, NormWidth);
        if (Mixer is { } mixer)
        {
            builder.Gemm(mixer, (double)layers * BlocksPerLayer);
            builder.Elementwise("hyper-connection-mix", builder.Tokens * 2 * Streams * HiddenSize, (double)layers * BlocksPerLayer, MixWidth + 3);
        }
    }

    /// <summary>Adds the merge of streams and the last norm for the rows that go on to the head.</summary>
    internal void AddFinalTo(StepOperatorBuilder builder, double rows)
    {
        if (FinalMixer is { } mixer)
        {
            builder.Gemm(mixer, rows, 1);
        }

        builder.Elementwise("final-norm", rows * 2 * Streams * HiddenSize, 1, FinalVectorParameters);
    }
}
