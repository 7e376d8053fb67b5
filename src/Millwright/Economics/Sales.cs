using Millwright.Quantities;
using Millwright.Serving;

namespace Millwright.Economics;

/// <summary>What keeps a workload from selling more.</summary>
public enum SalesLimit
{
    /// <summary>All of its demand is served.</summary>
    Demand,

    /// <summary>There are no more chips for it.</summary>
    Chips,

    /// <summary>There is no more power for it.</summary>
    Power,

    /// <summary>There are no more chips for it, and memory stops each from serving more.</summary>
    Memory,

    /// <summary>Its price does not cover its variable cost.</summary>
    Price,

    /// <summary>Chips cannot serve it at its objective.</summary>
    Infeasible,
}

/// <summary>What one workload gets and sells, mean over a month.</summary>
/// <param name="Chips">Chips assigned to it.</param>
/// <param name="BusyChips">Chips at work: those assigned, less the quiet hours below the peak.</param>
/// <param name="TokensPerSecond">Tokens served per second, paid or free.</param>
/// <param name="RevenueUsdPerSecond">Revenue of the paid tokens, USD/s.</param>
/// <param name="VariableUsdPerSecond">Variable cost of all tokens served, USD/s.</param>
/// <param name="DemandUsdPerChipSecond">What one more chip of its demand is worth, USD per chip-second.</param>
/// <param name="Limit">What keeps it from selling more.</param>
public readonly record struct WorkloadSales(
    double Chips,
    double BusyChips,
    ByTokenClass TokensPerSecond,
    double RevenueUsdPerSecond,
    double VariableUsdPerSecond,
    double DemandUsdPerChipSecond,
    SalesLimit Limit);

/// <summary>What the factory sells in a month.</summary>
/// <param name="Month">Months since the start.</param>
/// <param name="ChipsAvailable">Chips that can serve: those that stand times availability.</param>
/// <param name="Workloads">Sales of each workload, in the order of the offers.</param>
/// <param name="Allocation">Shadow prices of chips and power, and what binds.</param>
public sealed record MonthSales(double Month, double ChipsAvailable, IReadOnlyList<WorkloadSales> Workloads, AllocationSummary Allocation)
{
    /// <summary>Revenue of the month, USD.</summary>
    public double RevenueUsd => Sum(static w => w.RevenueUsdPerSecond) * TimeLength.MonthSeconds;

    /// <summary>Variable cost of the month, USD.</summary>
    public double VariableUsd => Sum(static w => w.VariableUsdPerSecond) * TimeLength.MonthSeconds;

    /// <summary>Chips at work, mean over the month.</summary>
    public double BusyChips => Sum(static w => w.BusyChips);

    /// <summary>Share of the available chip-seconds that are at work; zero without chips.</summary>
    public double BusyShare => ChipsAvailable > 0 ? BusyChips / ChipsAvailable : 0;

    /// <summary>Tokens of the month by class, paid or free.</summary>
    public ByTokenClass Tokens
    {
        get
        {
            ByTokenClass sum = default;
            foreach (WorkloadSales workload in Workloads)
            {
                sum += workload.TokensPerSecond;
            }

            return sum.Scaled(TimeLength.MonthSeconds);
        }
    }

    private double Sum(Func<WorkloadSales, double> select)
    {
        double sum = 0;
        foreach (WorkloadSales workload in Workloads)
        {
            sum += select(workload);
        }

        return sum;
    }
}

