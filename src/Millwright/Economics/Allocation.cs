namespace Millwright.Economics;

/// <summary>One workload as the allocation sees it.</summary>
/// <param name="UsdPerChipSecond">Contribution of an assigned chip: price less variable cost, USD per chip-second, its idle seconds counted.</param>
/// <param name="ChipWatts">IT power of a chip that serves it, W.</param>
/// <param name="DemandChips">Chips that serve all of its demand at its peak; may be infinite.</param>
public readonly record struct AllocationCandidate(double UsdPerChipSecond, double ChipWatts, double DemandChips);

/// <summary>What keeps the contribution from growing: each limit whose next unit is worth something.</summary>
[Flags]
public enum BindingLimits
{
    /// <summary>Nothing: no workload earns more than its variable cost.</summary>
    None = 0,

    /// <summary>The number of chips.</summary>
    Chips = 1,

    /// <summary>The IT power.</summary>
    Power = 2,

    /// <summary>The demand of at least one workload.</summary>
    Demand = 4,
}

/// <summary>The value of an allocation and of one more unit of what limits it.</summary>
/// <param name="ContributionUsdPerSecond">Contribution of all chips, USD/s.</param>
/// <param name="DualUsdPerSecond">The same from the shadow prices: limits times what their units are worth. Equal to the contribution by strong duality.</param>
/// <param name="ChipUsdPerSecond">What one more chip is worth, USD per chip-second.</param>
/// <param name="WattUsdPerSecond">What one more watt is worth, USD per W and second.</param>
/// <param name="AssignedChips">Chips assigned.</param>
/// <param name="AssignedWatts">IT power of the chips assigned, W.</param>
/// <param name="Binding">What binds.</param>
public readonly record struct AllocationSummary(
    double ContributionUsdPerSecond,
    double DualUsdPerSecond,
    double ChipUsdPerSecond,
    double WattUsdPerSecond,
    double AssignedChips,
    double AssignedWatts,
    BindingLimits Binding);

/// <summary>An allocation of chips to workloads.</summary>
/// <param name="Chips">Chips of each workload, in the order of the candidates; not rounded to whole replicas.</param>
/// <param name="DemandUsdPerSecond">What one more chip of demand is worth, by workload, USD per chip-second.</param>
/// <param name="Summary">Value, shadow prices of chips and power, and what binds.</param>
public sealed record AllocationResult(IReadOnlyList<double> Chips, IReadOnlyList<double> DemandUsdPerSecond, AllocationSummary Summary);

/// <summary>
/// Assigns chips to workloads so that their contribution is greatest: maximise sum v x subject to sum x at most the chips, sum p x at most the power, and
/// 0 at most x at most the demand of each. A linear program, solved exactly.
/// </summary>
/// <remarks>
/// With a price on power the best assignment is greedy in v - price x p. Its power falls in steps as the price rises, and it can change only at
/// prices where one workload stops earning (v / p) or two change places ((v_i - v_j) / (p_i - p_j)). The least price at which the greedy assignment keeps within
/// the power is therefore one of these, and the optimum is the mix of the assignments just below and just above it that draws exactly the power there is.
/// Source: Lagrangian duality of a linear program with one coupling constraint over a greedy core, Everett, "Generalized Lagrange multiplier method for solving
/// problems of optimum allocation of resources", Operations Research 11 (1963), with Dantzig's solution of the continuous knapsack, Operations Research 5 (1957).
/// Where the optimum is degenerate, the price of power is the least of those that fit, and the price of a chip the least that goes with it.
/// </remarks>
public static class Allocation
{
    // A price below this share of the values it is the difference of is rounding.
    private const double Rounding = 1e-12;

    private const int OnStack = 16;

    /// <summary>Solves the allocation.</summary>
    /// <param name="candidates">The workloads.</param>
    /// <param name="chips">Chips available.</param>
    /// <param name="powerWatts">IT power available, W; may be infinite.</param>
    /// <returns>The allocation with its shadow prices.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A limit or a candidate's power or demand is negative or not a number.</exception>
    public static AllocationResult Solve(ReadOnlySpan<AllocationCandidate> candidates, double chips, double powerWatts)
    {
        double[] assigned = new double[candidates.Length];
        double[] demandPrices = new double[candidates.Length];
        AllocationSummary summary = Solve(candidates, chips, powerWatts, assigned, demandPrices);
        return new AllocationResult(assigned, demandPrices, summary);
    }

