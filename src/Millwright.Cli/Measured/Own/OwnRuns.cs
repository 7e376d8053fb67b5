using Millwright.Catalog;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured.Own;

/// <summary>What the user tells about the service that was measured.</summary>
/// <param name="Model">Model; empty to take the one that the files name.</param>
/// <param name="System">Chip or system.</param>
/// <param name="Engine">Engine; empty to tell it from the tool.</param>
/// <param name="EngineVersion">Its version; may be empty.</param>
/// <param name="Precision">Precision; empty for bf16.</param>
/// <param name="TensorWays">TP.</param>
/// <param name="PipelineStages">PP.</param>
/// <param name="ExpertWays">EP.</param>
/// <param name="AttentionRanks">Attention-DP.</param>
/// <param name="Replicas">Replicas behind the one address.</param>
internal sealed record OwnService(
    string Model, string System, string Engine, string EngineVersion, string Precision, int TensorWays, int PipelineStages, int ExpertWays, int AttentionRanks, int Replicas);

/// <summary>Makes runs of a user's results, by the same reading as the public rows.</summary>
internal static class OwnRuns
{
    /// <summary>Reads files as runs of one service.</summary>
    /// <exception cref="InputException">A file is wrong, or a load cannot be run on the service.</exception>
    public static IReadOnlyList<OwnRun> Read(IReadOnlyList<string> files, OwnService service, CatalogData catalog, ICollection<string> remarks)
    {
        ServingCaseReader reader = new(catalog);
        List<(OwnPoint Point, MappedRow Mapped)> mapped = [];
        foreach (OwnPoint point in files.SelectMany(OwnFile.Read))
        {
            MappedRow row = reader.Read(Row(point, service, mapped.Count));
            if (row.Case is null)
            {
                string hint = row.Reason.Contains("names no model", StringComparison.Ordinal) || row.Reason.Contains("knows no model", StringComparison.Ordinal) ? " Name it with --model." : "";
                throw new InputException(point.File, 0, 0, $"This load cannot be run: {row.Reason}.{hint}");
            }

            if (point is { TimePerOutputTokenMs: null, OutputTokensPerSecond: null })
            {
                throw new InputException(point.File, 0, 0, "The result gives neither a time per output token nor a throughput.");
            }

            foreach (string remark in row.Remarks)
            {
                if (!remarks.Contains(remark))
                {
                    remarks.Add(remark);
                }
            }

            mapped.Add((point, row));
        }

        return [.. mapped.Select(m => new OwnRun(m.Point, m.Mapped.Case!, m.Mapped.Case!.Layout!.Value.Chips * m.Mapped.Case.Replicas, IsLightest(m.Point, mapped)))];
    }

    // Requests wait least in the lightest load of their lengths: its time to first token is that of the prompt.
    private static bool IsLightest(OwnPoint point, List<(OwnPoint Point, MappedRow Mapped)> all) =>
        point.Concurrency is { } flight && all.Where(other => Same(other.Point.InputTokens, point.InputTokens) && Same(other.Point.OutputTokens, point.OutputTokens)).All(other => other.Point.Concurrency is not { } its || flight <= its);

    private static bool Same(double a, double b) => Math.Abs(a / b - 1) < 0.05;

    private static ServingRow Row(OwnPoint point, OwnService service, int place)
    {
        bool byRank = service.AttentionRanks > 1;
        int chips = service.TensorWays * service.AttentionRanks * service.PipelineStages;
        return new ServingRow
        {
            Line = place + 1,
            Id = $"{point.File}#{point.Place}",
            Scenario = point.Concurrency is not null ? "closed-loop" : point.RequestRatePerSecond is not null ? "open-loop" : "max-throughput",
            Model = service.Model.Length > 0 ? service.Model : point.Model,
            Chip = service.System,
            Chips = chips * service.Replicas,
            Framework = service.Engine.Length > 0 ? service.Engine : Engine(point.Tool),
            FrameworkVersion = service.EngineVersion,
            Precision = service.Precision,
            TensorWays = byRank && service.TensorWays == 1 ? service.AttentionRanks : service.TensorWays,
            PipelineStages = service.PipelineStages,
            ExpertWays = byRank && service.TensorWays > 1 ? service.TensorWays * service.AttentionRanks : service.ExpertWays,
            AttentionDataParallel = byRank && service.TensorWays == 1,
            InputTokens = point.InputTokens,
            OutputTokens = point.OutputTokens,
            LengthDistribution = "mean",
            Concurrency = point.Concurrency,
            RequestRatePerSecond = point.RequestRatePerSecond,
            Requests = point.Requests,
        };
    }

    // The tools of AIPerf measure any engine; the others come with one.
    private static string Engine(string tool) =>
        tool.StartsWith("vllm", StringComparison.Ordinal) ? "vLLM" : tool.StartsWith("sglang", StringComparison.Ordinal) ? "SGLang" : tool.StartsWith("trtllm", StringComparison.Ordinal) ? "TensorRT-LLM" : "";
}
