using Millwright.Applications;
using Millwright.Cli.Commands;
using Millwright.Numerics;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Requests whose rate is looked for: a search runs the same requests faster or slower.</summary>
/// <param name="Text">How they come, in words.</param>
/// <param name="Requests">The requests, at any rate.</param>
internal sealed record LoadPattern(string Text, RequestTable Requests)
{
    private const double AnyRate = 1;
    private const int RowsBetweenChecks = 1 << 16;
    private const int Sample = 1000;

    private static readonly ulong s_sample = RandomStream.KeyOf("load.sample");

    /// <summary>True where the requests tell what their prompts hold.</summary>
    public bool HasBlocks { get; init; }

    /// <summary>Mean input tokens of a request.</summary>
    public double MeanInputTokens => (double)Requests.AllInputTokens / Math.Max(1, Requests.Count);

    /// <summary>Mean output tokens of a request.</summary>
    public double MeanOutputTokens => (double)Requests.AllOutputTokens / Math.Max(1, Requests.Count);

    /// <summary>Reads or draws the requests.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="maxContextTokens">Longest request that the deployment takes.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <param name="requestsOf">Requests of given mean lengths that make a run long enough.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The requests.</returns>
    /// <exception cref="InputException">What was asked for is contradictory, incomplete or wrong.</exception>
    public static LoadPattern Of(SimulateInput input, int maxContextTokens, ulong seed, TextWriter messages, Func<double, double, int> requestsOf, CancellationToken cancellation)
    {
        foreach ((string key, string why) in ((string, string)[])
            [
                ("rate", "the rate is what --find and --frontier look for: leave it out"),
                ("concurrency", "a closed loop has no rate to look for: leave out --concurrency, or --find and --frontier"),
                ("duration", "--find and --frontier run as many requests at each rate: leave it out, or state --requests"),
            ])
        {
            if (input.Has(key))
            {
                throw input.Wrong(key, why);
            }
        }

        ArrivalProcess process = SimulatedLoad.Process(input);
        int most = input.Whole("requests") ?? int.MaxValue;
        if (input.Path("trace") is not { } path)
        {
            LengthDistribution lengths = SimulatedLoad.Lengths(input, maxContextTokens, messages, out string of);
            int requests = input.Whole("requests") ?? RequestsOf(lengths, seed, requestsOf);
            GeneratedRequests drawn = new(process, RateProfile.Constant(AnyRate), lengths, seed, requests);
            return new LoadPattern(of + SimulatedLoad.Arrivals(input), Table(drawn, requests, cancellation));
        }

        SimulatedLoad.CheckTrace(input);
        bool hasClock = false;
        bool hasBlocks = false;
        RequestTable table = new TraceFile(path).Read(messages, (bytes, _) =>
        {
            TraceRequests trace = TraceRequests.Open(bytes);
            hasClock = trace.HasClock;
            hasBlocks = trace.BlockTokens > 0;
            if (hasClock && input.Has("arrivals"))
            {
                throw input.Wrong("arrivals", "the trace has stamps of its own, which are stretched: leave --arrivals out");
            }

            return Table(hasClock ? trace : new TimedRequests(trace, new ArrivalClock(process, RateProfile.Constant(AnyRate), seed)), most, cancellation);
        });
        string name = Path.GetFileName(path);
        return new LoadPattern(hasClock ? $"{name} at its own stamps, stretched" : $"lengths of {name}, {SimulatedLoad.Arrivals(input)}", table) { HasBlocks = hasBlocks };
    }

    private static int RequestsOf(LengthDistribution lengths, ulong seed, Func<double, double, int> requestsOf)
    {
        RandomStream random = new(seed);
        double input = 0;
        double output = 0;
        for (int i = 0; i < Sample; i++)
        {
            (int one, int other) = lengths.Draw(random, s_sample, i);
            (input, output) = (input + one, output + other);
        }

        return requestsOf(input / Sample, output / Sample);
    }

    private static RequestTable Table(IRequestStream stream, int most, CancellationToken cancellation)
    {
        RequestTable table = new();
        while (table.Count < most && stream.TryRead(out TraceRequest request))
        {
            int id = table.Add(request.ArrivalPicoseconds, request.InputTokens, request.OutputTokens);
            if (stream.BlockTokens > 0)
            {
                table.Keys.Add(id, stream.PrefixBlocks, stream.BlockTokens, request.InputTokens);
            }

            if (table.Count % RowsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return table;
    }
}
