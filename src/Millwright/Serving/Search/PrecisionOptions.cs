using Millwright.Applications;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>The precisions that a model can be served in on a chip.</summary>
public static class PrecisionOptions
{
    private static readonly OperandPrecision[] s_multiplied = [OperandPrecision.Bf16, OperandPrecision.Fp8, OperandPrecision.Fp8Block, OperandPrecision.Fp4];
    private static readonly OperandPrecision[] s_unpacked = [OperandPrecision.Int8, OperandPrecision.Int4];

    /// <summary>All precisions of weights that a chip multiplies in their own or unpacks into 16 bits, each with a cache of 16 bits and, where the chip has fp8, of 8.</summary>
    /// <param name="model">The model.</param>
    /// <param name="peaks">Peaks of the chip.</param>
    /// <returns>The precisions, in a fixed order.</returns>
    public static IReadOnlyList<PrecisionPlan> All(ModelArchitecture model, ChipPeaks peaks)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<PrecisionPlan> plans = [];
        foreach (OperandPrecision precision in s_multiplied)
        {
            if (peaks.Multiplies(precision) == precision)
            {
                Add(plans, precision, precision, peaks);
            }
        }

        foreach (OperandPrecision precision in s_unpacked)
        {
            Add(plans, precision, precision, peaks);
        }

        if (model.HasExperts)
        {
            Add(plans, OperandPrecision.Bf16, OperandPrecision.Mxfp4, peaks);
            if (peaks.Multiplies(OperandPrecision.Fp4) == OperandPrecision.Fp4)
            {
                Add(plans, OperandPrecision.Fp8, OperandPrecision.Fp4, peaks);
            }
        }

        return plans;
    }

    /// <summary>The narrowest precision of weights that a chip multiplies without unpacking, with a cache of 8 bits where the chip has fp8.</summary>
    /// <param name="peaks">Peaks of the chip.</param>
    /// <returns>The precision.</returns>
    public static PrecisionPlan NarrowestNative(ChipPeaks peaks)
    {
        OperandPrecision precision = peaks.Multiplies(OperandPrecision.Fp4);
        return new PrecisionPlan(precision, precision, CacheOf(peaks));
    }

    /// <summary>Weights of one precision throughout, with a cache of 8 bits where weights are no wider and the chip has fp8.</summary>
    /// <param name="precision">Precision of the weights.</param>
    /// <param name="peaks">Peaks of the chip.</param>
    /// <returns>The precision.</returns>
    public static PrecisionPlan Of(OperandPrecision precision, ChipPeaks peaks) =>
        new(precision, precision, precision == OperandPrecision.Bf16 ? OperandPrecision.Bf16 : CacheOf(peaks));

    /// <summary>Precision of the operands that a workload's precision stands for.</summary>
    /// <param name="precision">Precision as a scenario states it.</param>
    /// <returns>The precision of weights and products.</returns>
    public static OperandPrecision OperandOf(ServingPrecision precision) => precision switch
    {
        ServingPrecision.Bf16 => OperandPrecision.Bf16,
        ServingPrecision.Fp8 => OperandPrecision.Fp8,
        _ => OperandPrecision.Fp4,
    };

    /// <summary>Name as command lines spell it: "bf16", "fp8", "fp8-block", "nvfp4", "mxfp4", "int8" or "int4".</summary>
    /// <param name="precision">The precision.</param>
    /// <returns>The name.</returns>
    public static string NameOf(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Bf16 => "bf16",
        OperandPrecision.Fp8 => "fp8",
        OperandPrecision.Fp8Block => "fp8-block",
        OperandPrecision.Fp4 => "nvfp4",
        OperandPrecision.Mxfp4 => "mxfp4",
        OperandPrecision.Int8 => "int8",
        _ => "int4",
    };

    /// <summary>Name of a plan, such as "nvfp4, fp8 cache" or "bf16 with mxfp4 experts, bf16 cache".</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The name.</returns>
    public static string NameOf(PrecisionPlan plan) => plan.Dense == plan.Experts
        ? $"{NameOf(plan.Dense)}, {NameOf(plan.Cache)} cache"
        : $"{NameOf(plan.Dense)} with {NameOf(plan.Experts)} experts, {NameOf(plan.Cache)} cache";

    private static OperandPrecision CacheOf(ChipPeaks peaks) => peaks.Fp8FlopsPerSecond > 0 ? OperandPrecision.Fp8 : OperandPrecision.Bf16;

    private static void Add(List<PrecisionPlan> plans, OperandPrecision dense, OperandPrecision experts, ChipPeaks peaks)
    {
        plans.Add(new PrecisionPlan(dense, experts, OperandPrecision.Bf16));
        if (peaks.Fp8FlopsPerSecond > 0)
        {
            plans.Add(new PrecisionPlan(dense, experts, OperandPrecision.Fp8));
        }
    }
}