    /// <summary>Solves the allocation into buffers of the caller; allocates nothing for up to sixteen workloads.</summary>
    /// <param name="candidates">The workloads.</param>
    /// <param name="chips">Chips available.</param>
    /// <param name="powerWatts">IT power available, W; may be infinite.</param>
    /// <param name="assigned">Receives the chips of each workload.</param>
    /// <param name="demandPrices">Receives what one more chip of demand is worth, by workload, USD per chip-second.</param>
    /// <returns>The value, the shadow prices of chips and power, and what binds.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A limit or a candidate's power or demand is negative or not a number.</exception>
    public static AllocationSummary Solve(
        ReadOnlySpan<AllocationCandidate> candidates, double chips, double powerWatts, Span<double> assigned, Span<double> demandPrices)
    {
        int n = candidates.Length;
        Check(candidates, chips, powerWatts);
        assigned = assigned[..n];
        demandPrices = demandPrices[..n];
        Span<double> reduced = n <= OnStack ? stackalloc double[OnStack] : new double[n];
        Span<int> order = n <= OnStack ? stackalloc int[OnStack] : new int[n];
        reduced = reduced[..n];
        order = order[..n];

        double wattPrice = 0;
        double watts = Fill(candidates, chips, 0, reduced, order, assigned);
        if (watts > powerWatts)
        {
            Span<double> other = n <= OnStack ? stackalloc double[OnStack] : new double[n];
            wattPrice = FitPower(candidates, chips, powerWatts, reduced, order, assigned, other[..n]);
        }

        return Price(candidates, chips, powerWatts, wattPrice, reduced, order, assigned, demandPrices);
    }

    private static void Check(ReadOnlySpan<AllocationCandidate> candidates, double chips, double powerWatts)
    {
        if (!(chips >= 0 && double.IsFinite(chips)))
        {
            throw new ArgumentOutOfRangeException(nameof(chips), chips, "Chips cannot be negative or without limit.");
        }

        if (!(powerWatts >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(powerWatts), powerWatts, "Power cannot be negative.");
        }

        foreach (AllocationCandidate candidate in candidates)
        {
            bool sound = double.IsFinite(candidate.UsdPerChipSecond)
                && candidate.ChipWatts >= 0 && double.IsFinite(candidate.ChipWatts)
                && candidate.DemandChips >= 0;
            if (!sound)
            {
                throw new ArgumentOutOfRangeException(nameof(candidates), candidate, "A candidate needs a finite value, and a power and a demand that are not negative.");
            }
        }
    }

    // The greedy assignment at a price of power; ties go to the workload that draws less. Returns its power.
    private static double Fill(
        ReadOnlySpan<AllocationCandidate> candidates, double chips, double wattPrice, Span<double> reduced, Span<int> order, Span<double> assigned)
    {
        Sort(candidates, wattPrice, reduced, order);
        assigned.Clear();
        double left = chips;
        double watts = 0;
        foreach (int w in order)
        {
            if (reduced[w] <= 0 || left <= 0)
            {
                break;
            }

            double taken = Math.Min(left, candidates[w].DemandChips);
            assigned[w] = taken;
            left -= taken;
            watts += taken * candidates[w].ChipWatts;
        }

        return watts;
    }

    private static void Sort(ReadOnlySpan<AllocationCandidate> candidates, double wattPrice, Span<double> reduced, Span<int> order)
    {
        for (int w = 0; w < candidates.Length; w++)
        {
            reduced[w] = candidates[w].UsdPerChipSecond - (wattPrice * candidates[w].ChipWatts);
            int place = w;
            while (place > 0 && Before(candidates, reduced, w, order[place - 1]))
            {
                order[place] = order[place - 1];
                place--;
            }

            order[place] = w;
        }
    }

    private static bool Before(ReadOnlySpan<AllocationCandidate> candidates, ReadOnlySpan<double> reduced, int a, int b) =>
        reduced[a] > reduced[b] || (reduced[a] == reduced[b] && candidates[a].ChipWatts < candidates[b].ChipWatts);

