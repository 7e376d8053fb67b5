using System.Globalization;
using System.Runtime.InteropServices;
using Millwright.Catalog;

namespace Millwright.Applications;

/// <summary>Counts requests by their two lengths, and by minute.</summary>
internal sealed class LengthCounter
{
    private readonly Dictionary<(int Input, int Output), long> _lengths = [];
    private readonly Dictionary<long, long> _minutes = [];
    private double? _firstSeconds;
    private long _inputTokens;
    private long _outputTokens;
    private long? _cachedTokens;

    /// <summary>Requests so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a request.</summary>
    public void Add(int inputTokens, int outputTokens)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_lengths, (inputTokens, outputTokens), out _)++;
        _inputTokens += inputTokens;
        _outputTokens += outputTokens;
        Count++;
    }

    /// <summary>Adds the arrival of a request, s from any start.</summary>
    public void AddTime(double seconds)
    {
        _firstSeconds ??= seconds;
        CollectionsMarshal.GetValueRefOrAddDefault(_minutes, (long)Math.Floor((seconds - _firstSeconds.Value) / 60), out _)++;
    }

    /// <summary>Adds input tokens that a request finds in an unlimited prefix cache.</summary>
    public void AddCached(long tokens) => _cachedTokens = (_cachedTokens ?? 0) + tokens;

    /// <summary>Mean and percentiles of the input.</summary>
    public TokenStatistics InputStatistics() => Statistics(_lengths.GroupBy(static pair => pair.Key.Input, static pair => pair.Value), _inputTokens);

    /// <summary>Mean and percentiles of the output.</summary>
    public TokenStatistics OutputStatistics() => Statistics(_lengths.GroupBy(static pair => pair.Key.Output, static pair => pair.Value), _outputTokens);

    /// <summary>The histogram: requests in order of input, then output; bin b of n holds requests floor(b N / n) up to floor((b + 1) N /
    /// n).</summary>
    public LengthHistogram Histogram(string id, string name, string source, string licence, int bins)
    {
        var used = (int)Math.Min(bins, Count);
        var inputs = new double[used];
        var outputs = new double[used];
        long before = 0;
        var bin = 0;
        foreach (var ((input, output), count) in _lengths.OrderBy(pair => pair.Key.Input).ThenBy(pair => pair.Key.Output))
        {
            for (var left = count; left > 0;)
            {
                var end = EndOf(bin, used);
                var taken = Math.Min(left, end - before);
                inputs[bin] += (double)input * taken;
                outputs[bin] += (double)output * taken;
                before += taken;
                left -= taken;
                if (before == end)
                {
                    var size = end - EndOf(bin - 1, used);
                    inputs[bin] /= size;
                    outputs[bin] /= size;
                    bin++;
                }
            }
        }

        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"{used} bins of equal weight by input, from {Count} requests; means {(double)_inputTokens / Count:0.0} in, {(double)_outputTokens / Count:0.0} out.");
        return new LengthHistogram(
            id, name, inputs, outputs, _cachedTokens is { } cached && _inputTokens > 0 ? (double)cached / _inputTokens : null, PeakToMean(), source, licence, note);
    }

    private TokenStatistics Statistics(IEnumerable<IGrouping<int, long>> counts, long tokens)
    {
        (int Tokens, long Upto)[] ascending = [.. counts.Select(static group => (group.Key, group.Sum())).OrderBy(static pair => pair.Key)];
        long upto = 0;
        for (var i = 0; i < ascending.Length; i++)
        {
            upto += ascending[i].Upto;
            ascending[i].Upto = upto;
        }

        return new TokenStatistics((double)tokens / Count, Percentile(ascending, 0.5), Percentile(ascending, 0.9), Percentile(ascending, 0.99), ascending[^1].Tokens);
    }

    // between the two requests around the place, as in a list that holds each request
    private double Percentile((int Tokens, long Upto)[] ascending, double share)
    {
        var place = share * (Count - 1);
        var below = (long)Math.Floor(place);
        var low = At(ascending, below);
        return low + (place - below) * (At(ascending, Math.Min(below + 1, Count - 1)) - low);
    }

    private static int At((int Tokens, long Upto)[] ascending, long request) => ascending.First(entry => entry.Upto > request).Tokens;

    private long EndOf(int bin, int bins) => (long)((Int128)(bin + 1) * Count / bins);

    // minutes are counted from the first request to the last, empty ones included
    private double? PeakToMean()
    {
        if (_minutes.Count == 0)
        {
            return null;
        }

        var minutes = _minutes.Keys.Max() - _minutes.Keys.Min() + 1;
        return _minutes.Values.Max() / ((double)_minutes.Values.Sum() / minutes);
    }
}
