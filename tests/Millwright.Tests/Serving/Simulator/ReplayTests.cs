using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Serving.Simulator;
using Millwright.Tests.Performance;
using Millwright.Tests.Serving.Search;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Measured runs replayed: rates found within limits, time outside the steps found again by the fit, and loops of like requests.</summary>
public sealed class ReplayTests
{
    private static readonly ServingPredictor s_mean = new(SearchCases.Library, EngineCalibration.None);
    private static readonly LengthHistogram s_bins = new("bins", "", [100, 200, 400, 800], [60, 100, 80, 120], null, null, "", "", "");

    [Fact]
    public void A_server_takes_the_rate_at_which_its_percentiles_meet_their_limits()
    {
        SimulatedPredictor predictor = new(s_mean);
        ServingCase run = Server(2, 0.5, 0.03);
        ServingEstimate found = predictor.Predict(run, out _)!;
        Assert.InRange(found.TimeToFirstTokenP99Seconds!.Value, 0.01, 0.5);
        Assert.InRange(found.TimePerOutputTokenSeconds, 0.005, 0.03);
        Assert.InRange(found.MaxRequestsPerSecond / s_mean.Predict(run, out _)!.MaxRequestsPerSecond, 0.3, 1.15);
        Assert.Equal(found.MaxRequestsPerSecond * run.Lengths.MeanOutputTokens / 2, found.OutputTokensPerChipSecond, 1e-6);

        // run again, a little above the rate found does not meet them
        StepModel step = s_mean.FittedStepOf(run, found.Layout)!;
        EnginePolicy policy = EnginePolicy.Of(step, 1000);
        int replicas = 2 / found.Layout.Chips;
        GeneratedRequests drawn = new(ArrivalProcess.Poisson, RateProfile.Constant(1), LengthDistribution.FromHistogram(s_bins), 5, 20_000);
        RequestTable table = new();
        while (drawn.TryRead(out TraceRequest request))
        {
            table.Add(request.ArrivalPicoseconds, request.InputTokens, request.OutputTokens);
        }

        RateSearch search = new(new FleetPlan(new StepClock(step, policy.MaxSequences, 1000), policy, replicas), table);
        Assert.True(search.Meets(new ServiceLimits(0.5, 0.03), 0.99, 0.85 * found.MaxRequestsPerSecond, cancellation: TestContext.Current.CancellationToken));
        Assert.False(search.Meets(new ServiceLimits(0.5, 0.03), 0.99, 1.15 * found.MaxRequestsPerSecond, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void More_chips_and_wider_limits_take_more_and_the_answer_is_the_same_twice()
    {
        double two = Rate(Server(2, 0.5, 0.03));
        Assert.Equal(two, Rate(Server(2, 0.5, 0.03)));
        Assert.True(Rate(Server(4, 0.5, 0.03)) > 1.8 * two);
        Assert.True(Rate(Server(2, 0.5, 0.015)) < 0.95 * two);
        Assert.True(Rate(Server(2, 2, 0.1)) > two);

        static double Rate(ServingCase run) => new SimulatedPredictor(s_mean).Predict(run, out _)!.MaxRequestsPerSecond;
    }

    [Fact]
    public void The_time_outside_the_steps_is_found_again_from_replayed_loops()
    {
        EngineFactors made = new(HostSeconds: 2e-3, HostSecondsPerSequence: 2e-5, RequestSeconds: 60e-3, RequestSecondsPerToken: 10e-6);
        SimulatedPredictor predictor = new(new ServingPredictor(
            SearchCases.Library, new EngineCalibration("made", [new EngineFactorsRow(EngineFamily.Vllm, "", made)], [], [], new Dictionary<PredictionKind, ErrorBand>(), 0, 0)));
        List<MeasuredRun> runs = [];
        foreach (double concurrency in new[] { 1.0, 2, 32 })
        {
            foreach (double input in new[] { 200.0, 2000, 8000 })
            {
                ServingCase run = Loop(concurrency, RequestLengths.FromMeans(input, 200), chunked: true) with { Id = $"{concurrency} {input}" };
                ServingEstimate seen = predictor.Predict(run, out _)!;
                runs.Add(new MeasuredRun(run, seen.TimePerOutputTokenSeconds, seen.OutputTokensPerChipSecond, seen.TimeToFirstTokenSeconds, FirstTokenIsMean: true));
            }
        }

        EngineFactors found = new ServingFit(runs, s_mean, "made", new FitSettings(GroupWeight: 2000, PriorScale: 3)).Fit(null, TestContext.Current.CancellationToken).Calibration.FactorsOf(EngineFamily.Vllm, "hgx-h100");
        Assert.Equal(made.RequestSeconds, found.RequestSeconds, 0.15 * made.RequestSeconds);
        Assert.Equal(made.RequestSecondsPerToken, found.RequestSecondsPerToken, 0.3 * made.RequestSecondsPerToken);
    }

    [Fact]
    public void Ends_of_like_requests_scatter_where_decoding_goes_on_beside_prompts_and_only_there()
    {
        RequestLengths lengths = RequestLengths.FromMeans(1000, 400);
        int[] mixed = LoopReplay.Requests(Loop(64, lengths, chunked: true), out int longest).OutputTokens.ToArray();
        Assert.Equal(640, mixed.Length);
        Assert.InRange(mixed.Average(), 398, 402);
        Assert.Equal((380, 420), (mixed.Min(), mixed.Max()));
        Assert.Equal(1420, longest);
        Assert.All(LoopReplay.Requests(Loop(64, lengths, chunked: false), out _).OutputTokens.ToArray(), static tokens => Assert.Equal(400, tokens));

        // lengths that are drawn need no help
        ServingCase drawn = Loop(64, RequestLengths.FromHistogram(s_bins), chunked: true) with { Histogram = s_bins };
        Assert.All(LoopReplay.Requests(drawn, out _).OutputTokens.ToArray(), static tokens => Assert.Contains(tokens, (int[])[60, 100, 80, 120]));
    }

    private static ServingCase Server(int chips, double firstToken, double perToken) => Loop(0, RequestLengths.FromHistogram(s_bins), chunked: true) with
    {
        Layout = null,
        Chips = chips,
        Load = LoadKind.OpenLoop,
        Histogram = s_bins,
        TimeToFirstTokenLimitSeconds = firstToken,
        TimePerOutputTokenLimitSeconds = perToken,
    };

    [Fact]
    public void Sessions_find_their_contexts_again()
    {
        SimulatedPredictor predictor = new(s_mean);
        ServingCase run = Loop(4, RequestLengths.FromMeans(20_000, 200), chunked: true) with { Sessions = new AgentSessions(UsesHostMemory: false) };
        ServingEstimate sessions = predictor.Predict(run, out _)!;
        ServingEstimate anew = predictor.Predict(run with { Sessions = null }, out _)!;

        // nearly all of a context is there: the first token comes far sooner than that of a prompt computed anew, and with less of each other's prompts tokens come faster
        Assert.True(sessions.TimeToFirstTokenSeconds < 0.4 * anew.TimeToFirstTokenSeconds);
        Assert.True(sessions.TimePerOutputTokenSeconds < anew.TimePerOutputTokenSeconds);
        Assert.Equal(sessions.TimePerOutputTokenSeconds, predictor.Predict(run, out _)!.TimePerOutputTokenSeconds);

        // sessions pause between their calls: fewer calls a second than a loop without pauses and with all in the cache would take, yet more tokens than nothing
        Assert.InRange(sessions.MaxRequestsPerSecond, 0.05, 4 / (200 * 0.005));
    }

    private static ServingCase Loop(double concurrency, RequestLengths lengths, bool chunked)
    {
        Deployment deployment = StepCases.Deployment("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Fp8);
        return new ServingCase
        {
            Id = "run",
            Model = deployment.Model,
            System = deployment.System,
            Layout = new ParallelLayout(),
            Precision = deployment.Precision,
            Engine = deployment.Engine with { ChunkedPrefill = chunked },
            Lengths = lengths,
            Load = LoadKind.ClosedLoop,
            Concurrency = concurrency,
        };
    }
}
