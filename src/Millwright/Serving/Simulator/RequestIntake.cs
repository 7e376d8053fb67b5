using Millwright.Applications;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Requests on their way into a simulation, a piece at a time: the replicas go on to the last arrival of a piece before the next one is read, and requests that are
/// done are forgotten in the order in which they came, so that memory does not grow with their number. The results are those of all requests at once.
/// </summary>
/// <param name="requests">The requests in order of arrival.</param>
public sealed class RequestIntake(IRequestStream requests)
{
    private const int LeastPiece = 1 << 14;
    private const int MostPiece = 1 << 16;
    private const int PieceOfReplica = 1 << 12;

    private int _passed;

    /// <summary>Requests at most.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Requests of a piece; 0 for a number that suits the replicas.</summary>
    public int PieceRequests { get; init; }

    /// <summary>No request is forgotten before so many have come: those of a short run stay at hand. The greatest number keeps all.</summary>
    public int KeptRequests { get; init; } = SimulationReport.MostExact;

    /// <summary>Puts requests into classes; null for none, and priorities of the stream.</summary>
    public ClassDraw? Classes { get; init; }

    /// <summary>Told each request in the order in which they came, when it is forgotten or at the end of the run: its table, and its number.</summary>
    public Action<RequestTable, int>? Leaving { get; init; }

    /// <summary>Tells what share of the requests has been read; null where nobody asks.</summary>
    public Func<RequestTable, double>? ShareRead { get; init; }

    /// <summary>Reads a piece.</summary>
    /// <returns>False when there is nothing behind it.</returns>
    internal bool Fill(RequestTable table, ServicePlan plan)
    {
        int piece = PieceRequests > 0 ? PieceRequests : Math.Clamp(plan.Replicas * PieceOfReplica, LeastPiece, MostPiece);
        bool hasKeys = plan.CachesPrefixes && requests.BlockTokens > 0;
        for (int i = 0; i < piece; i++)
        {
            if (table.Count >= Most || !requests.TryRead(out TraceRequest request))
            {
                return false;
            }

            // in a closed loop requests come when others end, whatever their stamps say
            int id = table.Add(plan.Concurrency is null ? request.ArrivalPicoseconds : 0, request.InputTokens, request.OutputTokens);
            if (request.Session >= 0 && plan.RoutesSessions)
            {
                table.SetSession(id, request.Session + 1);
            }

            if (Classes is not null)
            {
                int number = Classes.Of(id);
                table.SetClass(id, number, Classes.Classes[number].Priority);
            }
            else if (request.Priority != 0)
            {
                table.SetClass(id, 0, request.Priority);
            }

            if (hasKeys)
            {
                table.Keys.Add(id, requests.PrefixBlocks, requests.BlockTokens, request.InputTokens);
            }
        }

        return true;
    }

    /// <summary>Forgets what is done, where enough have come.</summary>
    internal void Release(RequestTable table)
    {
        if (table.Count <= KeptRequests)
        {
            return;
        }

        for (; Leaving is not null && _passed < table.Count && table.Status[_passed] != RequestStatus.Open; _passed++)
        {
            Leaving(table, _passed);
        }

        table.ForgetDone();
    }

    /// <summary>Tells of those that are left.</summary>
    internal void End(RequestTable table)
    {
        for (_passed = Math.Max(_passed, table.First); Leaving is not null && _passed < table.Count; _passed++)
        {
            Leaving(table, _passed);
        }
    }
}
