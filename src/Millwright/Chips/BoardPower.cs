using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Mean board power during a kernel: a measured grid of log2(power / rated power) over <see cref="PowerCoordinates"/>, for each kind of kernel and
/// precision. A chip that nobody measured takes the shares of what stands in for it.
/// </summary>
internal sealed class BoardPower
{
    /// <summary>Names of the grids, by the kind of operator; elementwise kernels take that of 16-bit products.</summary>
    private static readonly string[] Operators =
    [
        OperatorClock.GemmPowerOperator,
        OperatorClock.ExpertGemmPowerOperator,
        OperatorClock.DecodeAttentionPowerOperator,
        OperatorClock.PrefillAttentionPowerOperator,
        OperatorClock.GemmPowerOperator,
    ];

    /// <summary>Share of rated power of a chip that waits, where nobody measured it: the middle of H200, B200 and GB200 (0.17 to 0.25).</summary>
    private const double AssumedIdleShare = 0.21;

    private readonly OperatorGrid?[,] _grids;
    private readonly double _ratedWatts;
    private readonly double _idleShare;

    public BoardPower(OperatorShelf shelf, double ratedWatts)
    {
        _ratedWatts = ratedWatts;
        int precisions = (int)OperandPrecision.Int4 + 1;
        _grids = new OperatorGrid?[Operators.Length, precisions];
        for (int kind = 0; kind < Operators.Length; kind++)
        {
            for (int precision = 0; precision < precisions; precision++)
            {
                OperatorGrid? grid = Find(shelf, Operators[kind], (OperandPrecision)precision);
                _grids[kind, precision] = grid is null || grid.LogFactor.Axes.Count == PowerCoordinates.Axes
                    ? grid
                    : throw new InvalidDataException($"operator grid {grid.Operator} of {grid.SystemId}: needs {PowerCoordinates.Axes} axes");
            }
        }

        _idleShare = _grids[0, (int)OperandPrecision.Bf16] is { } products ? Math.Pow(2, products.LogFactor.Values.Min()) : AssumedIdleShare;
    }

    public double IdleWatts => _idleShare * _ratedWatts;

    // at a lowered clock what multiplying adds to the power of the same kernel without it shrinks as the dynamic power of full compute has to
    public double CappedWatts(OperatorKind kind, OperandPrecision precision, double computeShare, double memoryShare, double callSeconds, double capShare)
    {
        double whole = Watts(kind, precision, computeShare, memoryShare, callSeconds);
        if (capShare >= 1)
        {
            return whole;
        }

        double still = Watts(kind, precision, 0, memoryShare, callSeconds);
        double scale = Math.Max(0, (capShare - _idleShare) / (1 - _idleShare));
        return Math.Min(capShare * _ratedWatts, still + (whole - still) * scale);
    }

    public double Watts(OperatorKind kind, OperandPrecision precision, double computeShare, double memoryShare, double callSeconds)
    {
        double share;
        if (_grids[(int)kind, (int)precision] is { } grid)
        {
            Span<double> point = stackalloc double[PowerCoordinates.Axes];
            PowerCoordinates.Fill(computeShare, memoryShare, callSeconds, point);
            share = Math.Exp(grid.LogFactor.At(point) * BorrowedTime.NaturalOfTwo);
        }
        else
        {
            // nothing measured at all: from idle to rated power by the greater share
            share = _idleShare + (1 - _idleShare) * Math.Max(computeShare, memoryShare);
        }

        return _ratedWatts * Math.Clamp(share, _idleShare, 1);
    }

    // power was not measured before H200: what follows in time stands in for what came before
    private static OperatorGrid? Find(OperatorShelf shelf, string name, OperandPrecision precision)
    {
        OperatorShelf oldest = new(NearestMeasuredSystem.OldestWithPower, shelf.Engine, shelf.Library);
        return shelf.Find(name, precision) ?? oldest.Find(name, precision) ?? shelf.Find(Operators[0], precision) ?? oldest.Find(Operators[0], precision);
    }
}
