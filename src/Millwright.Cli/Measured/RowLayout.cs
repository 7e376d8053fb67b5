using System.Numerics;
using Millwright.Models;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>How the chips of a row are cut: one layout with its replicas, two pools, or nothing but their number.</summary>
/// <param name="Layout">Layout of a replica; null when pools are apart or the row tells none.</param>
/// <param name="Replicas">Replicas.</param>
/// <param name="Chips">Chips, where no layout tells them.</param>
/// <param name="Pools">Prefill and decode apart.</param>
/// <param name="Remark">What was read otherwise than it stands there; may be empty.</param>
internal sealed record RowLayout(ParallelLayout? Layout, int Replicas, int? Chips, SplitPools? Pools, string Remark = "")
{
    // Engines cut heads by powers of two; tables that list 12, 20 or 36 as TP have flattened a run with pools apart.
    private const int FewestFlattenedChips = 12;

    private const int MostNarrowChips = 8;

    // TensorRT-LLM docs/source/performance/perf-overview.md, "Running the Benchmark": models with experts run with --ep and enable_attention_dp: true (v1.0), and
    // which these are (v1.2). The tables of v1.0 leave it out.
    private static readonly string[] s_ranksInMaxima = ["deepseek", "gpt-oss", "qwen3", "llama-4-maverick"];

    /// <summary>The cut of a row, or why there is none.</summary>
    public static RowLayout? Of(ServingRow row, RowNotes notes, ModelArchitecture model, out string reason)
    {
        reason = "";
        if (row.IsMlperf)
        {
            return row.Chips is { } chips ? new RowLayout(null, 1, chips, null) : Fail("the row states no number of chips", out reason);
        }

        return row.Apart ? Apart(row, model.HasExperts, out reason) : Together(row, notes, model, out reason);
    }

    private static RowLayout? Together(ServingRow row, RowNotes notes, ModelArchitecture model, out string reason)
    {
        reason = "";
        int pipeline = row.PipelineStages ?? 1;
        int experts = row.ExpertWays ?? 1;
        bool byRank = row.AttentionDataParallel ?? false;
        if (row.TensorWays is not { } tensor)
        {
            return row.Chips is { } all
                ? new RowLayout(null, 1, all, null, "the row states no layout: the best is looked for")
                : Fail("the row states neither a layout nor a number of chips", out reason);
        }

        if (!byRank && tensor >= FewestFlattenedChips && !BitOperations.IsPow2(tensor))
        {
            return new RowLayout(null, 1, row.Chips ?? tensor, null, $"TP of {tensor} is no cut that engines make: the best layout of {row.Chips ?? tensor} chips is looked for");
        }

        if (notes is { ExpertTensorWays: > 1, ExpertWays: > 1 } && notes.ExpertTensorWays == notes.ExpertWays && (byRank || tensor == notes.ExpertTensorWays * notes.ExpertWays))
        {
            // The copy multiplies the TP of the run by its EP, which share the same chips: the same points stand elsewhere in the
            // table with as many chips as either.
            int ways = notes.ExpertWays.Value;
            ParallelLayout shared = byRank ? new(1, pipeline, ways, ways) : new(ways, pipeline, 1, ways);
            return new RowLayout(shared, 1, null, null, $"TP and EP of {ways} share {ways} chips; the row multiplies them");
        }

        if (model.HasExperts && notes is { ExpertTensorWays: { } cut, ExpertWays: { } spread } && cut * spread > 1 && (byRank || cut * spread % tensor == 0))
        {
            int world = cut * spread;
            ParallelLayout told = byRank ? new(1, pipeline, world, spread) : new(tensor, pipeline, world / tensor, spread);
            return With(told, row.Chips is { } stated && stated >= told.Chips ? stated : null);
        }

        if (model.HasExperts && tensor > 1 && row is { ExpertWays: null, AttentionDataParallel: not true } && row.IsThroughputMaximum
            && s_ranksInMaxima.Any(name => model.Id.StartsWith(name, StringComparison.Ordinal)))
        {
            ParallelLayout ranks = new(1, pipeline, tensor, tensor);
            return With(ranks, row.Chips) with { Remark = $"published maxima of models with experts run with attention-DP: TP of {tensor} is read as {ranks}" };
        }

        ParallelLayout layout;
        if (byRank)
        {
            int ranks = tensor > 1 ? tensor : Math.Max(row.Chips ?? 1, experts);
            layout = new ParallelLayout(1, pipeline, ranks, model.HasExperts ? Divisor(experts, ranks) : 1);
        }
        else
        {
            int ranks = model.HasExperts && experts > tensor && experts % tensor == 0 ? experts / tensor : 1;
            layout = new ParallelLayout(tensor, pipeline, ranks, model.HasExperts ? Divisor(experts, tensor * ranks) : 1);
        }

        return With(layout, row.Chips);
    }

