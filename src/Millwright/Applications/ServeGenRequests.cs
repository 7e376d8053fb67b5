using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>How the load of ServeGen clients is drawn.</summary>
public sealed record ServeGenOptions
{
    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Mean requests/s of all clients together over the time drawn; null for the workload's own. All clients are scaled alike, so that the day shape stays.</summary>
    public double? MeanRatePerSecond { get; init; }

    /// <summary>Start, s on the clock of the workload; the requests' clock starts here.</summary>
    public double FromSeconds { get; init; }

    /// <summary>Time drawn, s; null for to the end of the workload.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Requests at most; null for no such end.</summary>
    public long? Requests { get; init; }

    /// <summary>Lengths of clients that have none; null to refuse such a workload.</summary>
    public LengthDistribution? OtherLengths { get; init; }
}

/// <summary>
/// The requests of many clients in order of arrival. A client's gaps run on the integral of its rate, as in <see cref="ArrivalClock"/>, each gap from the process of the window it
/// begins in. What client i sends depends on the seed and i alone.
/// </summary>
public sealed class ServeGenRequests : IRequestStream
{
    private const int DrawsOfRequest = 8;

    private readonly Sender[] _senders;
    private readonly PriorityQueue<int, (long Arrival, int Client)> _next = new();
    private readonly RandomStream _random;
    private readonly long _untilPicoseconds;
    private readonly long _requests;
    private readonly double _from;
    private readonly LengthDistribution? _other;
    private readonly int[] _numbers;

    /// <summary>Sets up the load.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="options">How it is drawn; null for the workload as it is.</param>
    /// <exception cref="ArgumentException">Clients without lengths and none given for them, a rate that is not above 0, or a time at which the workload has no requests.</exception>
    public ServeGenRequests(ServeGenClients clients, ServeGenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(clients);
        var how = options ?? new ServeGenOptions();
        var until = Math.Min(clients.SpanSeconds, how.FromSeconds + (how.DurationSeconds ?? double.PositiveInfinity));
        if (!(how.FromSeconds >= 0 && until > how.FromSeconds))
        {
            throw new ArgumentException($"from {how.FromSeconds} s until {until} s is no time of the workload, which ends at {clients.SpanSeconds} s", nameof(options));
        }

        var own = clients.MeanRatePerSecond(how.FromSeconds, until);
        var rate = how.MeanRatePerSecond ?? own;
        if (!(rate > 0 && double.IsFinite(rate)) || own == 0)
        {
            throw new ArgumentException($"the rate is {rate} /s and the workload's own {own} /s; both must be above 0", nameof(options));
        }

        if (how.OtherLengths is null && clients.WithoutLengths is { Count: > 0 } without)
        {
            throw new ArgumentException($"{without.Count} of {clients.Count} clients have no lengths, client {without[0]} the first; give lengths for them", nameof(options));
        }

        _from = how.FromSeconds;
        _other = how.OtherLengths;
        _random = new RandomStream(how.Seed);
        _requests = how.Requests ?? long.MaxValue;
        _untilPicoseconds = LoadTime.Until(until - how.FromSeconds);
        _senders = [.. clients.All.Select(c => new Sender(c, _random, rate / own, how.FromSeconds))];
        _numbers = [.. clients.All.Select(static c => c.Number)];
        for (var i = 0; i < _senders.Length; i++)
        {
            Enqueue(i);
        }
    }

    /// <summary>Requests given so far.</summary>
    public long Count { get; private set; }

    /// <summary>Number of the client of the request just read.</summary>
    public int Client { get; private set; }

    /// <inheritdoc/>
    public int BlockTokens => 0;

    /// <inheritdoc/>
    public ReadOnlySpan<ulong> PrefixBlocks => default;

    /// <inheritdoc/>
    public bool TryRead(out TraceRequest request)
    {
        request = default;
        if (Count >= _requests || !_next.TryDequeue(out var index, out var at))
        {
            return false;
        }

        var sender = _senders[index];
        var draw = sender.Sent * DrawsOfRequest;
        var (input, output) = sender.Client.HasLengths
            ? sender.Client.LengthsAt(_from + (double)at.Arrival / TraceStamp.SecondPicoseconds).Draw(_random, sender.LengthVariable, draw)
            : _other!.Draw(_random, sender.LengthVariable, sender.Sent);
        sender.Sent++;
        Enqueue(index);
        Count++;
        Client = _numbers[index];
        request = new TraceRequest(at.Arrival, input, output);
        return true;
    }

    private void Enqueue(int index)
    {
        if (_senders[index].TryNext(out var arrival) && arrival < _untilPicoseconds)
        {
            _next.Enqueue(index, (arrival, index));
        }
    }

    private sealed class Sender(ServeGenClient client, RandomStream random, double factor, double fromSeconds)
    {
        private readonly ulong _gapVariable = RandomStream.KeyOf(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"servegen.{client.Number}.arrivals"));
        private long _gap;
        private long _last;
        private int _window;
        private double _within;

        public ServeGenClient Client => client;

        public ulong LengthVariable { get; } = RandomStream.KeyOf(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"servegen.{client.Number}.lengths"));

        public long Sent { get; set; }

        public bool TryNext(out long picoseconds)
        {
            picoseconds = 0;
            if (!TryWindow(ref _window))
            {
                return false;
            }

            var process = client.Windows[_window].Process!;
            _within += _gap == 0 ? process.FirstGap(random, _gapVariable) : process.Gap(random, _gapVariable, _gap);
            _gap++;
            while (TryWindow(ref _window))
            {
                var start = Math.Max(client.Windows[_window].StartSeconds, fromSeconds);
                var rate = client.Windows[_window].RatePerSecond * factor;
                var area = rate * (client.EndOf(_window) - start);
                if (_within < area)
                {
                    _last = Math.Max(_last, (long)Math.Round((start - fromSeconds + _within / rate) * TraceStamp.SecondPicoseconds));
                    picoseconds = _last;
                    return true;
                }

                _within -= area;
                _window++;
            }

            return false;
        }

        // on to a window that is not over before the start and has requests
        private bool TryWindow(ref int window)
        {
            while (window < client.Windows.Length && (client.Windows[window].RatePerSecond == 0 || client.EndOf(window) <= fromSeconds))
            {
                window++;
            }

            return window < client.Windows.Length;
        }
    }
}
