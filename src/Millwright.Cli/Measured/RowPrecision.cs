using Millwright.Catalog;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Cli.Measured;

/// <summary>The precision of each kind of operator that the words of a row stand for, by how the model is released in that precision.</summary>
internal static class RowPrecision
{
    private static readonly string[] s_blockReleases = ["deepseek", "qwen3", "kimi", "glm", "minimax"];

    /// <summary>Precision of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="notes">What its notes tell.</param>
    /// <param name="model">The model.</param>
    /// <param name="system">The chip.</param>
    /// <param name="engine">The engine, which sets the precision of the cache.</param>
    /// <param name="reason">Why there is none; empty on success.</param>
    /// <returns>The plan, or null for a word that stands for no precision known here.</returns>
    public static PrecisionPlan? Of(ServingRow row, RowNotes notes, ModelRecord model, SystemRecord system, EngineFamily engine, out string reason)
    {
        reason = "";
        string words = row.Precision.Trim().ToLowerInvariant();
        if (words.Length == 0)
        {
            words = row.IsMlperf ? LowestNative(system) : "bf16";
        }

        if (Matrices(words, notes, model) is not var (dense, experts))
        {
            reason = $"the precision \"{CsvTable.Shown(row.Precision)}\" is not known; known are bf16, fp16, fp8, fp4, mxfp4, int8, int4";
            return null;
        }

        // the recipes of the published maxima leave the cache of gpt-oss on Hopper at the 16 bits that its release asks for
        // (TensorRT-LLM docs/source/performance/perf-overview.md v1.2, "Running the Benchmark": "Hopper: use auto")
        bool wide = row.IsThroughputMaximum && IsOssRelease(model) && system.Fp4FlopsPerSecond is null;
        return new PrecisionPlan(dense, experts, wide ? OperandPrecision.Bf16 : Cache(notes, engine, dense, experts));
    }

    private static bool IsOssRelease(ModelRecord model) => model.Id.StartsWith("gpt-oss", StringComparison.Ordinal);

    private static (OperandPrecision Dense, OperandPrecision Experts)? Matrices(string words, RowNotes notes, ModelRecord model)
    {
        if (words.Split('+', StringSplitOptions.TrimEntries) is [var first, var second])
        {
            // such as "fp4 MoE + fp8 attention"
            (string experts, string dense) = first.Contains("moe", StringComparison.Ordinal) ? (first, second) : (second, first);
            return One(dense.Split(' ')[0], model) is { } d && One(experts.Split(' ')[0], model) is { } e ? (d, e) : null;
        }

        // released with MXFP4 experts and 16-bit rest alone: tables call it by the precision of its activations or its cache too
        if (IsOssRelease(model) && words is ("fp4" or "mxfp4" or "fp8"))
        {
            return (OperandPrecision.Bf16, OperandPrecision.Mxfp4);
        }

        if (words == "fp4" && model.WeightsPrecision.StartsWith("fp4 experts", StringComparison.OrdinalIgnoreCase))
        {
            return (OperandPrecision.Fp8Block, OperandPrecision.Mxfp4);
        }

        if (words == "int4" && model.Id.StartsWith("kimi", StringComparison.Ordinal))
        {
            // released with 4-bit integer experts and 16-bit rest
            return (OperandPrecision.Bf16, OperandPrecision.Int4);
        }

        if (words == "fp8" && !IsBlockOnly(model) && One(notes.Gemm, model, asStated: true) is { } gemm && One(notes.Experts, model, asStated: true) is { } moe)
        {
            return (gemm, moe);
        }

        return One(words, model) is { } both ? (both, both) : null;
    }

    // Weights that exist in blocks of 128 x 128 alone: whatever a table calls them, the matrices run that way.
    private static bool IsBlockOnly(ModelRecord model) => model.WeightsPrecision.Contains("128x128", StringComparison.Ordinal);

    private static OperandPrecision? One(string word, ModelRecord model, bool asStated = false) => word switch
    {
        "bf16" or "fp16" or "bfloat16" or "float16" => OperandPrecision.Bf16,
        "fp8" => !asStated && (IsBlockOnly(model) || s_blockReleases.Any(name => model.Id.StartsWith(name, StringComparison.Ordinal))) ? OperandPrecision.Fp8Block : OperandPrecision.Fp8,
        "fp8_block" => OperandPrecision.Fp8Block,
        "fp4" or "nvfp4" => OperandPrecision.Fp4,
        "mxfp4" => OperandPrecision.Mxfp4,
        "int8" or "int8_wo" => OperandPrecision.Int8,
        "int4" or "int4_wo" => OperandPrecision.Int4,
        _ => null,
    };

    private static string LowestNative(SystemRecord system) =>
        system.Fp4FlopsPerSecond is not null ? "fp4" : system.Fp8FlopsPerSecond is not null ? "fp8" : system.Int8OpsPerSecond is not null ? "int8" : "bf16";

    // TensorRT-LLM keeps an 8-bit cache beside quantised weights; vLLM and SGLang keep 16 bits until told otherwise.
    private static OperandPrecision Cache(RowNotes notes, EngineFamily engine, OperandPrecision dense, OperandPrecision experts) => notes.Cache switch
    {
        "fp8" => OperandPrecision.Fp8,
        "bf16" or "fp16" or "float16" or "bfloat16" => OperandPrecision.Bf16,
        _ => engine == EngineFamily.TensorRtLlm && (IsQuantised(dense) || IsQuantised(experts)) ? OperandPrecision.Fp8 : OperandPrecision.Bf16,
    };

    private static bool IsQuantised(OperandPrecision precision) =>
        precision is OperandPrecision.Fp8 or OperandPrecision.Fp8Block or OperandPrecision.Fp4 or OperandPrecision.Mxfp4;
}
