namespace Millwright.Catalog;

/// <summary>The range of a figure at plan time.</summary>
/// <param name="Low">Tenth percentile, in the unit of the figure.</param>
/// <param name="Mid">Median, in the unit of the figure.</param>
/// <param name="High">Ninetieth percentile, in the unit of the figure.</param>
/// <param name="IsDefault">True when a side comes from the default band of the kind of evidence and not from the source.</param>
public readonly record struct FigureBand(double Low, double Mid, double High, bool IsDefault);

/// <summary>
/// The band that a figure gets where its source states none. A stated assumption of ours, one table for all: a value that was read or stands in a
/// datasheet has none, a computed one ±10 %, one from memory ±20 %, an assumption ±30 %.
/// </summary>
public static class EvidenceBand
{
    /// <summary>Half width of the default band.</summary>
    /// <param name="evidence">What stands behind the figure.</param>
    /// <returns>Half width from the median to p10 or p90, as a fraction of the median.</returns>
    public static double HalfWidthShare(Evidence evidence) => evidence switch
    {
        Evidence.Derived => 0.10,
        Evidence.Recalled => 0.20,
        Evidence.Assumption => 0.30,
        _ => 0,
    };

    /// <summary>The range of a figure: the stated sides, and the default band for a side that is not stated.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>The band, or null when the figure has neither a median nor both bounds: a lone bound is not a value.</returns>
    public static FigureBand? WithBand(this CatalogFigure figure) => Of(figure.Low, figure.Mid, figure.High, figure.Evidence);

    /// <summary>The range of a price: the stated sides, and the default band for a side that is not stated.</summary>
    /// <param name="price">The price.</param>
    /// <param name="evidence">What stands behind it.</param>
    /// <returns>The band in USD, or null when there is neither a median nor both bounds.</returns>
    public static FigureBand? WithBand(this PriceRange price, Evidence evidence) => Of(price.Low, price.Mid, price.High, evidence);

    /// <summary>The range of a value: the stated sides, and the default band for a side that is not stated.</summary>
    /// <param name="low">Tenth percentile, or null.</param>
    /// <param name="mid">Median, or null; then the middle of both bounds.</param>
    /// <param name="high">Ninetieth percentile, or null.</param>
    /// <param name="evidence">What stands behind the value.</param>
    /// <returns>The band in the unit of the value, or null when there is neither a median nor both bounds.</returns>
    public static FigureBand? Of(double? low, double? mid, double? high, Evidence evidence)
    {
        double? median = mid ?? (low + high) / 2;
        if (median is not { } middle)
        {
            return null;
        }

        double halfWidth = Math.Abs(middle) * HalfWidthShare(evidence);
        bool isDefault = halfWidth > 0 && (low is null || high is null);
        return new FigureBand(low ?? middle - halfWidth, middle, high ?? middle + halfWidth, isDefault);
    }
}
