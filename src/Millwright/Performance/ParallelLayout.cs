using System.Globalization;

namespace Millwright.Performance;

/// <summary>How one replica of a model is cut over its chips.</summary>
/// <param name="TensorWays">TP: chips that share each head and each dense matrix, at least 1.</param>
/// <param name="PipelineStages">PP: groups of layers one after another, at least 1.</param>
/// <param name="AttentionRanks">Attention-DP: groups that each hold whole attention weights and their own sequences, at least 1.</param>
/// <param name="ExpertWays">EP: groups that each hold a part of the routed experts, at least 1; the rest of the ways cut each expert (MoE-TP).</param>
/// <param name="ContextWays">CP: chips that share the tokens of one prompt, at least 1.</param>
public readonly record struct ParallelLayout(
    int TensorWays = 1, int PipelineStages = 1, int AttentionRanks = 1, int ExpertWays = 1, int ContextWays = 1)
{
    /// <summary>One chip: without this, "new" would make a layout of no chip at all.</summary>
    public ParallelLayout()
        : this(1)
    {
    }

    /// <summary>Chips of one replica: TP x attention-DP x CP x PP.</summary>
    public int Chips => TensorWays * AttentionRanks * ContextWays * PipelineStages;

    /// <summary>Chips of one pipeline stage: TP x attention-DP x CP.</summary>
    public int StageChips => TensorWays * AttentionRanks * ContextWays;

    /// <summary>MoE-TP: chips that share each routed expert; TP x attention-DP x CP = EP x MoE-TP.</summary>
    public int ExpertTensorWays => StageChips / ExpertWays;

    /// <summary>Short name, such as "tp4", "tp8 pp2" or "dp8 ep8".</summary>
    public override string ToString()
    {
        List<string> parts = [];
        Add(parts, "tp", TensorWays, AttentionRanks == 1 && ContextWays == 1);
        Add(parts, "dp", AttentionRanks, false);
        Add(parts, "cp", ContextWays, false);
        Add(parts, "ep", ExpertWays, false);
        Add(parts, "pp", PipelineStages, false);
        return string.Join(' ', parts);
    }

    private static void Add(List<string> parts, string name, int ways, bool always)
    {
        if (always || ways > 1)
        {
            parts.Add(name + ways.ToString(CultureInfo.InvariantCulture));
        }
    }
}
