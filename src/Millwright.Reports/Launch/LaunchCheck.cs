using System.Globalization;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Reports.Launch;

/// <summary>Refuses what an engine cannot run.</summary>
internal static class LaunchCheck
{
    /// <summary>Refuses what no engine runs.</summary>
    public static void Common(LaunchPool pool)
    {
        ParallelLayout layout = pool.Layout;
        ModelArchitecture model = pool.Model;
        Require(
            layout is { TensorWays: >= 1, PipelineStages: >= 1, AttentionRanks: >= 1, ExpertWays: >= 1, ContextWays: >= 1 },
            $"layout '{layout}' has a number below 1");
        Require(
            layout.ContextWays == 1 || pool.Role != "decode",
            $"layout '{layout}' cuts prompts over chips (CP): no such cut is known for a server that only decodes");
        Require(layout.PipelineStages <= model.Layers.Count, Text($"{layout.PipelineStages} pipeline stages are more than the {model.Layers.Count} layers of {model.Id}"));
        Require(model.HasExperts || layout.ExpertWays == 1, $"{model.Id} has no routed experts to spread: '{layout}' asks for EP");
        Require(layout.StageChips % layout.ExpertWays == 0, Text($"EP {layout.ExpertWays} does not divide the {layout.StageChips} chips of a stage"));
        foreach (int heads in Heads(model))
        {
            Require(heads % layout.TensorWays == 0, Text($"TP {layout.TensorWays} does not divide the {heads} heads of {model.Id}"));
        }

        Require(
            pool.DraftTokens == 0 || model.DraftLayers.Count > 0,
            $"{model.Id} has no layers for multi-token prediction; a draft model is not printed");
    }

    /// <summary>Refuses experts that engines cannot share out evenly.</summary>
    public static void EvenExperts(string engine, LaunchPool pool) => Require(
        pool.Model.RoutedExperts % pool.Layout.ExpertWays == 0,
        Text($"{engine} shares experts out evenly: EP {pool.Layout.ExpertWays} does not divide the {pool.Model.RoutedExperts} of {pool.Model.Id}"));

    /// <summary>Refuses prompts that are cut over chips, with what can cut them.</summary>
    public static void ContextWays(LaunchPool pool, bool can, string why) => Require(
        pool.Layout.ContextWays == 1 || can,
        $"layout '{pool.Layout}' cuts prompts over chips (CP): {why}. {LaunchWriter.CutPromptsBy}");

    /// <summary>Throws when a condition does not hold.</summary>
    public static void Require(bool holds, string reason)
    {
        if (!holds)
        {
            throw new LaunchException(reason);
        }
    }

    /// <summary>Text with numbers as everywhere.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Name of an engine for people.</summary>
    public static string NameOf(EngineFamily family) => family switch
    {
        EngineFamily.Vllm => "vLLM",
        EngineFamily.Sglang => "SGLang",
        _ => "TensorRT-LLM",
    };

    private static IEnumerable<int> Heads(ModelArchitecture model) => model.Layers
        .Select(static layer => layer.Mixer switch
        {
            GroupedQueryAttention attention => attention.Heads,
            LatentAttention attention => attention.Heads,
            CompressedAttention attention => attention.Heads,
            GatedDeltaNet state => state.ValueHeads,
            Mamba2Mixer state => state.Heads,
            _ => 0,
        })
        .Where(static heads => heads > 0)
        .Distinct();
}
