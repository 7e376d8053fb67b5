using Millwright.Serving;

namespace Millwright.Economics;

/// <summary>What one workload asks for and pays, and what a chip makes of it.</summary>
public sealed record WorkloadOffer
{
    /// <summary>Name of the workload.</summary>
    public required string Name { get; init; }

    /// <summary>What one chip makes of it.</summary>
    public required ServingPoint Point { get; init; }

    /// <summary>Mean demand at the start, output tokens per second; its input comes with it in the proportion of the serving point.</summary>
    public required double DemandOutputTokensPerSecond { get; init; }

    /// <summary>Growth of demand, 1/yr.</summary>
    public double DemandGrowthPerYear { get; init; }

    /// <summary>Busiest rate over the mean rate; at least 1.</summary>
    public double PeakToMean { get; init; } = 1;

    /// <summary>Share of the tokens that somebody pays for.</summary>
    public double PaidShare { get; init; } = 1;

    /// <summary>Prices at the start, USD per million tokens.</summary>
    public ByTokenClass PriceUsdPerMillion { get; init; }

    /// <summary>Change of the prices, 1/yr.</summary>
    public double PriceChangePerYear { get; init; }

    /// <summary>IT power of a chip that serves it, with its part of host, switches and storage, W.</summary>
    public double ItWattsPerChip { get; init; }

    /// <summary>Energy and other cost of a busy chip that an idle one does not have, USD per chip-second.</summary>
    public double VariableUsdPerChipSecond { get; init; }

    /// <summary>True when chips can serve it at its objective.</summary>
    public bool IsServable => Point.Limit != BatchLimit.Infeasible && Point.OutputTokensPerChipSecond > 0;

    /// <summary>Tokens per second of one busy chip.</summary>
    public ByTokenClass TokensPerChipSecond => new(Point.InputTokensPerChipSecond, Point.CachedTokensPerChipSecond, Point.OutputTokensPerChipSecond);

    /// <summary>Mean demand after some months.</summary>
    /// <param name="month">Months since the start.</param>
    /// <returns>Output tokens per second.</returns>
    public double DemandAt(double month) => DemandOutputTokensPerSecond * Compound(DemandGrowthPerYear, month);

    /// <summary>Prices after some months.</summary>
    /// <param name="month">Months since the start.</param>
    /// <returns>USD per million tokens.</returns>
    public ByTokenClass PriceAt(double month) => PriceUsdPerMillion.Scaled(Compound(PriceChangePerYear, month));

    /// <summary>The offer as the allocation sees it after some months: demand in chips at its peak, and the value of an assigned chip, its quiet hours counted.</summary>
    /// <param name="month">Months since the start.</param>
    /// <returns>The candidate; one without demand where the workload cannot be served.</returns>
    /// <exception cref="InvalidOperationException">The peak is below the mean.</exception>
    public AllocationCandidate CandidateAt(double month) => Candidate(DemandAt(month), PriceAt(month));

    internal AllocationCandidate Candidate(double demandOutputTokensPerSecond, ByTokenClass priceUsdPerMillion)
    {
        if (!(PeakToMean >= 1))
        {
            throw new InvalidOperationException($"The busiest rate of {Name} cannot be below its mean rate.");
        }

        if (!IsServable)
        {
            return default;
        }

        double busyUsd = (PaidShare * TokensPerChipSecond.ValueUsd(priceUsdPerMillion)) - VariableUsdPerChipSecond;
        return new AllocationCandidate(busyUsd / PeakToMean, ItWattsPerChip, demandOutputTokensPerSecond * PeakToMean / Point.OutputTokensPerChipSecond);
    }

    /// <summary>Mean demand of a stated rate of tasks.</summary>
    /// <param name="tasksPerSecond">Finished tasks per second.</param>
    /// <param name="stepsPerTask">Model calls of one task.</param>
    /// <param name="outputTokensPerStep">Mean output tokens of one call.</param>
    /// <returns>Output tokens per second.</returns>
    public static double DemandOfTasks(double tasksPerSecond, double stepsPerTask, double outputTokensPerStep) =>
        tasksPerSecond * stepsPerTask * outputTokensPerStep;

    /// <summary>The mean demand that fills a share of the chips at its peak.</summary>
    /// <param name="chipShare">Share of the chips.</param>
    /// <param name="chipsAvailable">Chips available at full power.</param>
    /// <param name="point">What one chip makes of the workload.</param>
    /// <param name="peakToMean">Busiest rate over the mean rate.</param>
    /// <returns>Output tokens per second.</returns>
    public static double DemandFilling(double chipShare, double chipsAvailable, ServingPoint point, double peakToMean)
    {
        ArgumentNullException.ThrowIfNull(point);
        return chipShare * chipsAvailable * point.OutputTokensPerChipSecond / peakToMean;
    }

    /// <summary>Cost of the energy of a busy chip.</summary>
    /// <param name="itWatts">IT power of the chip with its part of host, switches and storage, W.</param>
    /// <param name="meterOverIt">Energy at the meter over IT energy: PUE times the losses between meter and building.</param>
    /// <param name="usdPerKwh">Price of energy at the meter, USD/kWh.</param>
    /// <returns>USD per chip-second.</returns>
    public static double EnergyUsdPerChipSecond(double itWatts, double meterOverIt, double usdPerKwh) => itWatts * meterOverIt * usdPerKwh / 3.6e6;

    private static double Compound(double ratePerYear, double month) => ratePerYear == 0 ? 1 : Math.Pow(1 + ratePerYear, month / 12);
}
