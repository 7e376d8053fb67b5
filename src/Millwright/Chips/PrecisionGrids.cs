using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>The grids of one operator at all precisions.</summary>
internal sealed class PrecisionGrids
{
    private const int Precisions = (int)OperandPrecision.Int4 + 1;
    private readonly SmoothGrid[] _grids = new SmoothGrid[Precisions];

    private PrecisionGrids(OperatorShelf shelf, string operatorName, Func<OperandPrecision, OperandPrecision[]> order)
    {
        for (var i = 0; i < Precisions; i++)
        {
            _grids[i] = shelf.Require(operatorName, order((OperandPrecision)i));
        }
    }

    public SmoothGrid this[OperandPrecision precision] => _grids[(int)precision];

    /// <summary>Grids by the precision of a cache, measured in 16 and 8 bits: narrower ones behave as 8 bits.</summary>
    public static PrecisionGrids OfCache(OperatorShelf shelf, string operatorName) =>
        new(shelf, operatorName, precision => precision == OperandPrecision.Bf16
            ? [OperandPrecision.Bf16, OperandPrecision.Fp8]
            : [OperandPrecision.Fp8, OperandPrecision.Bf16]);

    /// <summary>Grids by the precision of weights: one that nobody measured borrows from the nearest in rate and size.</summary>
    public static PrecisionGrids OfWeights(OperatorShelf shelf, string operatorName) =>
        new(shelf, operatorName, precision => precision switch
        {
            OperandPrecision.Bf16 => [OperandPrecision.Bf16, OperandPrecision.Fp8],
            OperandPrecision.Fp8 => [OperandPrecision.Fp8, OperandPrecision.Fp8Block, OperandPrecision.Bf16],
            OperandPrecision.Fp8Block => [OperandPrecision.Fp8Block, OperandPrecision.Fp8, OperandPrecision.Bf16],
            OperandPrecision.Fp4 => [OperandPrecision.Fp4, OperandPrecision.Fp8Block, OperandPrecision.Fp8, OperandPrecision.Bf16],
            OperandPrecision.Mxfp4 => [OperandPrecision.Mxfp4, OperandPrecision.Int4, OperandPrecision.Bf16],
            _ => [OperandPrecision.Int4, OperandPrecision.Mxfp4, OperandPrecision.Bf16],
        });
}
