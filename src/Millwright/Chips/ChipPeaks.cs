using Millwright.Catalog;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Peaks of one chip, with the gaps of its data sheet closed by stated rules.</summary>
/// <param name="Bf16FlopsPerSecond">Dense 16-bit peak, FLOP/s; half the fp8 peak where it is not published.</param>
/// <param name="Fp8FlopsPerSecond">Dense fp8 peak, FLOP/s; 0 where the chip has none.</param>
/// <param name="Fp4FlopsPerSecond">Dense fp4 peak, FLOP/s; 0 where the chip has none.</param>
/// <param name="MemoryBytes">Memory, bytes.</param>
/// <param name="MemoryBytesPerSecond">Memory bandwidth, bytes/s.</param>
/// <param name="ScaleUpBytesPerSecond">Scale-up bandwidth one way, bytes/s; 0 where it is not published.</param>
/// <param name="ScaleUpDomain">Chips that share the scale-up links; 1 where the bandwidth is not published.</param>
/// <param name="ScaleOutBytesPerSecond">Scale-out bandwidth one way, bytes/s; 0 where it is not published.</param>
/// <param name="RatedWatts">Rated power, W; not a number where it is not published.</param>
public readonly record struct ChipPeaks(
    double Bf16FlopsPerSecond,
    double Fp8FlopsPerSecond,
    double Fp4FlopsPerSecond,
    double MemoryBytes,
    double MemoryBytesPerSecond,
    double ScaleUpBytesPerSecond,
    int ScaleUpDomain,
    double ScaleOutBytesPerSecond,
    double RatedWatts)
{
    /// <summary>Reads the peaks of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="missing">What the data sheet lacks, in words; empty when nothing is missing.</param>
    /// <returns>The peaks, or null when compute, memory or bandwidth is not published, so that no time can be told.</returns>
    public static ChipPeaks? TryRead(SystemRecord system, out string missing)
    {
        ArgumentNullException.ThrowIfNull(system);

        // tensor units have doubled their rate with each halving of the operands since 2017: fp8 stands for a missing 16-bit figure at half its rate
        var bf16 = system.Bf16FlopsPerSecond ?? system.Fp8FlopsPerSecond / 2 ?? system.Fp4FlopsPerSecond / 4;
        if (bf16 is not > 0 || system.MemoryBytes is not > 0 || system.MemoryBytesPerSecond is not > 0)
        {
            missing = $"{system.Name}: {(bf16 is > 0 ? "memory size or bandwidth" : "peak compute")} is not published";
            return null;
        }

        missing = "";
        var link = system.ScaleUpBytesPerSecond ?? 0;
        return new ChipPeaks(
            bf16.Value,
            system.Fp8FlopsPerSecond ?? 0,
            system.Fp4FlopsPerSecond ?? 0,
            system.MemoryBytes.Value,
            system.MemoryBytesPerSecond.Value,
            link,
            link > 0 ? Math.Max(1, system.ScaleUpDomain ?? 1) : 1,
            system.ScaleOutBytesPerSecond ?? 0,
            system.ChipWatts ?? double.NaN);
    }

    /// <summary>The precision in which the chip multiplies operands of a precision: itself, or the next wider one that the chip has.</summary>
    /// <param name="precision">Precision of the operands.</param>
    /// <returns>Precision of the multiplication. Weights stay stored as they are: engines unpack narrow weights on the way into the wider
    /// unit.</returns>
    public OperandPrecision Multiplies(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp4 when Fp4FlopsPerSecond > 0 => OperandPrecision.Fp4,
        OperandPrecision.Fp8Block when Fp8FlopsPerSecond > 0 => OperandPrecision.Fp8Block,
        OperandPrecision.Fp4 or OperandPrecision.Fp8 when Fp8FlopsPerSecond > 0 => OperandPrecision.Fp8,
        _ => OperandPrecision.Bf16,
    };

    /// <summary>Peak at a precision that the chip has.</summary>
    /// <param name="precision">Precision, as <see cref="Multiplies"/> gives it.</param>
    /// <returns>Dense peak, FLOP/s.</returns>
    public double FlopsPerSecond(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp4 => Fp4FlopsPerSecond,
        OperandPrecision.Fp8 or OperandPrecision.Fp8Block => Fp8FlopsPerSecond,
        _ => Bf16FlopsPerSecond,
    };
}
