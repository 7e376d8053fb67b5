using Millwright.Catalog;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// The batch and token budget that trtllm-bench sets by itself where a run names none: as many sequences as the cache holds at their whole length, and
/// tokens for them and the prompts that come with them. Source: NVIDIA/TensorRT-LLM tensorrt_llm/bench/build/tuning.py (calc_engine_setting, finetune_setting).
/// </summary>
public static class BenchTuning
{
    private const double MostSequences = 4096;
    private const double MostTokens = 32768;
    private const double FractionOfFree = 0.95;

    /// <summary>Settings with its batch and budget.</summary>
    /// <param name="settings">The engine's own defaults.</param>
    /// <param name="model">The model.</param>
    /// <param name="system">The system.</param>
    /// <param name="precision">Precisions of weights and cache.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="inputTokens">Mean input of the queue, tokens.</param>
    /// <param name="outputTokens">Mean output of the queue, tokens.</param>
    /// <returns>The settings with most sequences and tokens of a step, and graphs captured for them; unchanged where the memory of a chip is not known.</returns>
    public static EngineSettings Of(
        EngineSettings settings, ModelArchitecture model, SystemRecord system, in PrecisionPlan precision, in ParallelLayout layout, double inputTokens, double outputTokens)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        if (system.MemoryBytes is not { } memory)
        {
            return settings;
        }

        double chips = layout.Chips;
        double weights = model.TotalParameters * (model.HasExperts ? BytesOf(precision.Experts) : BytesOf(precision.Dense));
        double heads = 0;
        foreach ((TokenMixer mixer, int layers, _) in model.MixerGroups)
        {
            // each chip of a TP group holds a head at least
            heads += layers * mixer.WholeCacheElements(1) * Math.Max(1, layout.StageChips / (double)Math.Max(1, mixer.CacheHeads));
        }

        double requests = (memory * chips - weights) * FractionOfFree / (heads * precision.CacheBytesPerElement * (inputTokens + outputTokens));
        double sequences = Math.Min(requests, MostSequences) / layout.PipelineStages;
        double tokens = Math.Min(sequences * (1 + inputTokens / outputTokens), MostTokens);
        return settings with { MaxSequences = (int)Sequences(sequences), MaxBatchedTokens = (int)Tokens(tokens), GraphMaxBatch = (int)Sequences(sequences), MemoryFraction = FractionOfFree, GeneralExperts = true };
    }

    private static double Sequences(double sequences) =>
        sequences < 256 ? Math.Max(64, Up(sequences, 32)) : sequences < 1024 ? Up(sequences, 128) : Up(sequences, 256);

    private static double Tokens(double tokens) => tokens < 4096 ? Math.Max(2048, Up(tokens, 256)) : tokens < 8192 ? Up(tokens, 512) : Up(tokens, 1024);

    private static double Up(double value, double step) => step * Math.Ceiling(value / step);

    // the tool knows no other format of weights: anything else counts as 16 bits
    private static double BytesOf(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp4 or OperandPrecision.Mxfp4 => 0.5,
        OperandPrecision.Fp8 or OperandPrecision.Fp8Block => 1,
        _ => 2,
    };
}
