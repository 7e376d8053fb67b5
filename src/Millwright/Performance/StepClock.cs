using Millwright.Operators;
using Millwright.Performance.Profiles;

namespace Millwright.Performance;

/// <summary>
/// What steps of a deployment cost in whole picoseconds, for a simulator that sums thousands of them at once: the attention of a number of decoding
/// sequences is a chain of straight lines over their summed context, with whole bases and slopes; all else of a step depends on its composition alone.
/// Within <see cref="StepCost.Tolerance"/> of the step model. Values do not depend on the order of asking. Safe to use from many threads.
/// </summary>
public sealed class StepClock
{
    private const double PicosecondsPerSecond = 1e12;

    private readonly StepModel _step;
    private readonly ProfileSteps? _profile;
    private readonly bool _ahead;
    private readonly int _stages;
    private readonly int _ranks;
    private readonly long _mostContext;
    private readonly AttentionLine?[] _lines;
    private readonly long[] _decode;
    private readonly StepMemory _mixed = new();

    /// <summary>Compiles a deployment.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="mostSequences">Most sequences that decode at once, at least 1.</param>
    /// <param name="mostTokensOfSequence">Longest context of one sequence, tokens, at least 1.</param>
    /// <param name="profile">A user's own layer timings, which then stand behind every step; null for the step model.</param>
    /// <param name="ahead">True when the engine decides on a step while the one before runs: the host's time is then hidden behind the chip's.</param>
    public StepClock(StepModel step, int mostSequences, long mostTokensOfSequence, ProfileSteps? profile = null, bool ahead = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokensOfSequence, 1);
        _step = step;
        _profile = profile;
        _ahead = ahead;
        _stages = step.Deployment.Layout.PipelineStages;
        _ranks = step.Deployment.Layout.AttentionRanks;
        _mostContext = mostTokensOfSequence;
        _lines = new AttentionLine?[mostSequences + 1];
        _decode = new long[mostSequences + 1];
    }

    /// <summary>The step model behind it.</summary>
    public StepModel Step => _step;

    /// <summary>The layer timings behind it; null for the step model.</summary>
    public ProfileSteps? Profile => _profile;

    /// <summary>True when a step depends on how uneven the contexts of its sequences are.</summary>
    public bool SeesSpread => _profile?.Profile.Skew is not null;

    /// <summary>Everything but attention of a step that only decodes, ps.</summary>
    /// <param name="sequences">Decoding sequences, from 1 to the most.</param>
    /// <returns>Picoseconds.</returns>
    public long Decode(int sequences)
    {
        long known = Volatile.Read(ref _decode[sequences]);
        if (known == 0)
        {
            double micro = (double)sequences / _stages;
            known = Whole(_profile?.Decode(sequences) ?? Beside(new StepShape(micro, 0)));
            Volatile.Write(ref _decode[sequences], known);
        }

        return known;
    }

    /// <summary>Everything but the attention of decoding sequences of a step with prompts, ps.</summary>
    /// <param name="sequences">Decoding sequences beside the prompts, at least 0.</param>
    /// <param name="promptTokens">New prompt tokens, above 0.</param>
    /// <param name="prefixTokens">Mean tokens already in the cache before a prompt token's own part.</param>
    /// <param name="prompts">Prompts that the tokens belong to, at least 1.</param>
    /// <returns>Picoseconds.</returns>
    public long Mixed(int sequences, int promptTokens, int prefixTokens, int prompts)
    {
        StepKey key = new(sequences, promptTokens, prefixTokens, prompts);
        if (_mixed.TryGet(key, out long known))
        {
            return known;
        }

        // prompts go whole to a rank: the busiest one counts for all
        int ofRank = (prompts + _ranks - 1) / _ranks;
        double spread = (double)ofRank * _ranks / prompts;
        StepShape shape = new((double)sequences / _stages, 0, promptTokens * spread, prefixTokens, prompts * spread);
        known = Whole(Beside(shape));
        _mixed.Add(key, known);
        return known;
    }

    /// <summary>A step with prompts, ps: with a profile, decoding sequences take longer beside a prompt than alone.</summary>
    /// <param name="rank">What it holds.</param>
    /// <returns>Picoseconds.</returns>
    public long Mixed(in RankStep rank)
    {
        if (_profile is not null)
        {
            return Whole(_profile.Mixed(rank));
        }

        long attention = rank.Sequences > 0 ? Line(rank.Sequences).At(rank.ContextTokens).At(rank.ContextTokens) : 0;
        return Mixed(rank.Sequences, rank.Prompts.Tokens, rank.Prompts.MeanPrefix, rank.Prompts.Prompts) + attention;
    }

    /// <summary>A step of engines that go together, one for each attention rank, ps: all last as long as the busiest.</summary>
    /// <param name="ranks">What each holds.</param>
    /// <returns>Picoseconds.</returns>
    public long Together(ReadOnlySpan<RankStep> ranks)
    {
        if (_profile is not null)
        {
            return Whole(_profile.Together(ranks));
        }

        // the step model spreads a step evenly over the ranks: as if each were as busy as the busiest, part by part
        int sequences = 0, tokens = 0, prompts = 0;
        long context = 0, prefix = 0;
        foreach (ref readonly RankStep rank in ranks)
        {
            sequences = Math.Max(sequences, rank.Sequences);
            context = Math.Max(context, rank.ContextTokens);
            tokens = Math.Max(tokens, rank.Prompts.Tokens);
            prompts = Math.Max(prompts, rank.Prompts.Prompts);
            prefix = Math.Max(prefix, rank.Prompts.MeanPrefix);
        }

        int all = ranks.Length;
        double seconds = sequences > 0 ? _step.DecodeAttention((double)sequences * all, (double)context * all).TotalSeconds : 0;
        StepShape shape = new((double)sequences * all, 0, (double)tokens * all, prefix, (double)prompts * all);
        return Whole(Beside(shape) + seconds);
    }

    /// <summary>Attention of decoding sequences at a summed context: the straight line that it lies on.</summary>
    /// <param name="sequences">Decoding sequences, from 1 to the most.</param>
    /// <param name="contextTokens">Their contexts, summed, tokens.</param>
    /// <param name="spread">How uneven they are; even ones by default.</param>
    /// <returns>The line.</returns>
    public AttentionSegment Attention(int sequences, long contextTokens, in ContextSpread spread = default) =>
        _profile is null ? Line(sequences).At(contextTokens) : _profile.Attention(sequences, contextTokens, spread);

    // an engine that works ahead prepares a step and reads the one before while the chip works
    private double Beside(in StepShape shape)
    {
        StepTimes times = _step.TimeBesideDecodeAttention(shape);
        return _ahead ? Math.Max(times.HostSeconds, times.TotalSeconds - times.HostSeconds) : times.TotalSeconds;
    }

    private AttentionLine Line(int sequences)
    {
        AttentionLine? line = Volatile.Read(ref _lines[sequences]);
        if (line is null)
        {
            line = Compile(sequences);
            Volatile.Write(ref _lines[sequences], line);
        }

        return line;
    }

    private AttentionLine Compile(int sequences) => new(StepCost.Knots(
        context => _step.DecodeAttention((double)sequences / _stages, context / _stages).TotalSeconds, sequences, (double)sequences * _mostContext));

    internal static long Whole(double seconds) => (long)Math.Round(seconds * PicosecondsPerSecond);

    private sealed class AttentionLine
    {
        private readonly AttentionSegment[] _segments;

        public AttentionLine(StepKnots knots)
        {
            AttentionSegment[] segments = new AttentionSegment[knots.Count];
            int count = 0;
            for (int i = 0; i + 1 < knots.Count; i++)
            {
                long from = (long)Math.Ceiling(knots.Contexts[i]);
                long to = (long)Math.Ceiling(knots.Contexts[i + 1]);
                if (to > from)
                {
                    double slope = (knots.Seconds[i + 1] - knots.Seconds[i]) / (knots.Contexts[i + 1] - knots.Contexts[i]);
                    segments[count++] = new AttentionSegment(from, to, Whole(knots.Seconds[i] + slope * (from - knots.Contexts[i])), Whole(slope));
                }
            }

            if (count == 0)
            {
                segments[count++] = new AttentionSegment((long)knots.Contexts[0], long.MaxValue, Whole(knots.Seconds[0]), 0);
            }
            else
            {
                // beyond the longest context the last line goes on
                segments[count - 1] = segments[count - 1] with { To = long.MaxValue };
            }

            _segments = new AttentionSegment[count];
            Array.Copy(segments, _segments, count);
        }

        public AttentionSegment At(long context)
        {
            AttentionSegment[] segments = _segments;
            int low = 0;
            int high = segments.Length - 1;
            while (low < high)
            {
                int middle = (low + high + 1) >> 1;
                if (segments[middle].From <= context)
                {
                    low = middle;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return segments[low];
        }
    }
}

/// <summary>A straight line of attention time over the summed context.</summary>
/// <param name="From">First context of the line, tokens.</param>
/// <param name="To">First context beyond it, tokens.</param>
/// <param name="BasePicoseconds">Time at <paramref name="From"/>, ps.</param>
/// <param name="SlopePicoseconds">Time of one more token, ps; below 0 where the tables fall.</param>
public readonly record struct AttentionSegment(long From, long To, long BasePicoseconds, long SlopePicoseconds)
{
    /// <summary>Time at a context of the line, ps.</summary>
    /// <param name="contextTokens">The context, tokens.</param>
    /// <returns>Picoseconds.</returns>
    public long At(long contextTokens) => BasePicoseconds + SlopePicoseconds * Math.Max(0, contextTokens - From);
}
