using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>The routed experts of one mixture-of-experts layer, as the busiest rank runs them.</summary>
/// <param name="Hidden">Width of the model.</param>
/// <param name="Inter">Width of one expert, whole.</param>
/// <param name="TensorWays">Ranks that each expert is divided over.</param>
/// <param name="Precision">Precision of the weights.</param>
/// <param name="Load">What the rank works on.</param>
/// <param name="TokensOnRank">Tokens whose activations lie on the rank and whose answers it writes: all of the group where activations are gathered
/// before the experts and summed after them, those received where they are exchanged.</param>
/// <param name="Matrices">Matrices of an expert: 3 with a gate, 2 without.</param>
/// <param name="NarrowActivations">True where 4-bit weights (MXFP4) meet 8-bit activations, so that they multiply at the 8-bit rate.</param>
public readonly record struct ExpertCall(
    double Hidden, double Inter, double TensorWays, OperandPrecision Precision, ExpertLoad Load, double TokensOnRank, double Matrices = 3, bool NarrowActivations = false)
{
    private double WeightsOfExpert => Matrices * Hidden * Inter / TensorWays;

    /// <summary>The least time: 2 FLOPs for each row and weight of an expert; the weights of the touched experts read once, activations of as many tokens read in 16 bits. Handling: answers of all
    /// tokens written, rows sorted by expert and written, the inner activations and the products of each row written and read.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime Ideal(in ChipPeaks peaks)
    {
        var bytes = Load.Touched * WeightsOfExpert * OperandFormat.Bytes(Precision) + 2 * Math.Min(Load.Rows, TokensOnRank) * Hidden;
        var handled = 2 * TokensOnRank * Hidden + Load.Rows * (8 * Hidden + 4 * (Matrices - 1) * Inter / TensorWays);
        return new IdealTime(
            2 * Load.Rows * WeightsOfExpert / OperandFormat.Peak(peaks, NarrowActivations ? OperandPrecision.Fp8 : Precision),
            bytes / peaks.MemoryBytesPerSecond,
            handled / peaks.MemoryBytesPerSecond);
    }

    /// <summary>Coordinates in the grid.</summary>
    /// <param name="point">Gets log2 of rows for each touched expert, of touched experts, and of the weights of one expert on the rank, as if it had
    /// one matrix.</param>
    public void Place(Span<double> point)
    {
        point[0] = Math.Log2(Load.Rows / Load.Touched);
        point[1] = Math.Log2(Load.Touched);
        point[2] = Math.Log2(Hidden * Inter / TensorWays);
    }
}

/// <summary>
/// Times of the routed experts of mixture-of-experts layers. One grid serves all shapes and all skews of routing, because it is laid over what the
/// busiest rank works on. Immutable; safe to share between threads.
/// </summary>
public sealed class ExpertTimes
{
    /// <summary>Name of the operator in a library; the precision is that of the weights.</summary>
    public const string OperatorName = "experts";

    /// <summary>Name of the operator with 4-bit weights and 8-bit activations.</summary>
    public const string NarrowActivationsOperatorName = "experts-narrow-activations";

    /// <summary>Name of the operator by an engine's general kernels, where the others do not take the layer: those of 4-bit weights that are made for
    /// few rows take gated experts, up to <see cref="MostExpertsOfSpecialKernels"/> of them and <see cref="MostTopOfSpecialKernels"/> of each token (as far
    /// as they were measured).</summary>
    public const string GeneralOperatorName = "experts-general";

    /// <summary>Most experts of a layer for which special kernels were measured.</summary>
    public const int MostExpertsOfSpecialKernels = 256;

    /// <summary>Most experts of a token for which special kernels were measured.</summary>
    public const int MostTopOfSpecialKernels = 8;

    private readonly ChipPeaks _peaks;
    private readonly PrecisionGrids _grids;
    private readonly SmoothGrid?[] _general;
    private readonly SmoothGrid _narrowActivations;

