using System.Globalization;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>
/// The most that one chip makes of a workload: over the layouts of a replica inside one scale-up domain, and over batches, the greatest output a
/// chip-second that meets the
/// time to first token, the time per output token and the memory. Pure: same input, same bits.
/// </summary>
/// <example>
/// <code>
/// var chip = ChipTimer.Create(system, catalog.OperatorCurves, out var reason);
/// var demand = new ServingDemand(RequestLengths.FromMeans(1155, 211), OperandPrecision.Fp8, 2, 0.04);
/// var point = ServingCapacity.Find(model, chip!, demand);
/// </code>
/// </example>
public static class ServingCapacity
{
    /// <summary>Most chips that products are cut over: models have 32 to 128 heads, and engines cut no further.</summary>
    private const int MostTensorChips = 64;

    /// <summary>Finds the best point of one workload on one system.</summary>
    /// <param name="model">The model.</param>
    /// <param name="chip">The chip.</param>
    /// <param name="demand">Lengths, precision and service objective.</param>
    /// <param name="limits">Settings of the engine; null for those that engines ship with.</param>
    /// <returns>The point; one with <see cref="BatchLimit.Infeasible"/> and the reason in words when nothing meets the objective.</returns>
    public static ServingPoint Find(ModelArchitecture model, ChipTimer chip, ServingDemand demand, EngineLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(chip);
        ArgumentNullException.ThrowIfNull(demand);
        limits ??= EngineLimits.Default;

        var request = demand.Lengths.MeanInputTokens + demand.Lengths.MeanOutputTokens;
        if (request > model.MaxContextTokens)
        {
            return Infeasible(1, string.Create(
                CultureInfo.InvariantCulture,
                $"a mean request of {request:0} tokens is longer than the {model.MaxContextTokens} tokens that {model.Id} takes"));
        }

        Candidate? best = null;
        SteadyState? nearest = null;
        ReplicaModel? largest = null;
        for (var chips = 1; chips <= chip.Peaks.ScaleUpDomain && chips <= Math.Max(MostTensorChips, model.RoutedExperts); chips *= 2)
        {
            if (chips <= MostTensorChips)
            {
                Consider(new ReplicaModel(model, chip, new ReplicaLayout(ReplicaSpread.Tensor, chips), demand, limits));
            }

            if (chips > 1 && chips <= model.RoutedExperts)
            {
                Consider(new ReplicaModel(model, chip, new ReplicaLayout(ReplicaSpread.Expert, chips), demand, limits));
            }
        }

        return best is { } found ? PointOf(model, chip, demand, found) : Infeasible(model, chip, demand, largest!, nearest);

        void Consider(ReplicaModel replica)
        {
            largest = replica;
            if (replica.MostByMemory >= replica.Unit && Search(replica, demand, best?.Rate ?? 0, ref nearest) is { } candidate)
            {
                best = candidate;
            }
        }
    }

    /// <summary>The point of one layout when a fixed number of requests is always in flight, whatever its latencies: how closed-loop measurements are
    /// made.</summary>
    /// <param name="model">The model.</param>
    /// <param name="chip">The chip.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="demand">Lengths and precision; the limits of the objective are not looked at.</param>
    /// <param name="concurrency">Requests in flight on the replica, above 0.</param>
    /// <param name="limits">Settings of the engine; null for those that engines ship with.</param>
    /// <returns>The point; more requests than the cache holds wait outside.</returns>
    public static ServingPoint AtConcurrency(
        ModelArchitecture model, ChipTimer chip, ReplicaLayout layout, ServingDemand demand, double concurrency, EngineLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(chip);
        ArgumentNullException.ThrowIfNull(demand);
        if (!(concurrency > 0 && double.IsFinite(concurrency)))
        {
            throw new ArgumentOutOfRangeException(nameof(concurrency), concurrency, "must be above 0 and finite");
        }

        var replica = new ReplicaModel(model, chip, layout, demand, limits ?? EngineLimits.Default);
        if (replica.MostByMemory <= 0)
        {
            return Infeasible(model, chip, demand, replica, null);
        }

        // Little: requests in flight = batch (1 + TTFT / time of the output)
        var most = Math.Min(concurrency, replica.MostByMemory);
        var low = 0.0;
        var high = most;
        for (var i = 0; i < 40 && high - low > 1e-6 * high; i++)
        {
            var batch = (low + high) / 2;
            var state = replica.At(batch);
            var inFlight = batch * (1 + state.TimeToFirstTokenSeconds / (demand.Lengths.MeanOutputTokens * state.TimePerOutputTokenSeconds));
            (low, high) = inFlight <= concurrency ? (batch, high) : (low, batch);
        }

        return PointOf(model, chip, demand, new Candidate(replica, replica.At(low), most < concurrency ? BatchLimit.Memory : BatchLimit.Engine));
    }

