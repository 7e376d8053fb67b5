using Millwright.Quantities;

namespace Millwright.Economics;

/// <summary>The chip time that one workload causes in a year, and what it makes in it.</summary>
/// <param name="BusyChips">Chips at work, mean over the year.</param>
/// <param name="ShareOfTime">Share of that time that each class of tokens causes; cached input bears the loading and holding of its KV cache.</param>
/// <param name="TokensPerSecond">Tokens served per second, mean over the year, paid or free.</param>
public readonly record struct ServedWork(double BusyChips, ByTokenClass ShareOfTime, ByTokenClass TokensPerSecond)
{
    /// <summary>The work of a workload in a month as it would be over a year.</summary>
    /// <param name="offer">The workload.</param>
    /// <param name="sales">What it sells.</param>
    /// <returns>The work.</returns>
    public static ServedWork Of(WorkloadOffer offer, in WorkloadSales sales)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return new ServedWork(
            sales.BusyChips, new ByTokenClass(offer.Point.PrefillShare, offer.Point.CachedShare, offer.Point.DecodeShare), sales.TokensPerSecond);
    }
}

/// <summary>Cost of the tokens of one workload, or of all.</summary>
/// <param name="CostUsd">Cost by class, USD/yr, with its part of the idle time.</param>
/// <param name="Tokens">Tokens by class, per year.</param>
public readonly record struct WorkloadTokenCost(ByTokenClass CostUsd, ByTokenClass Tokens)
{
    /// <summary>Cost per million tokens of each class, USD; NaN in a class without tokens.</summary>
    public ByTokenClass UsdPerMillion => CostUsd.PerMillion(Tokens);
}

/// <summary>Where the cost of a year goes: by workload and class of tokens.</summary>
/// <param name="Workloads">Cost of each workload, in the order given.</param>
/// <param name="All">Cost of all workloads together: its cost per million is the mean weighted by tokens.</param>
/// <param name="UsdPerAvailableChipSecond">Cost of a chip-second, idle or not, USD; NaN without chips.</param>
/// <param name="UsdPerBusyChipSecond">Cost of a chip-second at work with its part of the idle time, USD; NaN when no chip works.</param>
/// <param name="IdleUsd">Part of the cost that idle chip-seconds cause, USD/yr. It is spread over the classes, not beside them, unless no chip works.</param>
public sealed record TokenCostResult(
    IReadOnlyList<WorkloadTokenCost> Workloads,
    WorkloadTokenCost All,
    double UsdPerAvailableChipSecond,
    double UsdPerBusyChipSecond,
    double IdleUsd);

/// <summary>
/// Cost per class of tokens: the cost of a chip-second times the chip-seconds that the class causes. Idle chip-seconds are spread pro
/// rata, so the classes sum to the whole cost.
/// </summary>
public static class TokenCost
{
    /// <summary>Spreads the cost of a year over the tokens served.</summary>
    /// <param name="annualUsd">Cost of a year, USD/yr.</param>
    /// <param name="chipsAvailable">Chips that can serve, mean over the year.</param>
    /// <param name="work">The work of each workload.</param>
    /// <returns>Cost by workload and class.</returns>
    /// <exception cref="ArgumentException">More chips work than there are, or a workload at work names no class that causes it.</exception>
    public static TokenCostResult Of(double annualUsd, double chipsAvailable, ReadOnlySpan<ServedWork> work)
    {
        double busy = 0;
        foreach (ServedWork one in work)
        {
            busy += one.BusyChips;
        }

        if (busy > chipsAvailable * (1 + 1e-9))
        {
            throw new ArgumentException($"{busy} chips at work are more than the {chipsAvailable} available.", nameof(work));
        }

        double perBusyChip = busy > 0 ? annualUsd / busy : double.NaN;
        WorkloadTokenCost[] workloads = new WorkloadTokenCost[work.Length];
        ByTokenClass allUsd = default;
        ByTokenClass allTokens = default;
        for (int w = 0; w < work.Length; w++)
        {
            ByTokenClass tokens = work[w].TokensPerSecond.Scaled(TimeLength.YearSeconds);
            ByTokenClass usd = default;
            if (work[w].BusyChips > 0)
            {
                double shares = work[w].ShareOfTime.Total;
                if (!(shares > 0))
                {
                    throw new ArgumentException("A workload at work needs at least one class of tokens that causes it.", nameof(work));
                }

                // Shares that miss 1 by what no class causes are stretched to it: that time too is borne by the tokens.
                usd = work[w].ShareOfTime.Scaled(perBusyChip * work[w].BusyChips / shares);
            }

            workloads[w] = new WorkloadTokenCost(usd, tokens);
            allUsd += usd;
            allTokens += tokens;
        }

        return new TokenCostResult(
            workloads,
            new WorkloadTokenCost(allUsd, allTokens),
            chipsAvailable > 0 ? annualUsd / (chipsAvailable * TimeLength.YearSeconds) : double.NaN,
            perBusyChip / TimeLength.YearSeconds,
            chipsAvailable > 0 ? annualUsd * Math.Max(0, 1 - (busy / chipsAvailable)) : annualUsd);
    }
}
