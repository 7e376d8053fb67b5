using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>The routed experts of one mixture-of-experts layer, as the busiest rank runs them.</summary>
/// <param name="Hidden">Width of the model.</param>
/// <param name="Inter">Width of one expert, whole.</param>
/// <param name="TensorWays">Ranks that each expert is divided over.</param>
/// <param name="Precision">Precision of the weights.</param>
/// <param name="Load">What the rank works on.</param>
/// <param name="Matrices">Matrices of an expert: 3 with a gate, 2 without.</param>
public readonly record struct ExpertCall(
    double Hidden, double Inter, double TensorWays, OperandPrecision Precision, ExpertLoad Load, double Matrices = 3)
{
    private double WeightsOfExpert => Matrices * Hidden * Inter / TensorWays;

    /// <summary>The least time: 2 FLOPs for each row and weight of an expert; the weights of the touched experts read once, rows read and answers
    /// written in 16 bits.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime Ideal(in ChipPeaks peaks)
    {
        var bytes = Load.Touched * WeightsOfExpert * OperandFormat.Bytes(Precision) + 4 * Load.Rows * Hidden;
        return new IdealTime(2 * Load.Rows * WeightsOfExpert / OperandFormat.Peak(peaks, Precision), bytes / peaks.MemoryBytesPerSecond);
    }

    /// <summary>Coordinates in the grid.</summary>
    /// <param name="point">Gets log2 of rows for each touched expert, of touched experts, of the width of the model and of the width of an expert on
    /// the rank.</param>
    public void Place(Span<double> point)
    {
        point[0] = Math.Log2(Load.Rows / Load.Touched);
        point[1] = Math.Log2(Load.Touched);
        point[2] = Math.Log2(Hidden);
        point[3] = Math.Log2(Inter / TensorWays);
    }
}
