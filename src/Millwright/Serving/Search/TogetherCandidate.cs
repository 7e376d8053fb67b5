using Millwright.Applications;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>A replica at one load.</summary>
/// <param name="Batch">Sequences that decode together on the replica.</param>
/// <param name="TokenSeconds">Time per output token, s.</param>
/// <param name="FirstTokenSeconds">Time to first token, s.</param>
/// <param name="RequestsPerSecond">Requests a second.</param>
/// <param name="JoulesPerToken">Energy of all its chips for an output token, J.</param>
/// <param name="Holds">True when cache and engine hold the decoding sequences and the prompts beside them.</param>
internal readonly record struct ReplicaLoad(
    double Batch, double TokenSeconds, double FirstTokenSeconds, double RequestsPerSecond, double JoulesPerToken, bool Holds);

/// <summary>A replica that prefills and decodes together, at one token budget.</summary>
internal sealed class TogetherCandidate
{
    private readonly SearchChip _chip;
    private readonly MeanReplica _replica;
    private readonly double _outputTokens;
    private readonly double _tokensAfterFirst;

    public TogetherCandidate(SearchChip chip, CompiledDeployment deployment, int tokenBudget, RequestLengths lengths, Speculation? speculation)
    {
        _chip = chip;
        Deployment = deployment;
        TokenBudget = tokenBudget;
        Layout = deployment.Layout;
        Step = deployment.Step.With(chip.SettingsOf(Layout.TensorWays, tokenBudget));
        _replica = new MeanReplica(Step, lengths, speculation);
        _outputTokens = lengths.MeanOutputTokens;
        _tokensAfterFirst = Math.Max(1, lengths.MeanOutputTokens - 1);
        MostByMemory = _replica.MostByMemory;
        MostByEngine = _replica.MostByEngine;
    }

    public CompiledDeployment Deployment { get; }

    public int TokenBudget { get; }

    public ParallelLayout Layout { get; }

    public StepModel Step { get; }

    public MeanReplica Replica => _replica;

    public double MostByMemory { get; }

    public double MostByEngine { get; }

    /// <summary>Sequences by which a batch grows: one on each rank and stage.</summary>
    public int Unit => Layout.AttentionRanks * Layout.PipelineStages;

    public ReplicaLoad At(double batch)
    {
        MeanStep step = _replica.At(batch);
        double decoding = _replica.StepsOfOutput * step.StepSeconds;
        double requests = _replica.RateOf(step);
        double watts = _replica.MeanWatts(_chip.Clock, step, _chip.PowerCap);

        // prompts hold their cache while they are worked on
        double held = batch + requests * step.PromptSteps * step.PromptSeconds;
        return new ReplicaLoad(
            batch,
            decoding / _tokensAfterFirst,
            step.FirstTokenSeconds,
            requests,
            watts * Layout.Chips / (requests * _outputTokens),
            held <= MostByMemory && batch <= MostByEngine);
    }
}
