using System.Collections.Concurrent;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// What steps of a deployment cost in whole picoseconds, for a simulator that sums thousands of them at once: the attention of a number of decoding
/// sequences is a chain of straight lines over their summed context, with whole bases and slopes; all else of a step depends on its composition alone.
/// Within <see cref="StepCost.Tolerance"/> of the step model. Values do not depend on the order of asking. Safe to use from many threads.
/// </summary>
public sealed class StepClock
{
    private const double PicosecondsPerSecond = 1e12;
    private const int MostRemembered = 1 << 16;

    private readonly StepModel _step;
    private readonly int _stages;
    private readonly int _ranks;
    private readonly long _mostContext;
    private readonly AttentionLine?[] _lines;
    private readonly long[] _decode;
    private readonly ConcurrentDictionary<(int, int, int, int), long> _mixed = new();

    /// <summary>Compiles a deployment.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="mostSequences">Most sequences that decode at once, at least 1.</param>
    /// <param name="mostTokensOfSequence">Longest context of one sequence, tokens, at least 1.</param>
    public StepClock(StepModel step, int mostSequences, long mostTokensOfSequence)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokensOfSequence, 1);
        _step = step;
        _stages = step.Deployment.Layout.PipelineStages;
        _ranks = step.Deployment.Layout.AttentionRanks;
        _mostContext = mostTokensOfSequence;
        _lines = new AttentionLine?[mostSequences + 1];
        _decode = new long[mostSequences + 1];
    }

    /// <summary>The step model behind it.</summary>
    public StepModel Step => _step;

    /// <summary>Everything but attention of a step that only decodes, ps.</summary>
    /// <param name="sequences">Decoding sequences, from 1 to the most.</param>
    /// <returns>Picoseconds.</returns>
    public long Decode(int sequences)
    {
        long known = Volatile.Read(ref _decode[sequences]);
        if (known == 0)
        {
            double micro = (double)sequences / _stages;
            known = Whole(_step.TimeBesideDecodeAttention(new StepShape(micro, 0)).TotalSeconds);
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
        (int, int, int, int) key = (sequences, promptTokens, prefixTokens, prompts);
        if (_mixed.TryGetValue(key, out long known))
        {
            return known;
        }

        // prompts go whole to a rank: the busiest one counts for all
        int ofRank = (prompts + _ranks - 1) / _ranks;
        double spread = (double)ofRank * _ranks / prompts;
        StepShape shape = new((double)sequences / _stages, 0, promptTokens * spread, prefixTokens, prompts * spread);
        known = Whole(_step.TimeBesideDecodeAttention(shape).TotalSeconds);
        if (_mixed.Count < MostRemembered)
        {
            _mixed.TryAdd(key, known);
        }

        return known;
    }

    /// <summary>Attention of decoding sequences at a summed context: the straight line that it lies on.</summary>
    /// <param name="sequences">Decoding sequences, from 1 to the most.</param>
    /// <param name="contextTokens">Their contexts, summed, tokens.</param>
    /// <returns>The line.</returns>
    public AttentionSegment Attention(int sequences, long contextTokens) => Line(sequences).At(contextTokens);

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

    private static long Whole(double seconds) => (long)Math.Round(seconds * PicosecondsPerSecond);

    private sealed class AttentionLine
    {
        private readonly AttentionSegment[] _segments;

        public AttentionLine(List<(double Context, double Seconds)> knots)
        {
            List<AttentionSegment> segments = [];
            for (int i = 0; i + 1 < knots.Count; i++)
            {
                long from = (long)Math.Ceiling(knots[i].Context);
                long to = (long)Math.Ceiling(knots[i + 1].Context);
                if (to > from)
                {
                    double slope = (knots[i + 1].Seconds - knots[i].Seconds) / (knots[i + 1].Context - knots[i].Context);
                    segments.Add(new AttentionSegment(from, to, Whole(knots[i].Seconds + slope * (from - knots[i].Context)), Whole(slope)));
                }
            }

            if (segments.Count == 0)
            {
                segments.Add(new AttentionSegment((long)knots[0].Context, long.MaxValue, Whole(knots[0].Seconds), 0));
            }
            else
            {
                // beyond the longest context the last line goes on
                segments[^1] = segments[^1] with { To = long.MaxValue };
            }

            _segments = [.. segments];
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
