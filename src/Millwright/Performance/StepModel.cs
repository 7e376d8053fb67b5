using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// What one step of one deployment costs: its operators, cut by its layout, timed on one chip, one after another, with the exchanges between them and
/// the overheads of its engine. Made once for a deployment; a step is then a few look-ups. Immutable; safe to share between threads.
/// </summary>
public sealed class StepModel
{
    /// <summary>Kernels of a layer that matter for power, for the length of a kernel in the mean: products, attention and what lies between.</summary>
    private const int KernelsOfLayer = 8;

    private readonly StepParts _parts;
    private readonly EngineFactors _factors;
    private readonly double _dense;
    private readonly double _experts;

    internal StepModel(StepParts parts, EngineFactors factors)
    {
        _parts = parts;
        _factors = factors;
        _dense = factors.DenseAt(parts.Deployment.Precision.Dense);
        _experts = factors.ExpertsAt(parts.Deployment.Precision.Experts);
    }

    /// <summary>The deployment.</summary>
    public Deployment Deployment => _parts.Deployment;

    /// <summary>Overheads and factors of the engine.</summary>
    public EngineFactors Factors => _factors;

    /// <summary>Memory of one chip by what it holds.</summary>
    public MemoryPlan Memory => _parts.Memory;

    /// <summary>Tokens that each decoding sequence puts through a step: 1, and those drafted for it.</summary>
    public int TokensPerSequence => _parts.TokensPerSequence;

    /// <summary>Cache of one sequence on one chip of its attention rank, bytes.</summary>
    /// <param name="contextTokens">Tokens of the sequence so far, at least 0.</param>
    /// <returns>Bytes.</returns>
    public double SequenceBytes(double contextTokens) => MemoryPlanner.SequenceBytes(Deployment, contextTokens);

