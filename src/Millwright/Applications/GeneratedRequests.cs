using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>Requests drawn one by one: arrivals from a clock, lengths from a distribution. Request n depends on the seed and n alone, not on how many are asked for.</summary>
public sealed class GeneratedRequests : IRequestStream
{
    private readonly ArrivalClock _clock;
    private readonly LengthDistribution _lengths;
    private readonly RandomStream _random;
    private readonly ulong _variable;
    private readonly long _requests;
    private readonly long _untilPicoseconds;
    private bool _ended;

    /// <summary>Sets up a load.</summary>
    /// <param name="process">How requests follow each other.</param>
    /// <param name="rates">Their rate.</param>
    /// <param name="lengths">Their lengths.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="requests">Requests at most, at least 0; null for no such end.</param>
    /// <param name="durationSeconds">Time at which requests end, s, above 0 and at most 105 days; null for no such end.</param>
    /// <param name="name">Name of the load: loads of one seed and unlike names are independent.</param>
    /// <exception cref="ArgumentException">Neither end is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An end outside its range.</exception>
    public GeneratedRequests(
        ArrivalProcess process, RateProfile rates, LengthDistribution lengths, ulong seed, long? requests = null, double? durationSeconds = null, string name = "load")
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (requests is null && durationSeconds is null)
        {
            throw new ArgumentException("a load must end: give a number of requests or a time", nameof(requests));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(requests ?? 0, nameof(requests));
        _clock = new ArrivalClock(process, rates, seed, name + ".arrivals");
        _lengths = lengths;
        _random = new RandomStream(seed);
        _variable = RandomStream.KeyOf(name + ".lengths");
        _requests = requests ?? long.MaxValue;
        _untilPicoseconds = LoadTime.Until(durationSeconds);
    }

    /// <summary>Requests given so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public int BlockTokens => 0;

    /// <inheritdoc/>
    public ReadOnlySpan<ulong> PrefixBlocks => default;

    /// <inheritdoc/>
    public bool TryRead(out TraceRequest request)
    {
        request = default;
        if (_ended || Count >= _requests || !_clock.TryNext(out var arrival) || arrival >= _untilPicoseconds)
        {
            _ended = true;
            return false;
        }

        var (input, output) = _lengths.Draw(_random, _variable, Count);
        Count++;
        request = new TraceRequest(arrival, input, output);
        return true;
    }
}
