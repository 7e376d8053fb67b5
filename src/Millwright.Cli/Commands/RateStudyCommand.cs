using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Cli.Simulation;
using Millwright.Quantities;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Commands;

/// <summary>The part of <see cref="SimulateCommand"/> that looks for rates instead of running one: --find rate and --frontier.</summary>
internal static class RateStudyCommand
{
    // as long as the runs of MLPerf's load generator: ten minutes of arrivals; the bounds keep a search within minutes and a p99 steady
    private const double RunSeconds = 600;
    private const int LeastRequests = 2_000;
    private const int MostRequests = 50_000;

    private const double DefaultPercentile = 0.99;

    /// <summary>True when rates are to be looked for.</summary>
    public static bool IsAsked(SimulateInput input) => input.Word("find", "rate") is not null || input.Switch("frontier");

    /// <summary>Looks for the rates and shows them.</summary>
    /// <param name="session">Where results go.</param>
    /// <param name="input">What was asked for.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputs">Files by their option.</param>
    /// <param name="cancellation">Stops the search; nothing is shown then.</param>
    public static void Answer(
        Session session, SimulateInput input, CatalogData catalog, IReadOnlyDictionary<string, OutputFile> outputs, CancellationToken cancellation)
    {
        bool finds = input.Has("find");
        ulong seed = SimulateCommand.SeedOf(input);
        CheckKeys(input);
        SimulatedService service = SimulatedService.Of(input, catalog, seed, []);
        FleetPlan plan = service.Plan.Fleets[0];
        ServiceLimits limits = plan.Limits ?? ServiceLimits.None;
        double percentile = Check(input, limits, finds, outputs);
        double? usd = input.Quantity("chip-hour", QuantityKind.MoneyPerChipHour);
        SimulatedDeployment deployment = service.Fleets[0].Deployment;
        LoadPattern load = LoadPattern.Of(input, deployment.Policy.MaxContextTokens, seed, session.Errors, RequestsOf, cancellation);
        plan = load.HasBlocks && !input.Has("prefix-cache") ? plan.WithPrefixes() : plan;
        RateSearch search = SearchOf(input, plan, load);
        RateStudy study = Study(session, input, service.Fleets[0], load, plan, search, limits, percentile, usd, catalog.Hash, cancellation);
        TableDocument document = RateStudyDocument.Of(study);
        PlainTables.Write(document, session.Output);
        SimulateCommand.Write(outputs, "--json", stream => RateStudyJson.Write(study, stream));
        if (outputs.TryGetValue("--html", out OutputFile? page))
        {
            page.Write(RateStudyPage.Write(study, document));
        }

        int RequestsOf(double isl, double osl) => (int)Math.Clamp(
            RunSeconds * SimulationReport.SaturationOf(plan, RequestLengths.FromMeans(isl, osl)), LeastRequests, MostRequests);
    }

    private static void CheckKeys(SimulateInput input)
    {
        foreach (string key in input.Given(
            [
                "beside", "classes", "scale-from", "mtbf", "spill", "sample-replicas", "rate-over-time", "workload", "sessions", "tasks", "task-rate", "task-concurrency", "gap", "reasoning-budget", "sandboxes", "core-hour",
            ]))
        {
            throw input.Wrong(key, "--find and --frontier look at one fleet whose replicas all stay, under requests of one kind at one rate: leave it out");
        }
    }

    private static double Check(SimulateInput input, ServiceLimits limits, bool finds, IReadOnlyDictionary<string, OutputFile> outputs)
    {
        if (finds && double.IsInfinity(limits.TimeToFirstTokenSeconds) && double.IsInfinity(limits.TimePerOutputTokenSeconds))
        {
            throw input.Wrong("find", "say what the rate is to meet: --ttft \"1 s\", --tpot \"40 ms\" or both");
        }

        if (input.Has("percentile") && !finds)
        {
            throw input.Wrong("percentile", "says how many requests are to meet the limits of --find rate, which is missing");
        }

        double percentile = input.Quantity("percentile", QuantityKind.Fraction) ?? DefaultPercentile;
        if (percentile > 1)
        {
            throw input.Wrong("percentile", "at most 100 % of the requests can meet a limit");
        }

        foreach (string option in (string[])["--timeline", "--requests-csv"])
        {
            if (outputs.ContainsKey(option))
            {
                throw ServingOptions.Wrong(option, "shows one run: leave out --find and --frontier, and run the --rate that they find");
            }
        }

        return percentile;
    }

    private static RateSearch SearchOf(SimulateInput input, FleetPlan plan, LoadPattern load)
    {
        if (load.Requests.Count < 2 || load.Requests.LastArrivalPicoseconds == load.Requests.FirstArrivalPicoseconds)
        {
            throw input.Wrong(input.Has("trace") ? "trace" : "requests", "a rate takes two requests or more that do not all come at once");
        }

        return new RateSearch(plan, load.Requests);
    }

    private static RateStudy Study(
        Session session, SimulateInput input, SimulatedFleet fleet, LoadPattern load, FleetPlan plan, RateSearch search, ServiceLimits limits, double percentile,
        double? usd, string catalog, CancellationToken cancellation)
    {
        int threads = plan.Threads;
        double mean = search.MeanSaturation;
        FoundRate saturation;
        using (ProgressLine line = new(session.Errors, "saturation"))
        {
            saturation = search.FindSaturation(mean, threads: threads, progress: line, cancellation: cancellation);
        }

        if (saturation.Rate == 0)
        {
            throw input.Wrong(input.Has("trace") ? "trace" : "requests", "no rate keeps up: the run is too short to tell, ask for more requests");
        }

        FoundRate? found = null;
        RateOutcome? at = null;
        RateOutcome? beyond = null;
        if (input.Has("find"))
        {
            using ProgressLine line = new(session.Errors, "rate");
            found = search.Find(limits, percentile, saturation.Rate, threads: threads, progress: line, cancellation: cancellation);
            at = found.Value.Rate > 0 ? RateSearch.Outcome(search.Run(found.Value.Rate, cancellation).Requests, percentile) : null;
            beyond = double.IsFinite(found.Value.Beyond) && found.Value.Beyond >= search.LeastRate
                ? RateSearch.Outcome(search.Run(found.Value.Beyond, cancellation).Requests, percentile)
                : null;
        }

        FrontierPoint[] frontier = [];
        if (input.Switch("frontier"))
        {
            // the rate found stands among the rungs
            IEnumerable<double> rates = RateFrontier.Shares.Select(share => share * saturation.Rate);
            rates = found is { Rate: > 0 } one ? rates.Append(one.Rate).Order() : rates;
            using ProgressLine line = new(session.Errors, "frontier");
            frontier = RateFrontier.Of(search, plan, [.. rates], saturation.Rate, threads, line, cancellation);
        }

        return new RateStudy(fleet, load, plan, limits, percentile, mean, saturation, found, at, beyond, frontier, usd, catalog);
    }
}
