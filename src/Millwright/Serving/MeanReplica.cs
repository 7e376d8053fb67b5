using Millwright.Applications;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>One step of a replica in the mean, at one number of decoding sequences.</summary>
/// <param name="Batch">Sequences that decode together on the replica.</param>
/// <param name="StepSeconds">Mean time between two tokens of a sequence, s.</param>
/// <param name="TurnSeconds">Time in which the replica makes a token of each and works on the prompts that come with them, s: longer than
/// <paramref name="StepSeconds"/> where sequences do not wait for all prompts.</param>
/// <param name="DecodeSeconds">Time of a step without prompts, s.</param>
/// <param name="PromptSeconds">Time of a step with a prompt or a chunk of one, s.</param>
/// <param name="PromptSteps">Steps that a prompt takes.</param>
/// <param name="PromptShare">Share of the steps that hold prompts.</param>
/// <param name="WaitSeconds">Time that a prompt waits for the prompts that come with it, s.</param>
internal readonly record struct MeanStep(
    double Batch, double StepSeconds, double TurnSeconds, double DecodeSeconds, double PromptSeconds, double PromptSteps, double PromptShare, double WaitSeconds)
{
    /// <summary>Half a step until the engine turns to a prompt and those that came with it, then its steps.</summary>
    public double FirstTokenSeconds => StepSeconds / 2 + WaitSeconds + PromptSteps * PromptSeconds;
}

/// <summary>A mean step as the mixture that it is: steps that only decode, and steps that hold prompts.</summary>
/// <param name="Batch">Sequences that decode together on the replica.</param>
/// <param name="Decode">A step without prompts.</param>
/// <param name="DecodeWeight">Steps without prompts in one turn.</param>
/// <param name="Prompt">A step with prompts.</param>
/// <param name="PromptWeight">Steps with prompts in one turn.</param>
/// <param name="FeltWeight">Those of them that decoding sequences wait for.</param>
/// <param name="StepsOfOutput">Decode steps of one request.</param>
/// <param name="PromptShare">Share of the steps that hold prompts.</param>
/// <param name="PromptSteps">Steps that a prompt takes.</param>
/// <param name="PrefixTokens">Tokens before a prompt token's own part, mean.</param>
internal readonly record struct MeanMix(
    double Batch, StepTimes Decode, double DecodeWeight, StepTimes Prompt, double PromptWeight, double FeltWeight, double StepsOfOutput, double PromptShare, double PromptSteps, double PrefixTokens)
{
    /// <summary>The mean step.</summary>
    public MeanStep Step
    {
        get
        {
            double decode = Decode.TotalSeconds;
            double prompt = Prompt.TotalSeconds;
            double turn = DecodeWeight * decode + PromptWeight * prompt;
            double step = DecodeWeight * decode + FeltWeight * prompt;
            return new MeanStep(Batch, step, turn, decode, prompt, PromptSteps, PromptShare, StepsOfOutput * (turn - step));
        }
    }
}

/// <summary>
/// A replica that prefills and decodes together, in the mean: each finished request is replaced by another, so that B decoding sequences of O tokens
/// bring B I / O prompt tokens to each step.
/// </summary>
internal sealed class MeanReplica
{
    private readonly StepModel _step;
    private readonly RequestLengths _lengths;
    private readonly double _tokensPerStep;

    public MeanReplica(StepModel step, RequestLengths lengths, Speculation? speculation)
    {
        _step = step;
        _lengths = lengths;
        _tokensPerStep = 1 + (speculation?.AcceptedTokens ?? 0);
    }

    public StepModel Step => _step;

    /// <summary>Lengths of its requests.</summary>
    public RequestLengths Lengths => _lengths;

    private int Ranks => _step.Deployment.Layout.AttentionRanks;

    private int Stages => _step.Deployment.Layout.PipelineStages;

    /// <summary>Decode steps of one request: the first token comes with the prompt.</summary>
    public double StepsOfOutput => Math.Max(1, _lengths.MeanOutputTokens - 1) / _tokensPerStep;

    /// <summary>Most sequences that memory holds on the replica, prompts included.</summary>
    public double MostByMemory
    {
        get
        {
            double pool = _step.Memory.CachePoolBytes;
            return pool <= 0 ? 0 : Ranks * pool / _step.SequenceBytes(_lengths.HeldTokens(_step.Deployment.Engine.NoEvict));
        }
    }

    /// <summary>Most sequences that the engine runs at once on the replica.</summary>
    public double MostByEngine => (double)Ranks * _step.Deployment.Engine.MaxSequences;

    /// <summary>The mean step with a number of decoding sequences.</summary>
    public MeanStep At(double batch) => MixAt(batch).Step;

