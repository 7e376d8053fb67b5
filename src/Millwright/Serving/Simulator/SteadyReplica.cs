using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>What the requests of a steady load met at one rate, warm-up and run-out left aside.</summary>
/// <param name="RequestsPerSecond">Requests a second that came, 1/s.</param>
/// <param name="Requests">Requests that were looked at.</param>
/// <param name="Refused">Those of them that were longer than the model's context or than the whole cache.</param>
/// <param name="TimeToFirstToken">Time to first token of the others, s.</param>
/// <param name="TimePerOutputToken">Their time per output token after the first, where they have several, s.</param>
/// <param name="WithinLimits">Share of the requests looked at that met both limits.</param>
/// <param name="CachedShare">Share of the input tokens of all requests that the prefix cache held.</param>
internal sealed record SteadyOutcome(
    double RequestsPerSecond, int Requests, int Refused, LatencySummary TimeToFirstToken, LatencySummary TimePerOutputToken, double WithinLimits, double CachedShare)
{
    /// <summary>True where requests are served and their means meet both limits.</summary>
    public bool MeansMeet(ServiceLimits limits) =>
        Refused < Requests && TimeToFirstToken.Mean <= limits.TimeToFirstTokenSeconds && TimePerOutputToken.Mean <= limits.TimePerOutputTokenSeconds;
}

/// <summary>
/// One replica under a Poisson load of a workload's lengths, long enough to fill: what its requests meet when they come at random, where
/// <see cref="MeanReplica"/> knows the mean alone. The same requests in the same order come at every rate. Deterministic for a seed.
/// </summary>
internal sealed class SteadyReplica
{
    /// <summary>Requests that are looked at.</summary>
    public const int LookedAt = 2_000;

    /// <summary>Most requests of a run, those that fill the replica and those that keep it filled included.</summary>
    public const int MostRequests = 30_000;

    // warm-up lasts until so much of the work that is under way in the end is missing still
    private const double Unfilled = 0.02;

    private const int BlocksOfPrompt = 64;

    // rates below that share of the one asked for are not looked for
    private const double LeastShare = 0.01;

    // first share of a rate that is tried where the rate itself is too much
    private const double FirstStride = 0.95;

    private static readonly ulong s_gap = RandomStream.KeyOf("confirmation.gap");
    private static readonly ulong s_order = RandomStream.KeyOf("confirmation.order");
    private static readonly ulong s_fraction = RandomStream.KeyOf("confirmation.fraction");
    private static readonly ulong s_prefix = RandomStream.KeyOf("confirmation.prefix");

    private readonly FleetPlan _plan;
    private readonly RateSearch _search;
    private readonly ServiceLimits _limits;
    private readonly int _from;
    private readonly int _to;

