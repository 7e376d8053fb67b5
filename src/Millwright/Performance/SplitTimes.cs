namespace Millwright.Performance;

/// <summary>
/// One step of a batch whose micro-batches take turns between attention chips and feed-forward chips. Four stations work at once, each on one micro-batch:
/// attention, the way there, feed-forward, the way back.
/// </summary>
/// <param name="HostSeconds">Scheduling, launch and sampling of the whole batch, s.</param>
/// <param name="Attention">Attention chips, one micro-batch through all layers, without the host.</param>
/// <param name="FeedForward">Feed-forward chips, one micro-batch through all layers.</param>
/// <param name="DispatchSeconds">Activations to the feed-forward chips, one micro-batch through all layers, s.</param>
/// <param name="CombineSeconds">Answers back, one micro-batch through all layers, s.</param>
/// <param name="MicroBatches">Micro-batches.</param>
public readonly record struct SplitTimes(
    double HostSeconds, StepTimes Attention, StepTimes FeedForward, double DispatchSeconds, double CombineSeconds, int MicroBatches)
{
    /// <summary>One micro-batch alone through all layers, s.</summary>
    public double AloneSeconds => Attention.TotalSeconds + FeedForward.TotalSeconds + DispatchSeconds + CombineSeconds;

    /// <summary>The busiest station at one micro-batch through all layers, s.</summary>
    public double BusiestSeconds =>
        Math.Max(Math.Max(Attention.TotalSeconds, FeedForward.TotalSeconds), Math.Max(DispatchSeconds, CombineSeconds));

    /// <summary>
    /// The whole batch, s: host + max(m x busiest station, one micro-batch alone). Exact for a ring of stations with fixed times and like layers: a
    /// micro-batch comes round when it has passed all of them, and no sooner than the busiest one has served the others (MegaScale-Infer, arXiv
    /// 2504.02263, section 4, where m is chosen so that the second part is the smaller).
    /// </summary>
    public double TotalSeconds => HostSeconds + Math.Max(MicroBatches * BusiestSeconds, AloneSeconds);

    /// <summary>Share of the step in which attention chips work.</summary>
    public double AttentionUse => MicroBatches * Attention.TotalSeconds / TotalSeconds;

    /// <summary>Share of the step in which feed-forward chips work.</summary>
    public double FeedForwardUse => MicroBatches * FeedForward.TotalSeconds / TotalSeconds;

    /// <summary>The same with another number of micro-batches, each as large as before.</summary>
    internal SplitTimes With(int microBatches, EngineFactors factors, double sequencesOfRank) => this with
    {
        MicroBatches = microBatches,
        HostSeconds = factors.HostSeconds + factors.HostSecondsPerSequence * sequencesOfRank * microBatches,
    };
}