    private static Candidate? Search(ReplicaModel replica, ServingDemand demand, double rateToBeat, ref SteadyState? nearest)
    {
        var (room, bound) = replica.MostByMemory <= replica.MostByEngine
            ? (replica.MostByMemory, BatchLimit.Memory)
            : (replica.MostByEngine, BatchLimit.Engine);
        var most = Math.Max(1, (int)(room / replica.Unit));
        var state = replica.At((double)most * replica.Unit);

        // the time of a step grows slower than its batch, so that no smaller batch makes more
        if (Rate(replica, state) <= rateToBeat)
        {
            return null;
        }

        if (Meets(state, demand))
        {
            return new Candidate(replica, state, bound);
        }

        // between a batch that meets the objective and one that fails, the excess grows almost in a straight line: aim there, and halve when the aim
        // is bad
        var fails = most;
        var failed = state;
        var meets = 0;
        SteadyState met = default;
        if (most > 1)
        {
            state = replica.At(replica.Unit);
            if (Meets(state, demand))
            {
                (meets, met) = (1, state);
            }
            else
            {
                (fails, failed) = (1, state);
            }
        }

        for (var trial = 0; fails - meets > 1 && Rate(replica, failed) > rateToBeat; trial++)
        {
            var aim = trial % 3 == 2
                ? meets + (fails - meets) / 2
                : meets + (int)((fails - meets) * (1 - Excess(met, demand)) / (Excess(failed, demand) - Excess(met, demand)));
            var middle = Math.Clamp(aim + (trial % 3 == 1 ? 1 : 0), meets + 1, fails - 1);
            state = replica.At((double)middle * replica.Unit);
            if (Meets(state, demand))
            {
                (meets, met) = (middle, state);
            }
            else
            {
                (fails, failed) = (middle, state);
            }
        }

        if (meets == 0)
        {
            if (nearest is not { } near || Excess(failed, demand) < Excess(near, demand))
            {
                nearest = failed;
            }

            return null;
        }

        var limit = failed.TimePerOutputTokenSeconds > demand.TimePerOutputTokenLimitSeconds ? BatchLimit.TimePerOutputToken : BatchLimit.TimeToFirstToken;
        return Rate(replica, met) > rateToBeat ? new Candidate(replica, met, limit) : null;
    }

    private static bool Meets(in SteadyState state, ServingDemand demand) =>
        state.TimePerOutputTokenSeconds <= demand.TimePerOutputTokenLimitSeconds && state.TimeToFirstTokenSeconds <= demand.TimeToFirstTokenLimitSeconds;

    private static double Excess(in SteadyState state, ServingDemand demand) => Math.Max(
        state.TimePerOutputTokenSeconds / demand.TimePerOutputTokenLimitSeconds, state.TimeToFirstTokenSeconds / demand.TimeToFirstTokenLimitSeconds);

    private static double Rate(ReplicaModel replica, in SteadyState state) => state.Batch / state.TimePerOutputTokenSeconds / replica.Layout.Chips;

