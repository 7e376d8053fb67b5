using System.Collections.Concurrent;
using CsCheck;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Tests.Serving.Search;

namespace Millwright.Tests.Performance;

/// <summary>Deployments that the tests of the step share, on the shipped catalog and grids.</summary>
internal static class StepCases
{
    /// <summary>One model of each kind of mixer: grouped-query attention, latent attention, sliding windows, hybrids, sparse and compressed attention.</summary>
    public static readonly string[] Models =
    [
        "llama-3.1-8b", "llama-3.1-70b", "qwen3-235b-a22b", "deepseek-v3", "gpt-oss-120b", "gemma-3-27b",
        "qwen3.5-397b-a17b", "nemotron-3-super-120b-a12b", "deepseek-v3.2", "deepseek-v4-flash",
    ];

    /// <summary>Chips that were measured, and some whose curves are borrowed.</summary>
    public static readonly string[] Systems = ["hgx-h100", "hgx-h200", "hgx-b200", "gb200-nvl72", "mi355x", "hgx-a100-80"];

    public static readonly ParallelLayout[] Layouts =
    [
        new(), new(2), new(4), new(8), new(4, 2), new(2, 4), new(1, 1, 8, 8), new(2, 1, 4, 8), new(8, 1, 1, 8), new(1, 1, 16, 16), new(1, 1, 32, 8), new(2, 2, 2, 4),
    ];

    public static readonly PrecisionPlan[] Precisions =
    [
        new(OperandPrecision.Bf16, OperandPrecision.Bf16, OperandPrecision.Bf16),
        new(OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Fp8),
        new(OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Bf16),
        new(OperandPrecision.Fp4, OperandPrecision.Fp4, OperandPrecision.Fp8),
        new(OperandPrecision.Bf16, OperandPrecision.Mxfp4, OperandPrecision.Bf16),
    ];

    private static readonly ConcurrentDictionary<(string, string, ParallelLayout, PrecisionPlan, EngineFamily), StepModel> s_steps = new();
    private static readonly ConcurrentDictionary<string, ModelArchitecture> s_models = new();
    private static readonly ConcurrentDictionary<(string, EngineFamily), OperatorTimes> s_times = new();

    public static PrecisionPlan Bf16 => Precisions[0];

    public static PrecisionPlan Fp8 => Precisions[1];

    /// <summary>A deployment that its layout allows.</summary>
    public static Gen<StepModel> AnyStep { get; } =
        from model in OneOf(Models)
        from system in OneOf(Systems)
        from layout in OneOf([.. Layouts.Where(layout => LayoutCheck.Fault(Model(model), layout).Length == 0)])
        from precision in OneOf(Precisions)
        from engine in OneOf(EngineFamily.Vllm, EngineFamily.Sglang, EngineFamily.TensorRtLlm)
        select Step(model, system, layout, precision, engine);

    /// <summary>A step of decoding sequences with their contexts, of prompts, or of both.</summary>
    public static Gen<StepShape> AnyShape { get; } =
        from sequences in Gen.Double[0, 9].Select(x => Math.Floor(Math.Pow(2, x)))
        from context in Gen.Double[4, 16].Select(x => Math.Pow(2, x))
        from prompts in Gen.Int[1, 4]
        from tokens in Gen.Double[3, 12].Select(x => Math.Floor(Math.Pow(2, x)))
        from prefix in OneOf(0.0, 1000, 20_000)
        from kind in Gen.Int[0, 2]
        select kind switch
        {
            0 => new StepShape(sequences, sequences * context),
            1 => new StepShape(0, 0, prompts * tokens, prefix, prompts),
            _ => new StepShape(sequences, sequences * context, prompts * tokens, prefix, prompts),
        };

    public static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    public static ModelArchitecture Model(string id) => s_models.GetOrAdd(id, SearchCases.Model);

    public static OperatorTimes Times(string system, EngineFamily engine = EngineFamily.Vllm) => s_times.GetOrAdd(
        (system, engine),
        key => OperatorTimes.Create(SearchCases.Catalog.FindSystem(key.Item1)!, key.Item2, SearchCases.Library, out string reason) ?? throw new InvalidOperationException(reason));

    public static Deployment Deployment(string model, string system, ParallelLayout layout, PrecisionPlan precision, EngineFamily engine = EngineFamily.Vllm)
    {
        var record = SearchCases.Catalog.FindSystem(system)!;
        return new Deployment(Model(model), record, layout, precision, EngineDefaults.For(engine, "", "", record.MemoryBytes!.Value, layout.TensorWays));
    }

    /// <summary>A compiled step without any factor of an engine.</summary>
    public static StepModel Step(string model, string system, ParallelLayout layout, PrecisionPlan precision, EngineFamily engine = EngineFamily.Vllm) => s_steps.GetOrAdd(
        (model, system, layout, precision, engine),
        _ => StepModel.Compile(Deployment(model, system, layout, precision, engine), Times(system, engine), new EngineFactors()));

    public static string NameOf(StepModel step) =>
        $"{step.Deployment.Model.Id} on {step.Deployment.System.Id} as {step.Deployment.Layout}, {step.Deployment.Precision.Dense}/{step.Deployment.Precision.Experts}/{step.Deployment.Precision.Cache}, {step.Deployment.Engine.Family}";
}
