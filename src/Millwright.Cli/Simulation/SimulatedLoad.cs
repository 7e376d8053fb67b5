using System.Globalization;
using Millwright.Applications;
using Millwright.Cli.Commands;
using Millwright.Cli.Output;
using Millwright.Numerics;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Cli.Simulation;

/// <summary>The requests of a simulation, and how they come. They are read or drawn while the simulation runs.</summary>
internal sealed class SimulatedLoad
{
    private readonly SimulateInput _input;
    private readonly TextWriter _messages;
    private readonly int _most;
    private readonly double? _durationSeconds;
    private readonly string? _trace;
    private readonly Func<IRequestStream>? _drawn;
    private readonly Func<ArrivalClock>? _clock;

    private SimulatedLoad(SimulateInput input, TextWriter messages, string kind, string text, int? concurrency, string? trace, Func<IRequestStream>? drawn, Func<ArrivalClock>? clock, double? durationSeconds)
    {
        _input = input;
        _messages = messages;
        Kind = kind;
        Text = text;
        Concurrency = concurrency;
        _trace = trace;
        _drawn = drawn;
        _clock = clock;
        _most = input.Whole("requests") ?? int.MaxValue;
        _durationSeconds = durationSeconds;
    }

    /// <summary>"trace", "rate" or "concurrency".</summary>
    public string Kind { get; }

    /// <summary>In words, such as "poisson arrivals at 20 requests/s".</summary>
    public string Text { get; }

    /// <summary>Requests under way at once in a closed loop; null for arrivals at their own times.</summary>
    public int? Concurrency { get; }

    /// <summary>Understands what is asked for.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="maxContextTokens">Longest request that the deployment takes.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <returns>The load.</returns>
    /// <exception cref="InputException">It is contradictory, incomplete or wrong.</exception>
    public static SimulatedLoad Of(SimulateInput input, int maxContextTokens, ulong seed, TextWriter messages)
    {
        int? concurrency = input.Whole("concurrency");
        double? rate = input.Quantity("rate", QuantityKind.TaskRate);
        RateProfile? profile = ProfileOf(input, rate);
        rate ??= profile?.Points[0].RatePerSecond;
        if (rate is not null && concurrency is not null)
        {
            throw input.Wrong("concurrency", "requests come at a --rate or so many at once, not both");
        }

        if (input.Has("arrivals") && rate is null)
        {
            throw input.Wrong("arrivals", "says how requests follow each other at a --rate, which is missing");
        }

        double? duration = Duration(input, rate);
        ArrivalProcess? process = rate is null ? null : Process(input);
        if (input.Path("trace") is { } path)
        {
            CheckTrace(input);
            string name = Path.GetFileName(path);
            return concurrency is { } many ? new SimulatedLoad(input, messages, "concurrency", $"lengths of {name}, {AtOnce(many)}", concurrency, path, null, null, null)
                : rate is { } asked ? new SimulatedLoad(
                    input, messages, "rate", $"lengths of {name}, {AtRate(input, asked)}", null, path, null, () => new ArrivalClock(process!, profile!, seed), duration)
                : new SimulatedLoad(input, messages, "trace", $"{name} at its own stamps", null, path, null, null, null);
        }

        if (rate is null && concurrency is null)
        {
            throw input.Wrong("trace", "say how requests come: a --trace, a --rate such as 20/s, or a --concurrency");
        }

        int? requests = input.Whole("requests");
        if (requests is null && duration is null)
        {
            throw input.Wrong("requests", "say how many: --requests 10000");
        }

        LengthDistribution lengths = Lengths(input, maxContextTokens, messages, out string of);
        return concurrency is { } count
            ? new SimulatedLoad(input, messages, "concurrency", of + AtOnce(count), concurrency, null, () => new LengthsAlone(lengths, seed), null, null)
            : new SimulatedLoad(
                input, messages, "rate", of + AtRate(input, rate!.Value), null, null, () => new GeneratedRequests(process!, profile!, lengths, seed, requests, duration), null, duration);
    }