    private static ServingPoint PointOf(ModelArchitecture model, ChipTimer chip, ServingDemand demand, in Candidate found)
    {
        var (replica, state, limit) = found;
        var output = found.Rate;
        var requests = output / demand.Lengths.MeanOutputTokens;
        var prefillShare = state.PrefillSeconds / state.TimePerOutputTokenSeconds;
        var cachedShare = state.CachedSeconds / state.TimePerOutputTokenSeconds;
        return new ServingPoint(
            output,
            requests * demand.Lengths.UncachedInputTokens,
            requests * demand.Lengths.CachedInputTokens,
            prefillShare,
            cachedShare,
            1 - prefillShare - cachedShare,
            state.TimeToFirstTokenSeconds,
            state.TimePerOutputTokenSeconds,
            state.Batch,
            replica.Layout.Chips,
            replica.UsedBytesPerChip(state),
            replica.ChipWatts(state),
            limit,
            Remark(chip, demand.Precision),
            ServingError.Band(chip));
    }

    private static ServingPoint Infeasible(
        ModelArchitecture model, ChipTimer chip, ServingDemand demand, ReplicaModel largest, SteadyState? nearest)
    {
        string reason;
        if (nearest is not { } near)
        {
            var chips = largest.Layout.Chips;
            reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{model.Id} does not fit on {chip.System.Name}: on {chips} chips of one scale-up domain each holds "
                + $"{largest.WeightBytesPerChip / 1e9:0.#} GB of weights and a reserve of {largest.ReserveBytesPerChip / 1e9:0.#} GB, "
                + $"and has {chip.Peaks.MemoryBytes / 1e9:0.#} GB, which leaves no room for the cache of one request a rank");
        }
        else if (near.TimePerOutputTokenSeconds > demand.TimePerOutputTokenLimitSeconds)
        {
            reason = string.Create(
                CultureInfo.InvariantCulture,
                $"even one request a rank takes {near.TimePerOutputTokenSeconds * 1e3:0.##} ms per output token, "
                + $"prefill of its successors included; the limit is {demand.TimePerOutputTokenLimitSeconds * 1e3:0.##} ms");
        }
        else
        {
            reason = string.Create(
                CultureInfo.InvariantCulture,
                $"even one request a rank takes {near.TimeToFirstTokenSeconds:0.###} s to its first token; "
                + $"the limit is {demand.TimeToFirstTokenLimitSeconds:0.###} s");
        }

        return Infeasible(largest.Layout.Chips, reason, nearest);
    }

    private static ServingPoint Infeasible(int chips, string reason, SteadyState? nearest = null) => new(
        0, 0, 0, 0, 0, 0, nearest?.TimeToFirstTokenSeconds ?? 0, nearest?.TimePerOutputTokenSeconds ?? 0, 0, chips, 0, 0, BatchLimit.Infeasible, reason, 0);

    // what a reader should know of a point: borrowed curves, and operands wider than was asked for
    private static string Remark(ChipTimer chip, OperandPrecision precision)
    {
        var borrowed = chip.Lender.Distance == CurveDistance.Measured ? "" : $"operator efficiencies borrowed from {chip.Lender.SystemId}";
        var used = chip.Peaks.Multiplies(precision);
        if (used == precision)
        {
            return borrowed;
        }

        var wider = $"weights stored in {Name(precision)} are multiplied in {Name(used)}, the narrowest that the chip has";
        return borrowed.Length == 0 ? wider : $"{borrowed}; {wider}";
    }

    private static string Name(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Bf16 => "bf16",
        OperandPrecision.Fp8 => "fp8",
        _ => "fp4",
    };

    private readonly record struct Candidate(ReplicaModel Replica, SteadyState State, BatchLimit Limit)
    {
        public double Rate => ServingCapacity.Rate(Replica, State);
    }
}
