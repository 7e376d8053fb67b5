using System.Diagnostics;
using System.Text.Json;

namespace Millwright.Benchmarks;

/// <summary>Median and least of a few dozen calls in process: what docs/speed.md shows. BenchmarkDotNet tells more and takes longer.</summary>
internal static class QuickTimes
{
    private const int WarmUps = 30;
    private const int Calls = 31;

    /// <summary>Writes milliseconds by operation, and the memory of the process after all of them, as JSON.</summary>
    public static void Write(TextWriter output)
    {
        Operations operations = new();
        Dictionary<string, double> figures = new(StringComparer.Ordinal);
        foreach ((string name, Func<object> run) in AllocationBudgets.Of(operations))
        {
            Measure(name, run);
        }

        Measure("plan with 256 draws", operations.PlanWithDraws);
        using Process process = Process.GetCurrentProcess();
        figures["peak memory MB"] = process.PeakWorkingSet64 / 1e6;
        output.WriteLine(JsonSerializer.Serialize(figures));

        void Measure(string name, Func<object> run)
        {
            double[] times = SortedMilliseconds(run);
            figures[name] = times[Calls / 2];
            figures[name + ", least"] = times[0];
        }
    }

    private static double[] SortedMilliseconds(Func<object> operation)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            GC.KeepAlive(operation());
        }

        double[] times = new double[Calls];
        for (int i = 0; i < Calls; i++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.KeepAlive(operation());
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }
}