    /// <summary>Prepares the load.</summary>
    /// <param name="step">What a step of the replica costs.</param>
    /// <param name="lengths">Lengths of the requests and the share of their input that is cached.</param>
    /// <param name="histogram">Bins of equal weight behind the lengths; null for requests that are all alike.</param>
    /// <param name="limits">Limits of a request.</param>
    /// <param name="requestsPerSecond">Rate that the length of the run is made for, 1/s.</param>
    /// <param name="firstTokenSeconds">Time to first token at that rate, about, s.</param>
    /// <param name="perTokenSeconds">Time per output token at that rate, about, s.</param>
    /// <param name="seed">Seed of gaps and lengths.</param>
    public SteadyReplica(
        StepModel step, RequestLengths lengths, LengthHistogram? histogram, ServiceLimits limits, double requestsPerSecond, double firstTokenSeconds, double perTokenSeconds, ulong seed)
    {
        _limits = limits;
        (double Input, double Output)[] bins = BinsOf(lengths, histogram);
        int filling = (int)Math.Min(MostRequests, Math.Ceiling(requestsPerSecond * FillSeconds(bins, firstTokenSeconds, perTokenSeconds)));
        int count = Math.Min(MostRequests, filling + LookedAt + filling);
        (_from, _to, IsFilled) = filling + LookedAt + filling <= MostRequests
            ? (filling, filling + LookedAt, true)
            : (count / 2, Math.Min(count, count / 2 + LookedAt), false);
        int block = BlockOf(step.Deployment.Engine, lengths);
        RequestTable table = Draw(bins, lengths.CachedShare, count, block, seed, out int longest, out int longestShared);
        EnginePolicy policy = EnginePolicy.Of(step, Math.Min(longest, step.Deployment.Model.MaxContextTokens), blockTokens: block);
        if (lengths.CachedShare > 0)
        {
            // all prompts begin alike, so that one copy serves all; the plan counts a copy for each sequence, for which room is taken away
            double held = lengths.HeldTokens(policy.NoEvict);
            double own = 1 - lengths.CachedShare * lengths.DecodeInputTokens / held;
            policy = policy with { CachesPrefixes = true, CacheBlocks = (long)(policy.CacheBlocks * own) + longestShared / block };
        }

        StepClock clock = new(step, policy.MaxSequences, policy.MaxContextTokens, ahead: policy.Asynchronous);
        _plan = new FleetPlan(clock, policy);
        _search = new RateSearch(_plan, table);
        SaturationRequestsPerSecond = SimulationReport.SaturationOf(_plan, lengths);
    }

    /// <summary>Requests a second that fill the batch to what memory and engine hold, in the mean, 1/s.</summary>
    public double SaturationRequestsPerSecond { get; }

    /// <summary>False where <see cref="MostRequests"/> end before the replica has filled: it then does a little better than it would.</summary>
    public bool IsFilled { get; }

    /// <summary>Runs the load at a rate.</summary>
    /// <param name="requestsPerSecond">The rate, 1/s, above 0.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public SteadyOutcome Run(double requestsPerSecond, CancellationToken cancellation = default)
    {
        FleetRun run = _search.Run(requestsPerSecond, cancellation);
        cancellation.ThrowIfCancellationRequested();
        RequestTable requests = run.Requests;
        int looked = _to - _from;
        long[] first = new long[looked];
        long[] perToken = new long[looked];
        (int finished, int several, int within) = (0, 0, 0);
        for (int i = _from; i < _to; i++)
        {
            if (requests.Status[i] != RequestStatus.Finished)
            {
                continue;
            }

            long toFirst = requests.FirstTokenPicoseconds[i] - requests.ArrivalPicoseconds[i];
            first[finished++] = toFirst;
            long token = 0;
            if (requests.OutputTokens[i] > 1)
            {
                token = (requests.LastTokenPicoseconds[i] - requests.FirstTokenPicoseconds[i]) / (requests.OutputTokens[i] - 1);
                perToken[several++] = token;
            }

            within += SimulatedTime.ToSeconds(toFirst) <= _limits.TimeToFirstTokenSeconds && SimulatedTime.ToSeconds(token) <= _limits.TimePerOutputTokenSeconds ? 1 : 0;
        }

        double asked = (double)run.Monitor.PromptTokens + run.Monitor.CachedTokens;
        return new SteadyOutcome(
            requestsPerSecond,
            looked,
            looked - finished,
            SummaryOf(first.AsSpan(0, finished)),
            SummaryOf(perToken.AsSpan(0, several)),
            (double)within / looked,
            asked > 0 ? run.Monitor.CachedTokens / asked : 0);
    }