    /// <summary>Runs the requests through a fleet.</summary>
    /// <param name="plan">The fleet.</param>
    /// <param name="keepsAll">True to forget no request: for exact percentiles of any number.</param>
    /// <param name="classes">Puts requests into classes; null for none.</param>
    /// <param name="leaving">Told each request in the order in which they came, once it is done; null for nobody.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened, and the fleets with the caches that the load asks for.</returns>
    /// <exception cref="InputException">The trace is wrong, or cannot be read.</exception>
    public (FleetRun Run, ServicePlan Plan) Run(ServicePlan plan, bool keepsAll, ClassDraw? classes, Action<RequestTable, int>? leaving, CancellationToken cancellation)
    {
        if (_trace is null)
        {
            using ProgressLine line = new(_messages, "simulating");
            return (FleetSimulator.Run(plan, Intake(Guard(_drawn!()), ShareOfDrawn), line, cancellation), plan);
        }

        return new TraceFile(_trace).Read(
            _messages,
            (bytes, progress) =>
            {
                TraceRequests trace = TraceRequests.Open(bytes);
                if (trace.HasClock && Kind == "rate")
                {
                    throw _input.Wrong("rate", "the trace has stamps of its own: leave --rate or --trace out");
                }

                if (!trace.HasClock && Kind == "trace")
                {
                    throw _input.Wrong("trace", "it has lengths but no stamps: say how its requests come with --rate or --concurrency");
                }

                IRequestStream requests = _clock is null ? trace : Guard(new TimedRequests(trace, _clock()));

                // prompts that tell what they hold find it in the cache, unless it is said otherwise
                ServicePlan caching = requests.BlockTokens > 0 && !_input.Has("prefix-cache") ? plan.WithPrefixes() : plan;
                return (FleetSimulator.Run(caching, Intake(requests, null), new ByTrace(progress), cancellation), caching);
            },
            "simulating");

        RequestIntake Intake(IRequestStream requests, Func<RequestTable, double>? share) => new(Sampled(requests, plan))
        {
            Most = _most,
            KeptRequests = keepsAll ? int.MaxValue : SimulationReport.MostExact,
            Leaving = leaving,
            Classes = classes,
            ShareRead = share,
        };
    }

    internal static void CheckTrace(SimulateInput input)
    {
        foreach (string length in (string[])["isl", "osl", "lengths"])
        {
            if (input.Has(length))
            {
                throw input.Wrong(length, "the trace tells the lengths: leave --isl, --osl and --lengths out, or the --trace");
            }
        }
    }

    // some replicas stand for all: only their requests count
    private IRequestStream Sampled(IRequestStream requests, ServicePlan plan) => _input.Whole("sample-replicas") is { } sample
        ? new SampledRequests(requests, sample, SimulatedService.AllReplicas(_input, plan), plan.Fleets[0].Router == RouterKind.RoundRobin, plan.Fleets[0].Seed)
        : requests;

    private double ShareOfDrawn(RequestTable requests) => Math.Max(
        (double)requests.Count / _most, _durationSeconds is { } all ? SimulatedTime.ToSeconds(requests.LastArrivalPicoseconds) / all : 0);

    private GuardedRequests Guard(IRequestStream requests) =>
        new(requests, _input, _trace is null || _durationSeconds is null ? long.MaxValue : SimulatedTime.FromSeconds(_durationSeconds.Value));

    private static RateProfile? ProfileOf(SimulateInput input, double? rate)
    {
        const string Wanted = "TIME:RATE is wanted for each place, such as \"0h:10/s, 8h:40/s, 24h:10/s\"";
        if (input.Text("rate-over-time") is not { } text)
        {
            return rate is { } constant ? RateProfile.Constant(constant) : null;
        }

        if (rate is not null)
        {
            throw input.Wrong("rate-over-time", "requests come at one --rate or at a rate that changes, not both");
        }

        List<RatePoint> points = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split(':', StringSplitOptions.TrimEntries);
            if (pair.Length != 2 || !QuantityText.TryParse(pair[0], QuantityKind.Duration, false, out Amount? time, out _) || !QuantityText.TryParse(pair[1], QuantityKind.TaskRate, false, out Amount? perSecond, out _))
            {
                throw input.Wrong("rate-over-time", $"\"{part}\" was found; {Wanted}");
            }

            points.Add(new RatePoint(time.Mid, perSecond.Mid));
        }

        try
        {
            return RateProfile.Linear(points);
        }
        catch (ArgumentException problem)
        {
            throw input.Wrong("rate-over-time", $"{problem.Message.Split(" (Parameter")[0]}; {Wanted}");
        }
    }