    // Finds the price of power and leaves in assigned the mix that draws exactly the power there is.
    private static double FitPower(
        ReadOnlySpan<AllocationCandidate> candidates,
        double chips,
        double powerWatts,
        Span<double> reduced,
        Span<int> order,
        Span<double> assigned,
        Span<double> above)
    {
        int n = candidates.Length;
        int most = n * (n + 1) / 2;
        Span<double> prices = n <= OnStack ? stackalloc double[OnStack * (OnStack + 1) / 2] : new double[most];
        prices = prices[..Breakpoints(candidates, prices)];

        // Between two prices that follow each other the assignment does not change. Interval k ends at prices[k]; the first one draws too much, the last draws nothing.
        int low = 0;
        int high = prices.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Fill(candidates, chips, Inside(prices, middle), reduced, order, assigned) <= powerWatts)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        double wattsAbove = Fill(candidates, chips, Inside(prices, high), reduced, order, above);
        double wattsBelow = Fill(candidates, chips, Inside(prices, low), reduced, order, assigned);
        double share = wattsBelow > powerWatts ? (powerWatts - wattsAbove) / (wattsBelow - wattsAbove) : 1;
        for (int w = 0; w < n; w++)
        {
            assigned[w] = (share * assigned[w]) + ((1 - share) * above[w]);
        }

        return prices[low];
    }

    private static double Inside(ReadOnlySpan<double> prices, int interval) =>
        interval == prices.Length ? 2 * prices[^1] : interval == 0 ? 0.5 * prices[0] : 0.5 * (prices[interval - 1] + prices[interval]);

    // Prices of power, ascending and each once, at which the greedy assignment can change.
    private static int Breakpoints(ReadOnlySpan<AllocationCandidate> candidates, Span<double> prices)
    {
        int count = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            AllocationCandidate a = candidates[i];
            count = Keep(prices, count, a.UsdPerChipSecond / a.ChipWatts);
            for (int j = 0; j < i; j++)
            {
                AllocationCandidate b = candidates[j];
                count = Keep(prices, count, (a.UsdPerChipSecond - b.UsdPerChipSecond) / (a.ChipWatts - b.ChipWatts));
            }
        }

        Span<double> found = prices[..count];
        found.Sort();
        int kept = 0;
        for (int k = 0; k < count; k++)
        {
            if (kept == 0 || found[k] > found[kept - 1])
            {
                found[kept++] = found[k];
            }
        }

        return kept;
    }

    private static int Keep(Span<double> prices, int count, double price)
    {
        if (price > 0 && double.IsFinite(price))
        {
            prices[count++] = price;
        }

        return count;
    }

    private static AllocationSummary Price(
        ReadOnlySpan<AllocationCandidate> candidates,
        double chips,
        double powerWatts,
        double wattPrice,
        Span<double> reduced,
        Span<int> order,
        ReadOnlySpan<double> assigned,
        Span<double> demandPrices)
    {
        Sort(candidates, wattPrice, reduced, order);
        // The least price of a chip at which no more chips are asked for than there are.
        double chipPrice = 0;
        double marginalValue = 0;
        double asked = 0;
        foreach (int w in order)
        {
            asked += candidates[w].DemandChips;
            // Demands that add up to the chips but for rounding leave no chip wanting.
            if (asked > chips * (1 + Rounding))
            {
                marginalValue = Math.Max(0, candidates[w].UsdPerChipSecond);
                chipPrice = reduced[w] > Rounding * marginalValue ? reduced[w] : 0;
                break;
            }
        }

        double contribution = 0;
        double dual = chipPrice * chips;
        double assignedChips = 0;
        double assignedWatts = 0;
        BindingLimits binding = chipPrice > 0 ? BindingLimits.Chips : BindingLimits.None;
        if (wattPrice > 0)
        {
            dual += wattPrice * powerWatts;
            binding |= BindingLimits.Power;
        }

        for (int w = 0; w < candidates.Length; w++)
        {
            contribution += candidates[w].UsdPerChipSecond * assigned[w];
            assignedChips += assigned[w];
            assignedWatts += candidates[w].ChipWatts * assigned[w];
            double price = reduced[w] - chipPrice;
            demandPrices[w] = price > Rounding * (candidates[w].UsdPerChipSecond + marginalValue) ? price : 0;
            if (demandPrices[w] > 0)
            {
                dual += demandPrices[w] * candidates[w].DemandChips;
                binding |= BindingLimits.Demand;
            }
        }

        return new AllocationSummary(contribution, dual, chipPrice, wattPrice, assignedChips, assignedWatts, binding);
    }
}