    /// <summary>Looks for the greatest rate below one that misses the limits at which the means meet them.</summary>
    /// <param name="missing">A rate at which they do not, 1/s.</param>
    /// <param name="tolerance">Relative width of the span between the rate found and the one beyond.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>The rate, 1/s; 0 where not even a hundredth of it does.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public double GreatestRate(double missing, double tolerance, CancellationToken cancellation = default)
    {
        // halved by ratio until a rate holds, then the span between: queues make most of the difference near the rate itself, so that the first step is a small one
        double high = missing;
        double low = missing * FirstStride;
        for (double stride = FirstStride; !Run(low, cancellation).MeansMeet(_limits); stride *= stride)
        {
            if (low < missing * LeastShare)
            {
                return 0;
            }

            (high, low) = (low, low * stride);
        }

        while (high > low * (1 + tolerance))
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = Run(middle, cancellation).MeansMeet(_limits) ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static LatencySummary SummaryOf(Span<long> picoseconds)
    {
        picoseconds.Sort();
        return LatencySummary.OfSorted(picoseconds);
    }

    private static (double Input, double Output)[] BinsOf(RequestLengths lengths, LengthHistogram? histogram)
    {
        if (histogram is null)
        {
            return [(lengths.MeanInputTokens, lengths.MeanOutputTokens)];
        }

        double input = lengths.MeanInputTokens / histogram.InputTokens.Average();
        double output = lengths.MeanOutputTokens / histogram.OutputTokens.Average();
        return [.. histogram.InputTokens.Zip(histogram.OutputTokens, (i, o) => (i * input, o * output))];
    }

    // Prefixes are looked up block by block, which takes most of the time of long prompts: coarser blocks, of which a mean prompt still fills so many, do as well.
    private static int BlockOf(EngineSettings engine, RequestLengths lengths)
    {
        int block = EnginePolicy.DefaultBlockTokens(engine.Family);
        while (lengths.CachedShare > 0 && lengths.MeanInputTokens > 2.0 * BlocksOfPrompt * block)
        {
            block *= 2;
        }

        return block;
    }

    // the time after which all but a few of the tokens that are under way in a full replica belong to requests that came: stays beyond it are rare
    private static double FillSeconds((double Input, double Output)[] bins, double firstTokenSeconds, double perTokenSeconds)
    {
        double[] stays = [.. bins.Select(bin => firstTokenSeconds + bin.Output * perTokenSeconds).Order()];
        double missing = stays.Sum() * Unfilled;
        double beyond = 0;
        for (int i = stays.Length - 1; i > 0; i--)
        {
            // between two stays, as many as are longer lose the difference
            int longer = stays.Length - i;
            double more = longer * (stays[i] - stays[i - 1]);
            if (beyond + more > missing)
            {
                return stays[i] - (missing - beyond) / longer;
            }

            beyond += more;
        }

        return stays[0];
    }

    // each bin as often as every other, in a drawn order: the load is that of the plan to the token, and as uneven as it comes
    private static RequestTable Draw((double Input, double Output)[] bins, double cachedShare, int count, int block, ulong seed, out int longest, out int longestShared)
    {
        RandomStream random = new(seed);
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int place = Math.Min(i, (int)(random.Uniform(s_order, i) * (i + 1)));
            order[i] = order[place];
            order[place] = i % bins.Length;
        }

        RequestTable table = new();
        (longest, longestShared) = (1, 0);
        double now = 0;
        for (int i = 0; i < count; i++)
        {
            (double meanInput, double meanOutput) = bins[order[i]];
            double fraction = random.Uniform(s_fraction, i);
            int input = Whole(meanInput, fraction);
            int output = Whole(meanOutput, fraction);
            int id = table.Add(SimulatedTime.FromSeconds(now), input, output);
            longest = Math.Max(longest, input + output);
            if (cachedShare > 0)
            {
                // whole blocks are found again, and the last token of a prompt is always computed
                int shared = Math.Min((int)Math.Round(cachedShare * input / block), (input - 1) / block) * block;
                table.Keys.Add(id, s_prefix, shared, RandomStream.Mix(s_prefix + 1 + (ulong)id));
                longestShared = Math.Max(longestShared, shared);
            }

            now -= Math.Log(random.Uniform(s_gap, i));
        }

        return table;

        static int Whole(double tokens, double fraction) => Math.Max(1, (int)Math.Floor(tokens + fraction));
    }
}
