using Millwright.Catalog;

namespace Millwright.Chips;

/// <summary>Time of one operator call against its roofline: t = floor + ((F / (a peak))^p + (B / (b bandwidth))^p)^(1/p).</summary>
/// <param name="FloorSeconds">Least time of one call, s: the launch inside a graph and what does not shrink with the work.</param>
/// <param name="ComputeEfficiency">a: share of the peak that large calls reach.</param>
/// <param name="MemoryEfficiency">b: share of the bandwidth that large calls reach.</param>
/// <param name="Exponent">p: 1 adds compute and memory time, infinity takes the greater; below 1 they hinder each other.</param>
/// <param name="ErrorP90">90th percentile of the absolute error on rows left out of the fit, as a fraction.</param>
public readonly record struct EfficiencyCurve(
    double FloorSeconds, double ComputeEfficiency, double MemoryEfficiency, double Exponent, double ErrorP90)
{
    /// <summary>Reads the parameters of a catalog row.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The curve.</returns>
    /// <exception cref="InvalidDataException">An efficiency lies outside (0, 1]: nothing runs above its peak, so such a fit is not
    /// physical.</exception>
    public static EfficiencyCurve From(OperatorCurve row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!(row.ComputeEfficiency is > 0 and <= 1 && row.MemoryEfficiency is > 0 and <= 1))
        {
            throw new InvalidDataException(
                $"operator curve '{row.Id}': efficiencies must lie in (0, 1], found {row.ComputeEfficiency} of the peak and {row.MemoryEfficiency} of the bandwidth; "
                + "no operator runs above its peak, so the fit is not physical");
        }

        return row is { FloorSeconds: >= 0 and < 1, Exponent: > 0 }
            ? new EfficiencyCurve(row.FloorSeconds, row.ComputeEfficiency, row.MemoryEfficiency, row.Exponent, row.ErrorP90)
            : throw new InvalidDataException(
                $"operator curve '{row.Id}': the floor must lie in [0, 1) s and the exponent above 0, found {row.FloorSeconds} s and {row.Exponent}");
    }

    /// <summary>Time of one call.</summary>
    /// <param name="computeSeconds">FLOPs over the peak, s.</param>
    /// <param name="memorySeconds">Bytes over the bandwidth, s.</param>
    /// <returns>The time and how it divides.</returns>
    public CallTime Time(double computeSeconds, double memorySeconds)
    {
        var compute = computeSeconds / ComputeEfficiency;
        var memory = memorySeconds / MemoryEfficiency;
        var greater = Math.Max(compute, memory);
        if (greater <= 0)
        {
            return new CallTime(FloorSeconds, 0, 0);
        }

        // the greater is taken out so that no power under- or overflows
        var ratio = Math.Min(compute, memory) / greater;
        var work = ratio <= 0 ? greater : greater * Math.Pow(1 + Math.Pow(ratio, Exponent), 1 / Exponent);
        var computeShare = compute / (compute + memory);
        return new CallTime(FloorSeconds, work * computeShare, work * (1 - computeShare));
    }
}

/// <summary>Time of one call by what the chip does meanwhile.</summary>
/// <param name="FloorSeconds">Launch and other fixed time, s.</param>
/// <param name="ComputeSeconds">Time bound by compute, s.</param>
/// <param name="MemorySeconds">Time bound by memory or a link, s.</param>
public readonly record struct CallTime(double FloorSeconds, double ComputeSeconds, double MemorySeconds)
{
    /// <summary>Whole time, s.</summary>
    public double TotalSeconds => FloorSeconds + ComputeSeconds + MemorySeconds;
}
