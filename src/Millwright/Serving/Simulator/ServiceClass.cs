using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>A class of requests: what they are promised, and in which order they are served.</summary>
/// <param name="Name">Name.</param>
/// <param name="Share">Share of the requests.</param>
/// <param name="Priority">Priority: lower numbers go first, where the engine looks at priorities.</param>
/// <param name="Limits">Limits of the requests that count as good.</param>
public sealed record ServiceClass(string Name, double Share, int Priority, ServiceLimits Limits);

/// <summary>Puts requests into classes by seeded draws: the class of a request depends on the seed and its number alone.</summary>
/// <param name="classes">The classes, whose shares make 1.</param>
/// <param name="seed">Seed of the run.</param>
public sealed class ClassDraw(IReadOnlyList<ServiceClass> classes, ulong seed)
{
    private static readonly ulong s_class = RandomStream.KeyOf("simulator.class");

    private readonly RandomStream _random = new(seed);

    /// <summary>The classes.</summary>
    public IReadOnlyList<ServiceClass> Classes => classes;

    /// <summary>The class of a request.</summary>
    /// <param name="request">Its number.</param>
    /// <returns>The number of its class.</returns>
    public int Of(int request)
    {
        double drawn = _random.Uniform(s_class, request);
        for (int i = 0; i < classes.Count - 1; i++)
        {
            drawn -= classes[i].Share;
            if (drawn < 0)
            {
                return i;
            }
        }

        return classes.Count - 1;
    }
}

/// <summary>The figures of a class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Requests">Its requests.</param>
/// <param name="Finished">Those that finished.</param>
/// <param name="Refused">Those that were refused, for whatever reason.</param>
/// <param name="Good">Those that finished within the limits.</param>
/// <param name="TimeToFirstToken">Time to first token of finished requests.</param>
/// <param name="TimePerOutputToken">Mean time per output token after the first of finished requests with two tokens or more.</param>
public sealed record ClassReport(
    ServiceClass Class, long Requests, long Finished, long Refused, long Good, LatencySummary TimeToFirstToken, LatencySummary TimePerOutputToken)
{
    /// <summary>Makes the figures of all classes of a run, none of whose requests is forgotten.</summary>
    /// <param name="table">The requests.</param>
    /// <param name="classes">The classes.</param>
    /// <returns>A report a class.</returns>
    public static IReadOnlyList<ClassReport> Of(RequestTable table, IReadOnlyList<ServiceClass> classes)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(classes);
        List<ClassReport> reports = [];
        for (int number = 0; number < classes.Count; number++)
        {
            ServiceClass one = classes[number];
            (long toFirst, long perToken) = (ServiceLimits.LongestWithin(one.Limits.TimeToFirstTokenSeconds), ServiceLimits.LongestWithin(one.Limits.TimePerOutputTokenSeconds));
            long requests = 0, finished = 0, open = 0, good = 0;
            QuantileSketch first = new();
            QuantileSketch each = new();
            for (int i = 0; i < table.Count; i++)
            {
                if (table.ClassOf(i) != number)
                {
                    continue;
                }

                requests++;
                if (table.Status[i] != RequestStatus.Finished)
                {
                    open += table.Status[i] == RequestStatus.Open ? 1 : 0;
                    continue;
                }

                finished++;
                long to = table.FirstTokenPicoseconds[i] - table.ArrivalPicoseconds[i];
                long per = table.OutputTokens[i] > 1 ? (table.LastTokenPicoseconds[i] - table.FirstTokenPicoseconds[i]) / (table.OutputTokens[i] - 1) : 0;
                first.Add(to);
                if (table.OutputTokens[i] > 1)
                {
                    each.Add(per);
                }

                good += to <= toFirst && per <= perToken ? 1 : 0;
            }

            reports.Add(new ClassReport(one, requests, finished, requests - finished - open, good, SimulationReport.Summary(first), SimulationReport.Summary(each)));
        }

        return reports;
    }
}