    /// <summary>Compiles a deployment.</summary>
    /// <param name="deployment">The deployment.</param>
    /// <param name="times">Times of operators on its chip under its engine.</param>
    /// <param name="factors">Overheads and factors of its engine.</param>
    /// <param name="draftTokens">Tokens drafted for each sequence and step.</param>
    /// <returns>The model.</returns>
    public static StepModel Compile(Deployment deployment, OperatorTimes times, EngineFactors factors, int draftTokens = 0)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        ArgumentNullException.ThrowIfNull(times);
        return new StepModel(new StepCompiler(deployment, times, draftTokens).Compile(MemoryPlanner.Plan(deployment, times.Peaks)), factors);
    }

    /// <summary>Compiles one of many deployments of one model on one chip, which share what they have in common.</summary>
    internal static StepModel Compile(Deployment deployment, OperatorTimes times, EngineFactors factors, int draftTokens, StepCurveCache cache) =>
        new(new StepCompiler(deployment, times, draftTokens, cache).Compile(MemoryPlanner.Plan(deployment, times.Peaks)), factors);

    /// <summary>The same deployment with other factors of its engine.</summary>
    /// <param name="factors">The factors.</param>
    /// <returns>The model.</returns>
    public StepModel With(EngineFactors factors) => new(_parts, factors);

    /// <summary>The same deployment with other settings of its engine: budgets and memory share do not change what a step costs.</summary>
    /// <param name="engine">The settings, of the same engine.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">Another engine or other kernels of experts, which take other times.</exception>
    public StepModel With(EngineSettings engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (engine.Family != Deployment.Engine.Family)
        {
            throw new ArgumentException($"compiled for {Deployment.Engine.Family}, not for {engine.Family}", nameof(engine));
        }

        if (engine.GeneralExperts != Deployment.Engine.GeneralExperts)
        {
            throw new ArgumentException("compiled for other kernels of experts", nameof(engine));
        }

        Deployment deployment = Deployment with { Engine = engine };
        return new StepModel(_parts.With(deployment, MemoryPlanner.Plan(deployment, Memory.CapacityBytes)), _factors);
    }

    /// <summary>Time of one step of the whole replica: of one of its micro-batches through all stages, where layers are in a pipeline.</summary>
    /// <param name="shape">What the step holds, over all attention ranks.</param>
    /// <returns>Time by what it is spent on.</returns>
    public StepTimes Time(in StepShape shape)
    {
        StepTimes rest = TimeBesideDecodeAttention(shape);
        return shape.DecodeSequences > 0 ? rest with { DecodeAttention = DecodeAttention(shape.DecodeSequences, shape.DecodeContextTokens) } : rest;
    }

    /// <summary>Attention of decoding sequences over their contexts: the only part of a step that grows from token to token.</summary>
    internal CallTime DecodeAttention(double sequences, double contextTokens) =>
        Scale(_parts.DecodeAttention(OfRank(sequences), contextTokens / sequences), _factors.DecodeAttention);

    /// <summary>Exchanges of a step, s.</summary>
    /// <param name="tokensOfRank">Tokens of one attention rank.</param>
    internal double ExchangeSeconds(double tokensOfRank) => Scale(_parts.Exchange(tokensOfRank), _factors.Exchange).TotalSeconds;

    // one sequence keeps one rank busy; the others wait for it
    private double OfRank(double sequences) => sequences <= 0 ? 0 : Math.Max(sequences / _parts.Deployment.Layout.AttentionRanks, Math.Min(1, sequences));

    /// <summary>A step without the attention of its decoding sequences.</summary>
    internal StepTimes TimeBesideDecodeAttention(in StepShape shape)
    {
        int ranks = _parts.Deployment.Layout.AttentionRanks;

        double sequences = OfRank(shape.DecodeSequences);
        double prompts = shape.PrefillTokens <= 0 ? 0 : shape.PrefillSequences / ranks;
        double promptTokens = shape.PrefillTokens / ranks;
        double decodeTokens = sequences * _parts.TokensPerSequence;
        double groupDecode = shape.DecodeSequences * _parts.TokensPerSequence;
        double perChipPrompt = promptTokens / _parts.Deployment.Layout.ContextWays;

        CallTime dense = Scale(_parts.Dense(decodeTokens + perChipPrompt, sequences + prompts), _dense);
        CallTime experts = Scale(_parts.Experts.At(groupDecode + shape.PrefillTokens), _experts);
        CallTime exchange = Scale(_parts.Exchange(decodeTokens + perChipPrompt), _factors.Exchange);
        CallTime prefill = default;
        if (prompts > 0)
        {
            prefill = Scale(_parts.PrefillAttention(prompts, perChipPrompt / prompts, shape.PrefillPrefixTokens), _factors.Prefill);
            if (_factors.Prefill != 1)
            {
                // what prompts add to the other operators takes their factor too
                dense = Stretch(dense, Scale(_parts.Dense(decodeTokens, sequences), _dense));
                experts = Stretch(experts, Scale(_parts.Experts.At(groupDecode), _experts));
            }
        }

        double host = _factors.HostSeconds + _factors.HostSecondsPerSequence * sequences;
        return new StepTimes(host, dense, default, prefill, experts, exchange);
    }

    /// <summary>Mean board power of one chip over a step: the one power model, that of predictions, answers and plans.</summary>
    /// <param name="clock">Measured power of the chip's kernels.</param>
    /// <param name="shape">What the step holds, over all attention ranks: of one micro-batch, where layers are in a pipeline.</param>
    /// <param name="seconds">Time of the step through all stages, s: in it each chip works on as many micro-batches as there are stages.</param>
    /// <param name="capShare">Cap of the power over the rated power, above the idle share and at most 1.</param>
    /// <returns>
    /// Power, W: that of a kernel which uses compute and memory as much as the step does in the mean: FLOPs of active parameters over the peak, and bytes
    /// of weights and cache over the bandwidth, over the time; never below that of a chip that waits, nor above the rated power or the cap. Not a number
    /// without a rated power.
    /// </returns>
    public double MeanWatts(OperatorClock clock, in StepShape shape, double seconds, double capShare = 1)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (!(seconds > 0))
        {
            return clock.IdleWatts;
        }

        ParallelLayout layout = Deployment.Layout;
        double tokens = shape.DecodeSequences * TokensPerSequence + shape.PrefillTokens;
        double flops = _parts.FlopsPerToken * tokens / layout.StageChips;
        double touched = _parts.UntouchedPerToken > 0 ? 1 - Math.Pow(_parts.UntouchedPerToken, tokens) : 0;
        double sequences = shape.DecodeSequences / layout.AttentionRanks;
        double context = shape.DecodeSequences > 0 ? shape.DecodeContextTokens / shape.DecodeSequences : 0;
        double bytes = layout.PipelineStages * (Memory.DenseWeightBytes + touched * Memory.ExpertWeightBytes + sequences * SequenceBytes(context));
        ChipPeaks peaks = clock.Peaks;
        double compute = flops / OperandFormat.Peak(peaks, Deployment.Precision.Dense) / seconds;
        double memory = bytes / peaks.MemoryBytesPerSecond / seconds;
        double kernel = seconds / (Deployment.Model.Layers.Count * KernelsOfLayer);
        return clock.BoardWatts(OperatorKind.Gemm, Deployment.Precision.Dense, Math.Min(1, compute), Math.Min(1, memory), kernel, capShare);
    }

    private CallTime Stretch(in CallTime whole, in CallTime without) => new(
        without.FloorSeconds + _factors.Prefill * (whole.FloorSeconds - without.FloorSeconds),
        without.ComputeSeconds + _factors.Prefill * (whole.ComputeSeconds - without.ComputeSeconds),
        without.MemorySeconds + _factors.Prefill * (whole.MemorySeconds - without.MemorySeconds));

    private CallTime Scale(in CallTime time, double factor) =>
        new(time.FloorSeconds * factor * _factors.Launch, time.ComputeSeconds * factor, time.MemorySeconds * factor);
}