    private static double? Duration(SimulateInput input, double? rate)
    {
        if (input.Quantity("duration", QuantityKind.Duration) is not { } seconds)
        {
            return null;
        }

        return rate is null ? throw input.Wrong("duration", "says how long requests come at a --rate, which is missing")
            : seconds <= SimulatedTime.MostSeconds / 2 ? seconds
            : throw input.Wrong("duration", string.Create(CultureInfo.InvariantCulture, $"a load lasts at most {SimulatedTime.MostSeconds / 2 / 86400:0} days"));
    }

    internal static LengthDistribution Lengths(SimulateInput input, int maxContextTokens, TextWriter messages, out string of)
    {
        if (input.Path("lengths") is { } path)
        {
            foreach (string length in (string[])["isl", "osl"])
            {
                if (input.Has(length))
                {
                    throw input.Wrong(length, "the file tells the lengths: leave --isl and --osl out, or --lengths");
                }
            }

            of = $"lengths of {Path.GetFileName(path)}, ";
            return LengthsFile.Read(path, messages);
        }

        of = "";
        int isl = input.Whole("isl") ?? throw input.Wrong("isl", "state the input tokens of a request: --isl 512, or --lengths");
        int osl = input.Whole("osl") ?? throw input.Wrong("osl", "state the output tokens of a request: --osl 128, or --lengths");
        return (long)isl + osl <= maxContextTokens
            ? LengthDistribution.Fixed(isl, osl)
            : throw input.Wrong("isl", string.Create(CultureInfo.InvariantCulture, $"{isl} + {osl} tokens are longer than the {maxContextTokens} that a request may have"));
    }

    internal static ArrivalProcess Process(SimulateInput input)
    {
        string text = input.Text("arrivals") ?? "poisson";
        string[] parts = text.ToLowerInvariant().Split(':');
        double variation = 0;
        bool stated = parts.Length == 2 && double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out variation);
        try
        {
            return (parts[0], parts.Length) switch
            {
                ("poisson", 1) => ArrivalProcess.Poisson,
                ("constant", 1) => ArrivalProcess.Constant,
                ("gamma", 2) when stated => ArrivalProcess.Gamma(variation),
                ("weibull", 2) when stated => ArrivalProcess.Weibull(variation),
                _ => throw input.Wrong("arrivals", $"\"{text}\" was found; allowed are poisson, constant, gamma:CV and weibull:CV, such as gamma:2"),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            throw input.Wrong("arrivals", $"\"{text}\" was found; the coefficient of variation lies from 0.01 to 100");
        }
    }

    private static string AtOnce(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} at once");

    internal static string Arrivals(SimulateInput input) => $"{input.Text("arrivals") ?? "poisson"} arrivals";

    private static string AtRate(SimulateInput input, double rate) => input.Text("rate-over-time") is { } places
        ? $"{Arrivals(input)} at {places}"
        : string.Create(CultureInfo.InvariantCulture, $"{Arrivals(input)} at {rate:0.######} requests/s");

    // requests of a closed loop: lengths without times
    private sealed class LengthsAlone(LengthDistribution lengths, ulong seed) : IRequestStream
    {
        private static readonly ulong s_lengths = RandomStream.KeyOf("load.lengths");

        private readonly RandomStream _random = new(seed);
        private long _count;

        public int BlockTokens => 0;

        public ReadOnlySpan<ulong> PrefixBlocks => default;

        public bool TryRead(out TraceRequest request)
        {
            (int input, int output) = lengths.Draw(_random, s_lengths, _count++);
            request = new TraceRequest(0, input, output);
            return true;
        }
    }

    // says in words what a rate can do wrong, and ends at a time
    private sealed class GuardedRequests(IRequestStream requests, SimulateInput input, long untilPicoseconds) : IRequestStream
    {
        public int BlockTokens => requests.BlockTokens;

        public ReadOnlySpan<ulong> PrefixBlocks => requests.PrefixBlocks;

        public bool TryRead(out TraceRequest request)
        {
            try
            {
                return requests.TryRead(out request) && request.ArrivalPicoseconds < untilPicoseconds;
            }
            catch (InvalidOperationException problem)
            {
                // arrivals beyond the longest time that can be simulated
                throw input.Wrong(input.Has("rate-over-time") ? "rate-over-time" : "rate", problem.Message);
            }
        }
    }

    // where in its file a trace is read says how far the run is
    private sealed class ByTrace(IProgress<long> place) : IProgress<double>
    {
        public void Report(double value) => place.Report(0);
    }
}
