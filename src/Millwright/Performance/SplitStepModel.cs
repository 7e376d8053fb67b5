using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// What a decode step costs where attention and feed-forward run on chips of their own: the operators of <see cref="StepModel"/> on either kind, and the
/// exchange between them. Made once for a deployment. Immutable; safe to share between threads.
/// </summary>
/// <example><code>
/// var split = SplitStepModel.Compile(deployment, new SplitLayout(1, 8, 8, 1, 3), times, factors);
/// double seconds = split.Time(sequences: 512, contextTokens: 512 * 4096).TotalSeconds;
/// </code></example>
public sealed class SplitStepModel
{
    private readonly OperatorTimes _times;

    private SplitStepModel(SplitLayout layout, StepModel rank, StepModel feedForward, OperatorTimes times)
    {
        Layout = layout;
        Rank = rank;
        FeedForward = feedForward;
        _times = times;
    }

    /// <summary>How it is cut.</summary>
    public SplitLayout Layout { get; }

    /// <summary>Attention of one rank, with its memory.</summary>
    public StepModel Rank { get; }

    /// <summary>All feed-forward chips, with the memory of one.</summary>
    public StepModel FeedForward { get; }

    /// <summary>True when both kinds of chips hold their weights, and attention chips some cache.</summary>
    public bool Fits => Rank.Memory.Fits && FeedForward.Memory.Fits;

    /// <summary>True when links are published that both kinds of chips can be joined by.</summary>
    public bool IsJoined => _times.JoinsChips(Layout.Chips);

    /// <summary>Compiles a deployment.</summary>
    /// <param name="deployment">Model, system, precision, engine and skew; its layout and part are not looked at.</param>
    /// <param name="layout">The split.</param>
    /// <param name="times">Times of operators on its chip under its engine.</param>
    /// <param name="factors">Overheads and factors of its engine.</param>
    /// <param name="draftTokens">Tokens drafted for each sequence and step.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">The split cannot cut the model; the message says why.</exception>
    public static SplitStepModel Compile(Deployment deployment, SplitLayout layout, OperatorTimes times, EngineFactors factors, int draftTokens = 0)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        ArgumentNullException.ThrowIfNull(times);
        return layout.Fault(deployment.Model) is { Length: > 0 } fault
            ? throw new ArgumentException(fault, nameof(layout))
            : Join(
                layout,
                StepModel.Compile(RankOf(deployment, layout.TensorWays), times, factors, draftTokens),
                StepModel.Compile(FeedForwardOf(deployment, layout.FeedForward), times, factors, draftTokens),
                times);
    }

    /// <summary>Attention of one rank as a deployment.</summary>
    internal static Deployment RankOf(Deployment deployment, int tensorWays) =>
        deployment with { Layout = new ParallelLayout(tensorWays), Part = LayerPart.Attention };

    /// <summary>The feed-forward chips as a deployment.</summary>
    internal static Deployment FeedForwardOf(Deployment deployment, ParallelLayout layout) =>
        deployment with { Layout = layout, Part = LayerPart.FeedForward };

    /// <summary>Joins parts that were compiled before.</summary>
    internal static SplitStepModel Join(SplitLayout layout, StepModel rank, StepModel feedForward, OperatorTimes times) => new(layout, rank, feedForward, times);

    /// <summary>Time of a step in which each sequence decodes.</summary>
    /// <param name="sequences">Sequences of the whole batch, over all attention ranks and micro-batches, above 0.</param>
    /// <param name="contextTokens">Sum of their contexts, tokens.</param>
    /// <returns>Time by station.</returns>
    public SplitTimes Time(double sequences, double contextTokens)
    {
        double micro = sequences / Layout.MicroBatches;

        // one sequence keeps one rank busy; the others wait for it
        double perRank = Math.Max(micro / Layout.AttentionRanks, Math.Min(1, micro));
        return Time(micro, perRank, AttentionTime(perRank, contextTokens / sequences));
    }

    /// <summary>Attention chips of one rank with sequences of a context, without the host.</summary>
    internal StepTimes AttentionTime(double sequencesOfRank, double context) =>
        Rank.Time(new StepShape(sequencesOfRank, sequencesOfRank * context)) with { HostSeconds = 0 };

    /// <summary>Time of a step whose attention was timed before.</summary>
    internal SplitTimes Time(double sequencesOfMicroBatch, double sequencesOfRank, in StepTimes attention)
    {
        StepTimes feedForward = FeedForward.Time(new StepShape(sequencesOfMicroBatch, 0)) with { HostSeconds = 0 };
        (double there, double back) = Exchange(sequencesOfMicroBatch * Rank.TokensPerSequence);
        return new SplitTimes(0, attention, feedForward, there, back, 1).With(Layout.MicroBatches, Rank.Factors, sequencesOfRank);
    }

    // each chip of either kind sends or takes its slice; the slower end of the link counts
    private (double There, double Back) Exchange(double tokens)
    {
        Deployment deployment = FeedForward.Deployment;
        ModelArchitecture model = deployment.Model;
        double there = 0;
        double back = 0;
        foreach ((FeedForward feedForward, int layers, _) in model.FeedForwardGroups)
        {
            SplitRows rows = new(feedForward, model.HiddenSize, Layout.ExpertWays, tokens, deployment.RoutingSkew);
            double elements = Math.Max(rows.SentElements / Layout.AttentionChips, rows.TakenElements / Layout.FeedForwardWays);
            bool narrow = feedForward is MixtureOfExperts && OperatorTimes.SendsNarrow(deployment.Precision.Experts);
            double tokensOfRank = tokens / Layout.AttentionRanks;
            there += layers * Scaled(_times.PartExchange(elements, narrow ? OperatorTimes.NarrowActivationBytes : OperatorTimes.ActivationBytes, Layout.Chips, tokensOfRank, false));
            back += layers * Scaled(_times.PartExchange(elements, OperatorTimes.ActivationBytes, Layout.Chips, tokensOfRank, true));
        }

        return (there, back);
    }

    private double Scaled(in CallTime time)
    {
        EngineFactors factors = Rank.Factors;
        return factors.Exchange * (factors.Launch * time.FloorSeconds + time.ComputeSeconds + time.MemorySeconds);
    }
}