    /// <summary>Makes the times of a chip.</summary>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="lender">The measured system nearest to it.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured grids.</param>
    /// <exception cref="InvalidDataException">The library has no such operator.</exception>
    public ExpertTimes(ChipPeaks peaks, NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
    {
        OperatorShelf shelf = new(lender, engine, library);
        _peaks = peaks;
        _grids = PrecisionGrids.OfWeights(shelf, OperatorName);
        _general = General(shelf);
        _narrowActivations = shelf.FindFirst(NarrowActivationsOperatorName, OperandPrecision.Mxfp4)?.LogFactor ?? _grids[OperandPrecision.Fp8];
    }

    /// <summary>Nodes of the grid along each coordinate of <see cref="ExpertCall.Place"/>.</summary>
    public static IReadOnlyList<double[]> Axes { get; } = [[0, 1, 2, 4, 6, 8, 10, 12], [0, 1, 2, 3, 4, 5, 6, 8], [16, 18, 20, 22, 24, 26]];

    /// <summary>Time of the routed experts of one layer on the busiest rank: sorting the rows, the two products with the activation between them,
    /// and the weighted sum; not the router, shared experts or exchange.</summary>
    /// <param name="tokensInGroup">Tokens of all ranks that share the experts.</param>
    /// <param name="hidden">Width of the model.</param>
    /// <param name="inter">Width of one expert, whole.</param>
    /// <param name="topExperts">Experts of each token.</param>
    /// <param name="experts">Experts of the layer.</param>
    /// <param name="tensorWays">Ranks that each expert is divided over.</param>
    /// <param name="expertWays">Ranks that the experts are divided over.</param>
    /// <param name="precision">Precision of the weights.</param>
    /// <param name="skew">Skew of routing, as <see cref="ExpertLoad.Busiest"/> defines it.</param>
    /// <param name="matrices">Matrices of an expert: 3 with a gate, 2 without.</param>
    /// <param name="exchanged">True where ranks exchange tokens and each holds only those that it works on; false where each holds all tokens of the
    /// group, as it was measured.</param>
    /// <param name="narrowActivations">True where MXFP4 weights meet 8-bit activations.</param>
    /// <param name="general">True where the engine is set to its general kernels.</param>
    /// <returns>The time, never below the ideal one.</returns>
    public CallTime Layer(
        double tokensInGroup,
        double hidden,
        double inter,
        double topExperts,
        double experts,
        double tensorWays,
        double expertWays,
        OperandPrecision precision,
        double skew,
        double matrices = 3,
        bool exchanged = false,
        bool narrowActivations = false,
        bool general = false)
    {
        var load = ExpertLoad.Busiest(tokensInGroup, topExperts, experts, expertWays, skew);
        var held = exchanged ? Math.Min(tokensInGroup, load.Rows) : tokensInGroup;
        var special = !general && matrices > 2 && experts <= MostExpertsOfSpecialKernels && topExperts <= MostTopOfSpecialKernels;
        return At(new ExpertCall(hidden, inter, tensorWays, precision, load, held, matrices, narrowActivations), special);
    }

    /// <summary>Time of one call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="special">True where kernels made for few rows take the layer, as <see cref="GeneralOperatorName"/> tells.</param>
    /// <returns>The time, never below the ideal one.</returns>
    public CallTime At(in ExpertCall call, bool special = true)
    {
        Span<double> point = stackalloc double[3];
        call.Place(point);
        var grid = call.NarrowActivations ? _narrowActivations : special ? _grids[call.Precision] : _general[(int)call.Precision] ?? _grids[call.Precision];
        return call.Ideal(_peaks).At(grid.At(point));
    }

    // only of the engine and system whose special kernels are used: another's general kernel says nothing about them
    private static SmoothGrid?[] General(OperatorShelf shelf)
    {
        var general = new SmoothGrid?[(int)OperandPrecision.Int4 + 1];
        foreach (var precision in (ReadOnlySpan<OperandPrecision>)[OperandPrecision.Fp4, OperandPrecision.Mxfp4])
        {
            if (shelf.FindFirst(OperatorName, precision) is { } special
                && shelf.FindFirst(GeneralOperatorName, precision) is { } grid
                && grid.SystemId == special.SystemId
                && grid.Engine == special.Engine)
            {
                general[(int)precision] = grid.LogFactor;
            }
        }

        return general;
    }
}