/// <summary>
/// Tokens sold month by month: the smaller of demand and what the assigned chips make at their utilisation, which is one over peak to mean, since
/// capacity must meet the peak.
/// </summary>
public static class Sales
{
    /// <summary>Assigns the chips of one month and reckons what is sold.</summary>
    /// <param name="offers">The workloads.</param>
    /// <param name="chipsAvailable">Chips that can serve: those that stand times availability.</param>
    /// <param name="itWatts">IT power for them, W; may be infinite.</param>
    /// <param name="month">Months since the start, for growth of demand and change of prices.</param>
    /// <returns>Sales of the month.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A limit, a demand or a power is negative or not a number.</exception>
    /// <exception cref="InvalidOperationException">A workload's peak is below its mean.</exception>
    public static MonthSales InMonth(IReadOnlyList<WorkloadOffer> offers, double chipsAvailable, double itWatts, double month)
    {
        ArgumentNullException.ThrowIfNull(offers);
        int n = offers.Count;
        bool small = n <= 16;
        Span<AllocationCandidate> candidates = small ? stackalloc AllocationCandidate[16] : new AllocationCandidate[n];
        Span<double> chips = small ? stackalloc double[16] : new double[n];
        Span<double> demandPrices = small ? stackalloc double[16] : new double[n];
        Span<double> demands = small ? stackalloc double[16] : new double[n];
        Span<ByTokenClass> prices = small ? stackalloc ByTokenClass[16] : new ByTokenClass[n];
        candidates = candidates[..n];
        for (int w = 0; w < n; w++)
        {
            demands[w] = offers[w].DemandAt(month);
            prices[w] = offers[w].PriceAt(month);
            candidates[w] = offers[w].Candidate(demands[w], prices[w]);
        }

        AllocationSummary summary = Allocation.Solve(candidates, chipsAvailable, itWatts, chips, demandPrices);
        WorkloadSales[] workloads = new WorkloadSales[n];
        for (int w = 0; w < n; w++)
        {
            workloads[w] = Sell(offers[w], candidates[w], demands[w], prices[w], chips[w], demandPrices[w], summary);
        }

        return new MonthSales(month, chipsAvailable, workloads, summary);
    }

    /// <summary>What keeps a workload from selling more, in words.</summary>
    /// <param name="offer">The workload.</param>
    /// <param name="limit">Its limit.</param>
    /// <returns>"demand", "chips", "power" or "memory", or the reason why it sells nothing.</returns>
    public static string Describe(WorkloadOffer offer, SalesLimit limit)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return limit switch
        {
            SalesLimit.Demand => "demand",
            SalesLimit.Chips => "chips",
            SalesLimit.Power => "power",
            SalesLimit.Memory => "memory",
            SalesLimit.Price => "price does not cover its energy",
            _ => offer.Point.Reason.Length > 0 ? offer.Point.Reason : "cannot be served at its objective",
        };
    }

    private static WorkloadSales Sell(
        WorkloadOffer offer,
        AllocationCandidate candidate,
        double demand,
        ByTokenClass price,
        double chips,
        double demandPrice,
        in AllocationSummary summary)
    {
        if (!offer.IsServable)
        {
            return new WorkloadSales(0, 0, default, 0, 0, 0, SalesLimit.Infeasible);
        }

        // The allocation keeps chips within demand; the smaller of the two takes off what rounding may leave.
        double output = Math.Min(demand, chips * offer.Point.OutputTokensPerChipSecond / offer.PeakToMean);
        double busyChips = output / offer.Point.OutputTokensPerChipSecond;
        ByTokenClass tokens = offer.TokensPerChipSecond.Scaled(busyChips) with { Output = output };
        return new WorkloadSales(
            chips,
            busyChips,
            tokens,
            offer.PaidShare * tokens.ValueUsd(price),
            busyChips * offer.VariableUsdPerChipSecond,
            demandPrice,
            LimitOf(offer, candidate, chips, summary));
    }

    private static SalesLimit LimitOf(WorkloadOffer offer, AllocationCandidate candidate, double chips, in AllocationSummary summary)
    {
        if (chips >= candidate.DemandChips * (1 - 1e-12))
        {
            return SalesLimit.Demand;
        }

        if (candidate.UsdPerChipSecond <= 0)
        {
            return SalesLimit.Price;
        }

        if (summary.WattUsdPerSecond * candidate.ChipWatts > summary.ChipUsdPerSecond)
        {
            return SalesLimit.Power;
        }

        return offer.Point.Limit == BatchLimit.Memory ? SalesLimit.Memory : SalesLimit.Chips;
    }
}
