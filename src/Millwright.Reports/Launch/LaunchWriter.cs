using Millwright.Catalog;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Reports.Launch;

/// <summary>Writes the commands and files that launch a deployment on an engine.</summary>
public static class LaunchWriter
{
    // a rack of the NVL72 kind holds trays of 4 chips, each with an operating system of its own; servers hold up to 8
    private const int ChipsPerTray = 4;
    private const int ChipsPerServer = 8;

    /// <summary>What can cut prompts over chips, for messages.</summary>
    internal const string CutPromptsBy = "What can: SGLang for models with sparse latent attention (DeepSeek-V3.2, GLM-5), vLLM on Ascend";

    /// <summary>True when an engine, at the version whose options ship, can cut the prompts of a model over chips (CP) on a system.</summary>
    /// <param name="target">What is written.</param>
    /// <param name="model">The model.</param>
    /// <param name="system">The system.</param>
    /// <returns>True for SGLang with a sparse latent attention, and for vLLM on Ascend, whose plugin brings the kernels.</returns>
    public static bool CutsPrompts(LaunchTarget target, ModelArchitecture model, SystemRecord system)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        return target switch
        {
            LaunchTarget.Sglang => SglangLaunch.CutsPrompts(model),
            LaunchTarget.Vllm => VllmLaunch.CutsPrompts(system),
            _ => false,
        };
    }

    /// <summary>Writes a deployment out.</summary>
    /// <param name="target">What for.</param>
    /// <param name="deployment">The deployment; its layout does not matter where pools are given.</param>
    /// <param name="pools">Prefill and decode apart; null where they run together.</param>
    /// <param name="replicas">Replicas of the deployment, or of both pools together, at least 1.</param>
    /// <param name="maxContextTokens">Longest prompt with its answer, tokens; rounded up.</param>
    /// <param name="modelName">Name or path of the weights; null for the id of the model.</param>
    /// <param name="draftTokens">Tokens drafted for each step by the model's own modules; 0 for none.</param>
    /// <param name="chipsPerHost">Chips that one operating system sees; null for 4 in a rack and at most 8 elsewhere.</param>
    /// <returns>The files, in the order to read them.</returns>
    /// <exception cref="LaunchException">The engine cannot run the deployment; the message says why.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static IReadOnlyList<LaunchFile> Write(
        LaunchTarget target,
        Deployment deployment,
        SplitPools? pools,
        int replicas,
        double maxContextTokens,
        string? modelName = null,
        int draftTokens = 0,
        int? chipsPerHost = null)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(draftTokens, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(chipsPerHost ?? 1, 1, nameof(chipsPerHost));
        if (!(maxContextTokens > 0 && double.IsFinite(maxContextTokens)))
        {
            throw new ArgumentOutOfRangeException(nameof(maxContextTokens), maxContextTokens, "must be above 0 and finite");
        }

        LaunchCheck.Require(
            Math.Ceiling(maxContextTokens) <= deployment.Model.MaxContextTokens,
            LaunchCheck.Text($"{Math.Ceiling(maxContextTokens)} tokens are more than the {deployment.Model.MaxContextTokens} that {deployment.Model.Id} takes"));
        LaunchCheck.Require(
            modelName is null || (modelName.Length > 0 && !modelName.Any(static letter => char.IsControl(letter) || letter is '"' or '\\')),
            "the name of the weights is empty or holds a control character, a double quote or a backslash");
        EngineFamily family = FamilyOf(target);
        LaunchCheck.Require(
            deployment.Engine.Family == family,
            $"the deployment is one of {LaunchCheck.NameOf(deployment.Engine.Family)}: its settings are not those of {LaunchCheck.NameOf(family)}");
        LaunchCheck.Require(
            pools?.DecodeSplit is null,
            $"{LaunchCheck.NameOf(family)} {EngineOptions.Of(target).Version} has no option that runs attention and feed-forward on chips of their own");

        LaunchPool Pool(ParallelLayout layout, string role, int workers) => new(
            deployment with { Layout = layout },
            role,
            workers,
            modelName ?? deployment.Model.Id,
            (int)Math.Ceiling(maxContextTokens),
            draftTokens,
            chipsPerHost ?? HostOf(deployment));

        LaunchPool[] all = pools is null
            ? [Pool(deployment.Layout, "", replicas)]
            : [Pool(pools.PrefillLayout, "prefill", pools.PrefillWorkers * replicas), Pool(pools.DecodeLayout, "decode", pools.DecodeWorkers * replicas)];
        string version = EngineOptions.Of(target).Version;
        foreach (LaunchPool pool in all)
        {
            LaunchCheck.Common(pool);
            Check(target, pool);
        }

        return target switch
        {
            LaunchTarget.Vllm => [.. all.SelectMany(pool => VllmLaunch.Files(pool, version))],
            LaunchTarget.Sglang => [.. all.SelectMany(pool => SglangLaunch.Files(pool, version))],
            LaunchTarget.TensorRtLlm => pools is null
                ? [.. all.SelectMany(pool => TensorRtLlmLaunch.Files(pool, version))]
                : [.. all.SelectMany(pool => TensorRtLlmLaunch.Files(pool, version)), TensorRtLlmLaunch.Pairing(pools)],
            _ => [LlmDLaunch.Values(all, version, EngineOptions.Of(LaunchTarget.Vllm).Version)],
        };
    }

    private static void Check(LaunchTarget target, LaunchPool pool)
    {
        switch (target)
        {
            case LaunchTarget.Vllm:
                VllmLaunch.Check(pool);
                break;
            case LaunchTarget.Sglang:
                SglangLaunch.Check(pool);
                break;
            case LaunchTarget.TensorRtLlm:
                TensorRtLlmLaunch.Check(pool);
                break;
            default:
                LlmDLaunch.Check(pool);
                break;
        }
    }

    private static EngineFamily FamilyOf(LaunchTarget target) => target switch
    {
        LaunchTarget.Sglang => EngineFamily.Sglang,
        LaunchTarget.TensorRtLlm => EngineFamily.TensorRtLlm,
        _ => EngineFamily.Vllm,
    };

    private static int HostOf(Deployment deployment) => deployment.System switch
    {
        { Kind: "rack" } => ChipsPerTray,
        { ChipsPerSystem: > 1 and < ChipsPerServer } server => server.ChipsPerSystem,
        _ => ChipsPerServer,
    };
}
