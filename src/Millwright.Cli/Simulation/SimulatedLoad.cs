using System.Globalization;
using Millwright.Applications;
using Millwright.Cli.Commands;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>The requests of a simulation, and how they come.</summary>
/// <param name="Kind">"trace", "rate" or "concurrency".</param>
/// <param name="Text">In words, such as "poisson arrivals at 20 requests/s".</param>
/// <param name="Requests">The requests in order of arrival.</param>
/// <param name="Concurrency">Requests under way at once in a closed loop; null for arrivals at their own times.</param>
internal sealed record SimulatedLoad(string Kind, string Text, RequestTable Requests, int? Concurrency)
{
    private const int RowsBetweenChecks = 1 << 16;

    // any rate: a search runs the same requests faster or slower
    private const double RateOfPattern = 1;

    /// <summary>Mean input tokens of a request.</summary>
    public double MeanInputTokens => Mean(Requests.InputTokens);

    /// <summary>Mean output tokens of a request.</summary>
    public double MeanOutputTokens => Mean(Requests.OutputTokens);

    /// <summary>Reads or draws the requests.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="maxContextTokens">Longest request that the deployment takes.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <param name="requestsOf">Where the rate is looked for: requests of a given length that make a run long enough; null where the rate is stated.</param>
    /// <returns>The load.</returns>
    /// <exception cref="InputException">It is contradictory, incomplete or wrong.</exception>
    public static SimulatedLoad Of(
        SimulateInput input, int maxContextTokens, ulong seed, TextWriter messages, CancellationToken cancellation, Func<int, int, int>? requestsOf = null)
    {
        int? concurrency = input.Whole("concurrency");
        double? rate = input.Quantity("rate", QuantityKind.TaskRate);
        if (rate is not null && concurrency is not null)
        {
            throw input.Wrong("concurrency", "requests come at a --rate or so many at once, not both");
        }

        if (requestsOf is not null)
        {
            if (rate is not null)
            {
                throw input.Wrong("rate", "the rate is what --find and --frontier look for: leave it out");
            }

            if (concurrency is not null)
            {
                throw input.Wrong("concurrency", "a closed loop has no rate to look for: leave out --concurrency, or --find and --frontier");
            }

            rate = RateOfPattern;
        }

        if (input.Has("arrivals") && rate is null)
        {
            throw input.Wrong("arrivals", "says how requests follow each other at a --rate, which is missing");
        }

        ArrivalProcess? process = rate is null ? null : Process(input);
        if (input.Path("trace") is { } path)
        {
            return OfTrace(input, path, rate, process, concurrency, seed, messages, cancellation, requestsOf is not null);
        }

        if (rate is null && concurrency is null)
        {
            throw input.Wrong("trace", "say how requests come: a --trace, a --rate such as 20/s, or a --concurrency");
        }

        int? stated = input.Whole("requests");
        if (stated is null && requestsOf is null)
        {
            throw input.Wrong("requests", "say how many: --requests 10000");
        }

        int isl = input.Whole("isl") ?? throw input.Wrong("isl", "state the input tokens of a request: --isl 512");
        int osl = input.Whole("osl") ?? throw input.Wrong("osl", "state the output tokens of a request: --osl 128");
        if ((long)isl + osl > maxContextTokens)
        {
            throw input.Wrong("isl", string.Create(CultureInfo.InvariantCulture, $"{isl} + {osl} tokens are longer than the {maxContextTokens} that a request may have"));
        }

        int requests = stated ?? requestsOf!(isl, osl);
        if (concurrency is { } count)
        {
            RequestTable table = new();
            for (int i = 0; i < requests; i++)
            {
                table.Add(0, isl, osl);
            }

            return new SimulatedLoad("concurrency", AtOnce(count), table, concurrency);
        }

        GeneratedRequests drawn = new(process!, RateProfile.Constant(rate!.Value), LengthDistribution.Fixed(isl, osl), seed, requests);
        return new SimulatedLoad("rate", requestsOf is null ? AtRate(input, rate.Value) : Arrivals(input), Table(input, drawn, requests, cancellation), null);
    }

    private static SimulatedLoad OfTrace(
        SimulateInput input, string path, double? rate, ArrivalProcess? process, int? concurrency, ulong seed, TextWriter messages, CancellationToken cancellation, bool isPattern)
    {
        foreach (string length in (string[])["isl", "osl"])
        {
            if (input.Has(length))
            {
                throw input.Wrong(length, "the trace tells the lengths: leave --isl and --osl out, or the --trace");
            }
        }

        int most = input.Whole("requests") ?? int.MaxValue;
        bool hasClock = false;
        RequestTable table = new TraceFile(path).Read(messages, (bytes, _) =>
        {
            TraceRequests trace = TraceRequests.Open(bytes);
            hasClock = trace.HasClock;
            if (hasClock && rate is not null)
            {
                if (!isPattern)
                {
                    throw input.Wrong("rate", "the trace has stamps of its own: leave --rate or --trace out");
                }

                if (input.Has("arrivals"))
                {
                    throw input.Wrong("arrivals", "the trace has stamps of its own, which are stretched: leave --arrivals out");
                }
            }

            if (!hasClock && rate is null && concurrency is null)
            {
                throw input.Wrong("trace", "it has lengths but no stamps: say how its requests come with --rate or --concurrency");
            }

            IRequestStream requests = rate is { } perSecond && !hasClock ? new TimedRequests(trace, new ArrivalClock(process!, RateProfile.Constant(perSecond), seed)) : trace;
            return Table(input, requests, most, cancellation, atStart: concurrency is not null);
        });
        string name = Path.GetFileName(path);
        return concurrency is { } count ? new SimulatedLoad("concurrency", $"lengths of {name}, {AtOnce(count)}", table, concurrency)
            : isPattern ? new SimulatedLoad("rate", hasClock ? $"{name} at its own stamps, stretched" : $"lengths of {name}, {Arrivals(input)}", table, null)
            : rate is { } asked ? new SimulatedLoad("rate", $"lengths of {name}, {AtRate(input, asked)}", table, null)
            : new SimulatedLoad("trace", $"{name} at its own stamps", table, null);
    }

    private static RequestTable Table(SimulateInput input, IRequestStream stream, int most, CancellationToken cancellation, bool atStart = false)
    {
        RequestTable table = new();
        try
        {
            while (table.Count < most && stream.TryRead(out TraceRequest request))
            {
                // in a closed loop requests come when others end, whatever their stamps say
                table.Add(atStart ? 0 : request.ArrivalPicoseconds, request.InputTokens, request.OutputTokens);
                if (table.Count % RowsBetweenChecks == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }
        catch (InvalidOperationException problem)
        {
            // arrivals beyond the longest time that can be simulated
            throw input.Wrong("rate", problem.Message);
        }

        return table;
    }

    private static ArrivalProcess Process(SimulateInput input)
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

    private static string Arrivals(SimulateInput input) => $"{input.Text("arrivals") ?? "poisson"} arrivals";

    private static string AtRate(SimulateInput input, double rate) => string.Create(CultureInfo.InvariantCulture, $"{Arrivals(input)} at {rate:0.######} requests/s");

    private static double Mean(ReadOnlySpan<int> values)
    {
        long sum = 0;
        foreach (int value in values)
        {
            sum += value;
        }

        return values.Length == 0 ? 0 : (double)sum / values.Length;
    }
}
