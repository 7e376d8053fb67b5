using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>A request of a measured run.</summary>
/// <param name="InputTokens">Input tokens.</param>
/// <param name="OutputTokens">Output tokens.</param>
/// <param name="ArrivalSeconds">When it came, s.</param>
/// <param name="ScheduledSeconds">When the engine first took it, s; not a number where that was not measured.</param>
/// <param name="FirstTokenSeconds">When its first token was there, s.</param>
/// <param name="LastTokenSeconds">When its last token was there, s.</param>
public readonly record struct MeasuredRequest(
    int InputTokens, int OutputTokens, double ArrivalSeconds, double ScheduledSeconds, double FirstTokenSeconds, double LastTokenSeconds);

/// <summary>How far a simulated latency is off a measured one over the requests of a run.</summary>
/// <param name="Name">"queueing", "ttft", "tpot" or "e2e".</param>
/// <param name="Requests">Requests that have it.</param>
/// <param name="MeasuredSeconds">Measured mean, s.</param>
/// <param name="SimulatedSeconds">Simulated mean, s.</param>
/// <param name="MedianError">Median over requests of the distance between both, over the measured one; for queueing, which often is nearly 0, over its mean.</param>
/// <param name="NinetiethError">90th percentile of the same.</param>
public sealed record LatencyComparison(string Name, int Requests, double MeasuredSeconds, double SimulatedSeconds, double MedianError, double NinetiethError)
{
    /// <summary>Simulated over measured mean, less 1.</summary>
    public double Error => SimulatedSeconds / MeasuredSeconds - 1;
}

/// <summary>A measured run against a simulation of the same requests at the same times.</summary>
public static class RequestComparison
{
    /// <summary>The requests as a simulation takes them.</summary>
    /// <param name="measured">Requests in order of arrival.</param>
    /// <returns>The table.</returns>
    public static RequestTable TableOf(IEnumerable<MeasuredRequest> measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        RequestTable table = new();
        foreach (MeasuredRequest request in measured)
        {
            table.Add(SimulatedTime.FromSeconds(request.ArrivalSeconds), request.InputTokens, request.OutputTokens);
        }

        return table;
    }

    /// <summary>Compares.</summary>
    /// <param name="measured">The measured requests.</param>
    /// <param name="simulated">The same ones, simulated.</param>
    /// <returns>Time in the queue (where measured), to the first token, per output token after it, and from arrival to the last one.</returns>
    /// <exception cref="ArgumentException">Other requests.</exception>
    public static IReadOnlyList<LatencyComparison> Of(IReadOnlyList<MeasuredRequest> measured, RequestTable simulated)
    {
        ArgumentNullException.ThrowIfNull(measured);
        ArgumentNullException.ThrowIfNull(simulated);
        if (measured.Count != simulated.Count)
        {
            throw new ArgumentException($"{measured.Count} measured requests, {simulated.Count} simulated ones", nameof(simulated));
        }

        List<LatencyComparison> all = [];
        Add("queueing", static m => m.ScheduledSeconds - m.ArrivalSeconds, (_, i) => From(simulated, simulated.ScheduledPicoseconds[i], i), overMean: true);
        Add("ttft", static m => m.FirstTokenSeconds - m.ArrivalSeconds, (_, i) => From(simulated, simulated.FirstTokenPicoseconds[i], i), overMean: false);
        Add(
            "tpot",
            static m => m.OutputTokens > 1 ? (m.LastTokenSeconds - m.FirstTokenSeconds) / (m.OutputTokens - 1) : double.NaN,
            (m, i) => SimulatedTime.ToSeconds(simulated.LastTokenPicoseconds[i] - simulated.FirstTokenPicoseconds[i]) / (m.OutputTokens - 1),
            overMean: false);
        Add("e2e", static m => m.LastTokenSeconds - m.ArrivalSeconds, (_, i) => From(simulated, simulated.LastTokenPicoseconds[i], i), overMean: false);
        return all;

        void Add(string name, Func<MeasuredRequest, double> measuredOf, Func<MeasuredRequest, int, double> simulatedOf, bool overMean)
        {
            List<(double Measured, double Simulated)> pairs = [];
            for (int i = 0; i < measured.Count; i++)
            {
                double value = measuredOf(measured[i]);
                if (double.IsFinite(value) && simulated.Status[i] == RequestStatus.Finished)
                {
                    pairs.Add((value, simulatedOf(measured[i], i)));
                }
            }

            if (pairs.Count > 0)
            {
                double mean = pairs.Average(static p => p.Measured);
                double[] errors = [.. pairs.Select(p => Math.Abs(p.Simulated - p.Measured) / (overMean ? mean : p.Measured)).Order()];
                all.Add(new LatencyComparison(name, pairs.Count, mean, pairs.Average(static p => p.Simulated), Quantile(errors, 0.5), Quantile(errors, 0.9)));
            }
        }
    }

    private static double From(RequestTable table, long time, int i) => SimulatedTime.ToSeconds(time - table.ArrivalPicoseconds[i]);

    private static double Quantile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
}
