using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>All operator times of one chip under one engine, by the shapes that one chip sees.</summary>
internal sealed class OperatorTimes(ChipTimer chip)
{
    public ChipTimer Chip => chip;

    public CallTime Gemm(OperandPrecision precision, double weightBytes, double rows, double columns, double inner)
    {
        double bytes = weightBytes + rows * (inner * Width(precision) + columns * 2);
        return chip.Gemm(2 * rows * columns * inner, bytes, Old(precision));
    }

    public CallTime Elementwise(double bytes) => chip.Elementwise(bytes);

    public CallTime DecodeAttention(double sequences, double context, double heads, double cacheHeads, double width, OperandPrecision cache)
    {
        double bytes = sequences * (context * 2 * cacheHeads * width * (cache == OperandPrecision.Bf16 ? 2 : 1) + 4 * heads * width);
        return chip.DecodeAttention(4 * sequences * context * heads * width, bytes, Old(cache), false);
    }

    public CallTime LatentDecodeAttention(double sequences, double context, double heads, double rank, double rotary, OperandPrecision cache)
    {
        double bytes = sequences * (context * (rank + rotary) * (cache == OperandPrecision.Bf16 ? 2 : 1) + 2 * heads * (2 * rank + rotary));
        return chip.DecodeAttention(2 * sequences * context * heads * (2 * rank + rotary), bytes, Old(cache), true);
    }

    public CallTime PrefillAttention(
        double sequences, double tokens, double prefix, double attended, double heads, double cacheHeads, double keyWidth, double valueWidth, bool latent)
    {
        double flops = 2 * sequences * tokens * attended * heads * (keyWidth + valueWidth);
        double bytes = sequences * ((prefix + tokens) * cacheHeads * (keyWidth + valueWidth) * 2 + tokens * 2 * heads * (keyWidth + valueWidth));
        return chip.PrefillAttention(flops, bytes, latent);
    }

    public CallTime Experts(
        double tokens, double hidden, double inner, double upMatrices, int top, int experts, int tensorWays, int expertWays, OperandPrecision precision, double bytesPerWeight)
    {
        double local = (double)experts / expertWays;
        double touched = local * (1 - Math.Pow(1 - (double)top / experts, tokens));
        double parameters = hidden * inner / tensorWays * (upMatrices + 1);
        double pairs = tokens * top / expertWays;
        double flops = 2 * pairs * parameters;
        double bytes = touched * parameters * bytesPerWeight + pairs * (2 * hidden * 2 + inner / tensorWays * 4);
        CallTime time = chip.ExpertGemm(flops, bytes, Old(precision));
        return time with { FloorSeconds = time.FloorSeconds * 2 };
    }

    public CallTime State(double bytes, double flops) => chip.DecodeAttention(flops, bytes, OperandPrecision.Bf16, false);

    public CallTime AllReduce(double bytes, int chips) => chip.AllReduce(bytes, chips);

    public CallTime ExpertExchange(double tokensPerRank, double hidden, int top, int ranks, double sentBytes, double returnedBytes)
    {
        double distant = (ranks - 1) * (1 - Math.Pow(1 - 1.0 / ranks, top));
        return chip.AllToAll(tokensPerRank * distant * hidden * (sentBytes + returnedBytes));
    }

    private static double Width(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp8 or OperandPrecision.Fp8Block => 1,
        OperandPrecision.Fp4 => 0.5625,
        _ => 2,
    };

    private static OperandPrecision Old(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp8 or OperandPrecision.Fp8Block => OperandPrecision.Fp8,
        OperandPrecision.Fp4 or OperandPrecision.Mxfp4 => OperandPrecision.Fp4,
        _ => OperandPrecision.Bf16,
    };
}
