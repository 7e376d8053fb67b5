using System.Globalization;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Serving.Search;
using Millwright.Serving.Simulator;

namespace Millwright.Planning.Stages;

/// <summary>What a finished plan says of a workload, as far as its simulation needs it.</summary>
/// <param name="Name">Name of the workload.</param>
/// <param name="Chosen">The deployment.</param>
/// <param name="Lengths">Lengths of its requests.</param>
/// <param name="Histogram">Bins behind them, or null.</param>
/// <param name="Limits">Limits of a request.</param>
/// <param name="RequestsPerSecond">Requests a second at one replica in the peak hour; 0 without chips.</param>
/// <param name="BoundBy">What keeps the workload from more, in the words of the plan.</param>
internal sealed record PeakHour(
    string Name, ChosenDeployment Chosen, RequestLengths Lengths, LengthHistogram? Histogram, ServiceLimits Limits, double RequestsPerSecond, string BoundBy);

/// <summary>Simulates the deployments of a finished plan, each at one replica in its peak hour.</summary>
internal static class ConfirmationStage
{
    // relative width of the span in which the rate that holds is found
    private const double RateTolerance = 0.02;

    /// <summary>Simulates one.</summary>
    /// <param name="peak">What the plan says.</param>
    /// <param name="seed">Seed of the scenario.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static WorkloadConfirmation Confirm(PeakHour peak, ulong seed, CancellationToken cancellation)
    {
        ServingPoint point = peak.Chosen.Point;
        if (peak.Chosen.Step is not { } step)
        {
            return WorkloadConfirmation.None(peak.Name, "infeasible, " + point.Reason);
        }

        if (!(peak.RequestsPerSecond > 0))
        {
            return WorkloadConfirmation.None(peak.Name, "no chips are given to it, " + peak.BoundBy);
        }

        SteadyReplica replica = new(
            step, peak.Lengths, peak.Histogram, peak.Limits, peak.RequestsPerSecond, point.TimeToFirstTokenSeconds, point.TimePerOutputTokenSeconds, seed ^ RandomStream.KeyOf(peak.Name));
        SteadyOutcome outcome = replica.Run(peak.RequestsPerSecond, cancellation);
        bool holds = outcome.MeansMeet(peak.Limits);
        double holding = holds ? peak.RequestsPerSecond : outcome.Refused == outcome.Requests ? 0 : replica.GreatestRate(peak.RequestsPerSecond, RateTolerance, cancellation);
        return new WorkloadConfirmation(
            peak.Name,
            NameOf(step.Deployment, point),
            holds ? ConfirmationStatus.Confirmed : ConfirmationStatus.Missed,
            Words(outcome, peak.Limits, holds, holding / peak.RequestsPerSecond, replica.IsFilled),
            outcome.Requests,
            peak.RequestsPerSecond,
            peak.RequestsPerSecond / replica.SaturationRequestsPerSecond,
            outcome.TimeToFirstToken,
            outcome.TimePerOutputToken,
            outcome.WithinLimits,
            holding,
            outcome.CachedShare);
    }

    private static string Words(SteadyOutcome outcome, ServiceLimits limits, bool holds, double holdingShare, bool isFilled)
    {
        string refused = outcome.Refused > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {(double)outcome.Refused / outcome.Requests * 100:0.#} % are refused, longer than the model's context or the cache") : "";
        string beside = refused + (isFilled ? "" : string.Create(CultureInfo.InvariantCulture, $"; {SteadyReplica.MostRequests:#,0} requests do not fill the replica"));
        if (holds)
        {
            return string.Create(CultureInfo.InvariantCulture, $"confirmed: the means hold, {outcome.WithinLimits * 100:0.#} % of requests meet both limits{beside}");
        }

        if (outcome.Refused == outcome.Requests)
        {
            return "missed: every request is longer than the model's context or the cache";
        }

        List<string> missed = [];
        Miss(missed, "TTFT", outcome.TimeToFirstToken.Mean, limits.TimeToFirstTokenSeconds);
        Miss(missed, "TPOT", outcome.TimePerOutputToken.Mean, limits.TimePerOutputTokenSeconds);
        string rate = holdingShare > 0
            ? string.Create(CultureInfo.InvariantCulture, $"the means hold at {holdingShare * 100:0.#} % of the rate")
            : "the means hold at no rate";
        return string.Create(CultureInfo.InvariantCulture, $"missed: {string.Join(" and ", missed)}, {outcome.WithinLimits * 100:0.#} % of requests meet both limits; {rate}{beside}");
    }

    private static void Miss(List<string> missed, string what, double seconds, double limit)
    {
        if (seconds > limit)
        {
            missed.Add(string.Create(CultureInfo.InvariantCulture, $"mean {what} {More(seconds / limit - 1)} % above its limit"));
        }
    }

    // the share above a limit in per cent; a small one with as many digits as it takes to see it
    private static string More(double share) => (share * 100).ToString(share < 0.1 ? "0.##" : "0", CultureInfo.InvariantCulture);

    private static string NameOf(Deployment deployment, ServingPoint point) => string.Create(
        CultureInfo.InvariantCulture,
        $"{deployment.Model.Id} on {point.ChipsPerReplica} {(point.ChipsPerReplica == 1 ? "chip" : "chips")} of {deployment.System.Id} as {deployment.Layout}, {EngineOf(deployment.Engine.Family)}, {PrecisionOptions.NameOf(deployment.Precision)}, batch {point.BatchPerReplica:0}");

    private static string EngineOf(EngineFamily family) => family switch
    {
        EngineFamily.Vllm => "vLLM",
        EngineFamily.Sglang => "SGLang",
        _ => "TensorRT-LLM",
    };
}
