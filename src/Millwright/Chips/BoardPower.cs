using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Mean board power during a kernel: a measured grid of the share of rated power over (share of peak compute, share of bandwidth, log2 of the time in
/// microseconds), for each kind of kernel and precision. A chip that nobody measured takes the shares of what stands in for it.
/// </summary>
internal sealed class BoardPower
{
    /// <summary>Share of rated power of a chip that waits, where nobody measured it: the mean of H200, B200 and GB200 (0.18 to 0.25).</summary>
    private const double AssumedIdleShare = 0.21;

    private static readonly string[] Operators = ["power-gemm", "power-expert-gemm", "power-decode-attention", "power-prefill-attention", "power-gemm"];

    private readonly OperatorGrid?[,] _grids;
    private readonly double _ratedWatts;
    private readonly double _idleShare;

    public BoardPower(OperatorShelf shelf, double ratedWatts)
    {
        _ratedWatts = ratedWatts;
        int precisions = (int)OperandPrecision.Int4 + 1;
        _grids = new OperatorGrid?[Operators.Length, precisions];
        double idle = double.MaxValue;
        for (int kind = 0; kind < Operators.Length; kind++)
        {
            for (int precision = 0; precision < precisions; precision++)
            {
                OperatorGrid? grid = shelf.Find(Operators[kind], (OperandPrecision)precision) ?? shelf.Find(Operators[0], (OperandPrecision)precision);
                _grids[kind, precision] = grid;
                idle = grid is null ? idle : Math.Min(idle, grid.LogFactor.Values.Min());
            }
        }

        _idleShare = idle < 1 ? idle : AssumedIdleShare;
    }

    public double IdleWatts => _idleShare * _ratedWatts;

    public double Watts(OperatorKind kind, OperandPrecision precision, double computeShare, double memoryShare, double callSeconds)
    {
        double share = _grids[(int)kind, (int)precision] is { } grid
            ? grid.LogFactor.At(computeShare, memoryShare, Math.Log2(callSeconds * 1e6))
            : _idleShare + (1 - _idleShare) * Math.Max(computeShare, memoryShare);
        return _ratedWatts * Math.Clamp(share, _idleShare, 1);
    }
}
