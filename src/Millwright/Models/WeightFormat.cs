using Millwright.Operators;

namespace Millwright.Models;

/// <summary>What a weight is, which decides the precision it is served in.</summary>
internal enum WeightRole
{
    /// <summary>Kept at 2 bytes whatever the precision: embedding, norm, bias, router, head and other small tensors.</summary>
    Kept,

    /// <summary>Matrix of attention or of a dense or shared feed-forward.</summary>
    Matrix,

    /// <summary>Matrix of a routed expert.</summary>
    Expert,
}

/// <summary>Precision and bytes of each kind of weight.</summary>
/// <param name="Matrix">Precision of ordinary matrices.</param>
/// <param name="Expert">Precision of routed experts.</param>
/// <param name="Fp4Bytes">Bytes of a weight of <see cref="OperandPrecision.Fp4"/> with its block scales.</param>
internal readonly record struct WeightFormat(OperandPrecision Matrix, OperandPrecision Expert, double Fp4Bytes)
{
    /// <summary>Bytes of a weight that keeps 16 bits, and of an activation.</summary>
    public const double KeptBytes = 2;

    /// <summary>NVFP4: 4 bits and an 8-bit scale for each block of 16. Source: NVIDIA, "Introducing NVFP4", block size 16 with E4M3 scale.</summary>
    public const double Nvfp4Bytes = 0.5 + 1.0 / 16;

    /// <summary>MXFP4: 4 bits and an 8-bit scale for each block of 32. Source: OCP Microscaling Formats (MX) v1.0, table 1.</summary>
    public const double Mxfp4Bytes = 0.5 + 1.0 / 32;

    /// <summary>8-bit floating point in blocks: a byte, and a 32-bit scale for each 128 x 128 weights. Source: DeepSeek-V3, arXiv 2412.19437, section 3.3.2.</summary>
    public const double Fp8BlockBytes = 1 + 4.0 / (128 * 128);

    /// <summary>Input of a product in 8-bit blocks: a byte, and a 32-bit scale for each 128 values of a row. Source: as <see cref="Fp8BlockBytes"/>.</summary>
    public const double Fp8BlockInputBytes = 1 + 4.0 / 128;

    /// <summary>4-bit integers: 4 bits, and a 16-bit scale for each 128 weights. Source: Lin et al., AWQ, arXiv 2306.00978, section 5.1 (groups of 128).</summary>
    public const double Int4Bytes = 0.5 + 2.0 / 128;

    /// <summary>Precision of a kind of weight.</summary>
    public OperandPrecision Precision(WeightRole role) => role switch
    {
        WeightRole.Matrix => Matrix,
        WeightRole.Expert => Expert,
        _ => OperandPrecision.Bf16,
    };

    /// <summary>Bytes of one weight of a kind.</summary>
    public double Bytes(WeightRole role) => Bytes(Precision(role));

    /// <summary>Bytes of one input element of a product with a weight of a kind: weight-only precisions leave it at 16 bits.</summary>
    public double InputBytes(WeightRole role) => Precision(role) switch
    {
        OperandPrecision.Fp8 => 1,
        OperandPrecision.Fp8Block => Fp8BlockInputBytes,
        OperandPrecision.Fp4 => Fp4Bytes,
        _ => KeptBytes,
    };

    /// <summary>Bytes of one weight at a precision, with its scales.</summary>
    public static double BytesOf(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp8 or OperandPrecision.Int8 => 1,
        OperandPrecision.Fp8Block => Fp8BlockBytes,
        OperandPrecision.Fp4 => Nvfp4Bytes,
        OperandPrecision.Mxfp4 => Mxfp4Bytes,
        OperandPrecision.Int4 => Int4Bytes,
        _ => KeptBytes,
    };

    private double Bytes(OperandPrecision precision) => precision == OperandPrecision.Fp4 ? Fp4Bytes : BytesOf(precision);
}
