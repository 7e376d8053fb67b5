using Millwright.Catalog;

namespace Millwright.Applications;

/// <summary>What a whole trace says of its requests.</summary>
/// <param name="Requests">Requests read.</param>
/// <param name="InputTokens">Input tokens of a request.</param>
/// <param name="OutputTokens">Output tokens of a request.</param>
/// <param name="Histogram">The trace in bins, with cached share and peak-to-mean where it tells them.</param>
public sealed record TraceSummary(long Requests, TokenStatistics InputTokens, TokenStatistics OutputTokens, LengthHistogram Histogram);

/// <summary>Mean and percentiles of token counts; percentiles by definition 7 of Hyndman and Fan (1996), as in <see cref="Numerics.Percentiles"/>.</summary>
/// <param name="Mean">Mean, tokens.</param>
/// <param name="P50">Median, tokens.</param>
/// <param name="P90">90th percentile, tokens.</param>
/// <param name="P99">99th percentile, tokens.</param>
/// <param name="Greatest">Greatest, tokens.</param>
public sealed record TokenStatistics(double Mean, double P50, double P90, double P99, int Greatest);