    private static RowLayout With(ParallelLayout layout, int? chips)
    {
        if (chips is not { } stated || stated == layout.Chips)
        {
            return new RowLayout(layout, 1, null, null);
        }

        return stated > layout.Chips && stated % layout.Chips == 0
            ? new RowLayout(layout, stated / layout.Chips, null, null)
            : new RowLayout(layout, 1, null, null, $"the layout takes {layout.Chips} chips where the row states {stated}");
    }

    private static RowLayout? Apart(ServingRow row, bool hasExperts, out string reason)
    {
        bool narrow = IsNarrow(row.Decode);
        if (Pool(row.Prefill, "prefill", hasExperts, narrow, out reason) is not var (prefills, prefill) || Pool(row.Decode, "decode", hasExperts, narrow, out reason) is not var (decodes, decode))
        {
            return null;
        }

        SplitPools pools = new(prefills, prefill, decodes, decode);
        return new RowLayout(null, 1, null, pools, row.Chips is { } chips && chips != pools.Chips ? $"the pools take {pools.Chips} chips where the row states {chips}" : "");
    }

    // Workers of a few chips whose TP and EP are both written as 1 come from recipes for low latency, which cut by TP whatever the flag says: a copy of
    // attention on each of four chips leaves 8-bit weights no room, and those runs took place.
    private static bool IsNarrow(in PoolColumns decode) =>
        decode is { Chips: { } chips, Workers: > 0, TensorWays: null or 1, ExpertWays: null or 1 } && chips / decode.Workers.Value is > 1 and <= MostNarrowChips;

    private static (int Workers, ParallelLayout Layout)? Pool(in PoolColumns pool, string name, bool hasExperts, bool narrow, out string reason)
    {
        reason = "";
        int tensor = pool.TensorWays ?? 1;
        int experts = pool.ExpertWays ?? 1;
        bool byRank = pool.AttentionDataParallel ?? (pool.TensorWays is null && experts > 1);
        int workers;
        int chips;
        if (pool is { Chips: > 0, Workers: > 0 })
        {
            workers = pool.Workers.Value;
            chips = Math.DivRem(pool.Chips.Value, workers, out int rest);
            if (rest != 0)
            {
                reason = $"{workers} {name} workers do not divide {pool.Chips} chips";
                return null;
            }
        }
        else if (pool.Workers is > 0)
        {
            workers = pool.Workers.Value;
            chips = Math.Max(tensor, experts);
            if (chips == 1 && byRank)
            {
                reason = $"the chips of a {name} worker are not stated";
                return null;
            }
        }
        else if (pool is { Chips: > 0, Workers: null })
        {
            chips = Math.Max(tensor, experts) is var ways and > 1 ? ways : Math.Min(pool.Chips.Value, 8);
            workers = pool.Chips.Value / chips;
            if (workers < 1 || workers * chips != pool.Chips.Value)
            {
                reason = $"{pool.Chips} {name} chips are no multiple of the {chips} of a worker";
                return null;
            }
        }
        else
        {
            reason = $"the row states no {name} workers";
            return null;
        }

        return (workers, Worker(chips, tensor, experts, byRank && !(narrow && tensor == 1 && experts == 1), hasExperts));
    }

    // Several sources write 1 for both TP and EP where a worker has many chips: attention-DP then spreads the experts over all, its absence cuts by TP.
    private static ParallelLayout Worker(int chips, int tensor, int experts, bool byRank, bool hasExperts)
    {
        if (byRank)
        {
            int spread = experts > 1 ? experts : tensor > 1 ? 1 : chips;
            return new ParallelLayout(1, 1, chips, hasExperts ? Divisor(spread, chips) : 1);
        }

        int cut = tensor == 1 && experts == 1 ? chips : Divisor(tensor, chips);
        return new ParallelLayout(cut, 1, chips / cut, hasExperts ? Divisor(experts, chips) : 1);
    }

    // The greatest divisor of the chips that is no more than the ways asked for.
    private static int Divisor(int ways, int chips)
    {
        int divisor = Math.Clamp(ways, 1, chips);
        while (chips % divisor != 0)
        {
            divisor--;
        }

        return divisor;
    }

    private static RowLayout? Fail(string problem, out string reason)
    {
        reason = problem;
        return null;
    }
}