    /// <summary>The two kinds of steps that make the mean one at a number of decoding sequences.</summary>
    public MeanMix MixAt(double batch)
    {
        EngineSettings engine = _step.Deployment.Engine;
        double input = Math.Max(1, _lengths.UncachedInputTokens);
        double perRank = batch / Ranks / Stages;
        double budget = Math.Max(16, engine.MaxBatchedTokens - (engine.ChunkedPrefill ? perRank * _step.TokensPerSequence : 0));
        double promptsPerStep = perRank / StepsOfOutput;
        double arriving = promptsPerStep * input;
        double piece = Math.Min(input, budget);
        double chunk = Math.Clamp(arriving, piece, budget);
        double share = arriving / chunk;

        // as many micro-batches as stages are under way at once: a token comes round when its own has passed all layers
        double sequences = batch / Stages;
        double context = sequences * _lengths.DecodeContextTokens;
        double cached = _lengths.CachedShare * _lengths.PrefillInputTokens;
        double prefix = cached + Math.Max(0, input - piece) / 2;
        StepTimes decode = _step.Time(new StepShape(sequences, context));
        StepShape prompt = new(
            engine.ChunkedPrefill ? sequences : 0,
            engine.ChunkedPrefill ? context : 0,
            chunk * Ranks,
            prefix,
            chunk / piece * Ranks);
        StepTimes mixed = _step.Time(prompt);

        // an engine that does not mix lets decoding sequences wait while it works on prompts
        double decodeWeight = engine.ChunkedPrefill ? Math.Max(0, 1 - share) : 1;
        double felt = engine.ChunkedPrefill ? share : Math.Min(1, _step.Factors.Stall) * share;
        return new MeanMix(batch, decode, decodeWeight, mixed, share, felt, StepsOfOutput, share, input / piece, prefix);
    }

    /// <summary>The mean step of a closed loop with requests in flight; those beyond what memory and engine hold wait outside.</summary>
    public MeanStep AtConcurrency(double inFlight)
    {
        double most = Math.Min(inFlight, Math.Min(MostByMemory, MostByEngine));
        MeanStep high = At(most);
        double above = Excess(high);
        if (above <= 0)
        {
            return high;
        }

        // held requests grow with the batch, nearly in a straight line: false position with halved weights (Illinois) needs a handful of steps
        MeanStep low = At(most * inFlight / (inFlight + above));
        double below = Excess(low);
        for (int i = 0; i < 40 && below > 0 && low.Batch > 1e-9 * most; i++)
        {
            high = low;
            above = below;
            low = At(low.Batch / 2);
            below = Excess(low);
        }

        MeanStep found = low;
        for (int i = 0; i < 30 && high.Batch - low.Batch > 1e-6 * high.Batch; i++)
        {
            found = At(low.Batch + (high.Batch - low.Batch) * -below / (above - below));
            double excess = Excess(found);
            if (Math.Abs(excess) < 1e-7 * inFlight)
            {
                break;
            }

            if (excess <= 0)
            {
                low = found;
                below = excess;
                above /= 2;
            }
            else
            {
                high = found;
                above = excess;
                below /= 2;
            }
        }

        return found;

        // Little: requests in flight = their rate x the time of one
        double Excess(MeanStep step) => RateOf(step) * (step.FirstTokenSeconds + StepsOfOutput * step.StepSeconds) - inFlight;
    }

    /// <summary>Mean board power of one chip, W: over a turn, with the prompt tokens that come with it.</summary>
    public double MeanWatts(OperatorClock clock, in MeanStep state, double capShare = 1)
    {
        double sequences = state.Batch / Stages;
        double promptTokens = sequences / StepsOfOutput * _lengths.UncachedInputTokens;
        StepShape shape = new(
            sequences,
            sequences * _lengths.DecodeContextTokens,
            promptTokens,
            0,
            promptTokens > 0 ? Math.Max(1, promptTokens / Math.Max(1, _lengths.UncachedInputTokens)) : 0);
        return _step.MeanWatts(clock, shape, state.TurnSeconds, capShare);
    }

    /// <summary>Requests a second in a steady state.</summary>
    public double RateOf(in MeanStep state) => state.Batch / (StepsOfOutput * state.TurnSeconds);

    /// <summary>The mean step at a rate of requests; beyond what the replica can take, that of the fullest batch.</summary>
    public MeanStep AtRate(double requestsPerSecond)
    {
        double low = 0;
        double high = Math.Min(MostByMemory, MostByEngine);
        MeanStep step = At(high);
        if (RateOf(step) <= requestsPerSecond)
        {
            return step;
        }

        for (int i = 0; i < 30 && high - low > 1e-4 * high; i++)
        {
            double batch = (low + high) / 2;
            step = At(batch);
            (low, high) = RateOf(step) <= requestsPerSecond ? (batch, high) : (low, batch);
        }

        return At(low);
    }

    /// <summary>
    /// Requests a second of a queue of like requests that all wait at the start. Those that start together end together, so that a queue which is no
    /// multiple of the batch ends with a batch that is not full: waves of B decode O steps each, the last one what is left; prompts take their time
    /// besides.
    /// </summary>
    /// <param name="requests">Requests of the queue, above 0.</param>
    /// <param name="state">The mean step at the batch that is held while the queue lasts.</param>
    public double RateOfQueue(double requests, in MeanStep state)
    {
        double batch = Math.Min(requests, state.Batch);
        double waves = Math.Floor(requests / batch);
        double rest = requests - waves * batch;
        double prompts = requests * StepsOfOutput * Math.Max(0, state.TurnSeconds - state.DecodeSeconds) / batch;
        double decoding = waves * StepsOfOutput * state.DecodeSeconds + (rest >= 1 ? StepsOfOutput * At(rest).DecodeSeconds : 0);

        // prompts spread the starts: once they take longer than a wave, ends are as spread as starts, and the batch stays full
        double spread = Math.Min(1, prompts / decoding);
        double steady = requests * StepsOfOutput * state.TurnSeconds / batch;
        return requests / (steady * spread + (decoding + prompts) * (1 - spread));
    }
}
