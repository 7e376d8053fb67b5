using Millwright.Serving.Simulator;

namespace Millwright.Planning;

/// <summary>What the simulation of a deployment says of its plan.</summary>
public enum ConfirmationStatus
{
    /// <summary>The mean latencies are within the limits, as the search promised, with requests that come at random and wait for one another.</summary>
    Confirmed,

    /// <summary>A mean latency is above its limit, or requests are refused.</summary>
    Missed,

    /// <summary>There is no deployment to simulate, or no chips are given to it.</summary>
    NotSimulated,
}

/// <summary>
/// What the requests of a workload meet in its peak hour at one replica of the deployment that the plan chose: a simulation beside the plan, which no figure of the plan depends on.
/// Without a simulation its numbers are not numbers.
/// </summary>
/// <param name="Workload">Name of the workload.</param>
/// <param name="Deployment">The deployment in words: model, system, layout, engine, precision and batch; empty where there is none.</param>
/// <param name="Status">What it says.</param>
/// <param name="Verdict">The same in words: the share of requests within the limits, or what is missed and the rate that holds, or why nothing was simulated.</param>
/// <param name="Requests">Simulated requests that the figures are of.</param>
/// <param name="RequestsPerSecond">Requests a second at the replica in the peak hour, 1/s.</param>
/// <param name="SaturationShare">That rate over the one that fills the batch to what memory and engine hold.</param>
/// <param name="TimeToFirstToken">Time to first token, waiting included, s.</param>
/// <param name="TimePerOutputToken">Time per output token of a request, s.</param>
/// <param name="WithinLimits">Share of the requests that meet both limits.</param>
/// <param name="HoldingRequestsPerSecond">Requests a second at which the means meet the limits: the rate itself where it is confirmed; 0 where none does, 1/s.</param>
/// <param name="CachedShare">Share of the input tokens that the simulated cache held.</param>
public sealed record WorkloadConfirmation(
    string Workload,
    string Deployment,
    ConfirmationStatus Status,
    string Verdict,
    int Requests,
    double RequestsPerSecond,
    double SaturationShare,
    LatencySummary TimeToFirstToken,
    LatencySummary TimePerOutputToken,
    double WithinLimits,
    double HoldingRequestsPerSecond,
    double CachedShare)
{
    /// <summary>Share of the peak hour's rate at which the means meet the limits: 1 where it is confirmed.</summary>
    public double HoldingShare => HoldingRequestsPerSecond / RequestsPerSecond;

    /// <summary>A workload without a simulation.</summary>
    /// <param name="workload">Its name.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The record.</returns>
    internal static WorkloadConfirmation None(string workload, string reason)
    {
        LatencySummary none = new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        return new WorkloadConfirmation(
            workload, "", ConfirmationStatus.NotSimulated, "not simulated: " + reason, 0, double.NaN, double.NaN, none, none, double.NaN, double.NaN, double.NaN);
    }
}
