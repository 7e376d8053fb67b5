using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>A system that a deployment may be chosen on, and what its chips cost.</summary>
/// <param name="System">The system.</param>
/// <param name="UsdPerChipHour">Cost of one chip for one hour, USD; null when no price is known.</param>
/// <param name="CostSource">Where the cost comes from; empty without one.</param>
/// <param name="WattsPerChip">Power that a site spends on one chip with all that it needs, under its cap, W; null when it is not known.</param>
public sealed record SystemOffer(SystemRecord System, double? UsdPerChipHour = null, string CostSource = "", double? WattsPerChip = null)
{
    /// <summary>Id of the system whose host it has; null for its own.</summary>
    public string? HostSystemId { get; init; }

    /// <summary>Share of its rated power that a chip may draw, above its idle share and at most 1.</summary>
    public double PowerCap { get; init; } = 1;

    /// <summary>False where its scale-out network is not the one that it is sold with.</summary>
    public bool HasOwnNetwork { get; init; } = true;

    /// <summary>What sets it apart from the system as it is sold, in words, such as "at 70 % power"; empty for nothing.</summary>
    public string Variant { get; init; } = "";
}

/// <summary>What is to be served, within which limits, and on how much.</summary>
public sealed record SearchRequest
{
    /// <summary>The model.</summary>
    public required ModelArchitecture Model { get; init; }

    /// <summary>Request lengths.</summary>
    public required RequestLengths Lengths { get; init; }

    /// <summary>Greatest mean time to first token, without bursts, s.</summary>
    public required double TimeToFirstTokenLimitSeconds { get; init; }

    /// <summary>Greatest mean time per output token, s.</summary>
    public required double TimePerOutputTokenLimitSeconds { get; init; }

    /// <summary>Chips at hand; null where a rate or a power is asked for.</summary>
    public int? Chips { get; init; }

    /// <summary>Requests a second that must be served on as few chips as possible; null where chips or a power are stated.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Power of the site, W, on the basis of <see cref="SystemOffer.WattsPerChip"/>; null where chips or a rate are stated.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>Engines to choose from.</summary>
    public IReadOnlyList<EngineFamily> Engines { get; init; } = [EngineFamily.Vllm];

    /// <summary>Precisions to choose from; null for all that a chip multiplies or unpacks.</summary>
    public IReadOnlyList<PrecisionPlan>? Precisions { get; init; }

    /// <summary>Speculative decoding; null for none.</summary>
    public Speculation? Speculation { get; init; }

    /// <summary>Time of the host's work between steps over what was fitted; 1 for the host that was measured.</summary>
    public double HostFactor { get; init; } = 1;

    /// <summary>Skew of routing of the model's experts, 0 (experts of equal popularity) to 2, as <see cref="ExpertLoad.Busiest"/> defines it.</summary>
    public double RoutingSkew { get; init; } = ExpertLoad.UsualSkew;

    /// <summary>Which part of all deployments is looked at.</summary>
    public SearchSpace Space { get; init; } = SearchSpace.Full;

    /// <summary>Why the request cannot be answered, in words; empty when it can.</summary>
    public string Fault
    {
        get
        {
            int goals = (Chips is null ? 0 : 1) + (RequestsPerSecond is null ? 0 : 1) + (PowerWatts is null ? 0 : 1);
            double request = Lengths.MeanInputTokens + Lengths.MeanOutputTokens;
            return goals > 1 ? "state one of chips, request rate and power, not several"
                : Chips < 1 ? "at least one chip is needed"
                : RequestsPerSecond is { } rate && !(rate > 0 && double.IsFinite(rate)) ? "the request rate must be above 0"
                : PowerWatts is { } watts && !(watts > 0 && double.IsFinite(watts)) ? "the power must be above 0"
                : !(TimeToFirstTokenLimitSeconds > 0) ? "the limit on the time to first token must be above 0"
                : !(TimePerOutputTokenLimitSeconds > 0) ? "the limit on the time per output token must be above 0"
                : !(RoutingSkew is >= 0 and <= ExpertLoad.MostSkew) ? FormattableString.Invariant($"the skew of routing lies from 0 to {ExpertLoad.MostSkew}, found {RoutingSkew}")
                : Space is { Together: false, Apart: false, Split: false } ? "name at least one kind of pools"
                : request > Model.MaxContextTokens ? FormattableString.Invariant($"a mean request of {request:0} tokens is longer than the {Model.MaxContextTokens} tokens that {Model.Id} takes")
                : "";
        }
    }
}

/// <summary>Which deployments a search looks at.</summary>
public sealed record SearchSpace
{
    /// <summary>All of them.</summary>
    public static SearchSpace Full { get; } = new();

    /// <summary>
    /// What a plan looks at: prefill and decode together, one pipeline stage, inside one scale-up domain, 8,192 tokens a step, and either TP alone or
    /// attention-DP with as many expert ways.
    /// </summary>
    public static SearchSpace Plan { get; } = new() { Apart = false, TokenBudgets = [8192], MostPipelineStages = 1, AcrossDomains = false, PureLayouts = true, BatchesPerOctave = 2 };

    /// <summary>True to look at prefill and decode on the same chips.</summary>
    public bool Together { get; init; } = true;

    /// <summary>True to look at prefill and decode on chips of their own.</summary>
    public bool Apart { get; init; } = true;

    /// <summary>True to look also at decode with attention and feed-forward on chips of their own, beside prefill pools: no engine version that is known
    /// here runs it, so that it is looked at on request.</summary>
    public bool Split { get; init; }

    /// <summary>Micro-batches that take turns between attention and feed-forward, to choose from, ascending. MegaScale-Infer (arXiv 2504.02263, section 4)
    /// needs 3 or 4 where exchanges are short.</summary>
    public IReadOnlyList<int> MicroBatches { get; init; } = [1, 2, 3, 4];

    /// <summary>Most tokens of one step on one attention rank, to choose from, ascending.</summary>
    public IReadOnlyList<int> TokenBudgets { get; init; } = [2048, 4096, 8192, 16384];

    /// <summary>Most chips of one replica.</summary>
    public int MostReplicaChips { get; init; } = 128;

    /// <summary>Most pipeline stages.</summary>
    public int MostPipelineStages { get; init; } = 16;

    /// <summary>Most chips that share one prompt in a prefill pool.</summary>
    public int MostContextWays { get; init; } = 8;

    /// <summary>True to look only at TP alone, and at attention-DP with as many expert ways.</summary>
    public bool PureLayouts { get; init; }

    /// <summary>True to let a replica span scale-up domains.</summary>
    public bool AcrossDomains { get; init; } = true;

    /// <summary>Most replicas of each kind in one unit of pools that are apart.</summary>
    public int MostWorkers { get; init; } = 32;

    /// <summary>Batches tried to the octave beyond 8 sequences on a rank.</summary>
    public int BatchesPerOctave { get; init; } = 4;

    /// <summary>False to evaluate what is proved not to matter: for tests of the proof.</summary>
    public bool Prunes { get; init; } = true;

    /// <summary>False to search each cap and each network whole, so that the best of each can be told, not only the best of all.</summary>
    public bool PrunesVariants { get; init; } = true;
}
