namespace Millwright.Operators;

/// <summary>Precision of the operands of a matrix product or of stored values.</summary>
public enum OperandPrecision
{
    /// <summary>16-bit brain floating point, 2 bytes.</summary>
    Bf16,

    /// <summary>8-bit floating point with one scale for a tensor or row, 1 byte.</summary>
    Fp8,

    /// <summary>4-bit floating point with 8-bit scales of 16 values (NVFP4), 0.5625 bytes with its scales.</summary>
    Fp4,

    /// <summary>8-bit floating point with one scale for a block of 128 x 128 weights, 1 byte.</summary>
    Fp8Block,

    /// <summary>4-bit floating-point weights with 8-bit scales of 32 values (MXFP4), multiplied in 16 bits; 0.53125 bytes with their scales.</summary>
    Mxfp4,

    /// <summary>8-bit integer weights, multiplied in 16 bits; 1 byte.</summary>
    Int8,

    /// <summary>4-bit integer weights with 16-bit scales of 128 values, multiplied in 16 bits; 0.515625 bytes with their scales.</summary>
    Int4,
}

/// <summary>What one step of an engine holds: decoding sequences and prefill tokens.</summary>
/// <param name="DecodeSequences">Sequences that each make one token.</param>
/// <param name="DecodeContextTokens">Context tokens of these sequences, summed.</param>
/// <param name="PrefillTokens">New prompt tokens processed.</param>
/// <param name="PrefillPrefixTokens">Mean tokens already in the cache before a prefill token's own prompt part.</param>
/// <param name="PrefillSequences">Sequences that the prefill tokens belong to.</param>
/// <param name="DraftedTokens">Drafted tokens of each decoding sequence that the step verifies beside its own; 0 without speculation.</param>
public readonly record struct StepShape(
    double DecodeSequences,
    double DecodeContextTokens,
    double PrefillTokens = 0,
    double PrefillPrefixTokens = 0,
    double PrefillSequences = 0,
    double DraftedTokens = 0);

/// <summary>What an operator does, which decides the curve that times it.</summary>
public enum OperatorKind
{
    /// <summary>Dense matrix product.</summary>
    Gemm,

    /// <summary>Grouped matrix product of the routed experts.</summary>
    ExpertGemm,

    /// <summary>Attention over cached context for decoding sequences.</summary>
    DecodeAttention,

    /// <summary>Attention among prompt tokens.</summary>
    PrefillAttention,

    /// <summary>Elementwise work: norms, activations, rotary embedding, look-up.</summary>
    Elementwise,
}

/// <summary>One operator of one step, over the whole model (not yet divided over chips).</summary>
/// <param name="Name">Name, such as "qkv" or "routed-experts-up".</param>
/// <param name="Kind">What it does.</param>
/// <param name="Precision">Precision of the operands.</param>
/// <param name="Flops">FLOPs of one call: a multiply-add is two.</param>
/// <param name="WeightBytes">Weight bytes read by one call (for experts: of the distinct experts touched).</param>
/// <param name="OtherBytes">Activation and KV-cache bytes read and written by one call.</param>
/// <param name="Rows">Rows of the product (tokens; tokens per touched expert; new tokens per sequence for prompt attention), for size-dependent efficiency.</param>
/// <param name="Calls">Calls in one step: usually the number of layers.</param>
public readonly record struct StepOperator(
    string Name, OperatorKind Kind, OperandPrecision Precision, double Flops, double WeightBytes, double OtherBytes, double Rows, double Calls);
