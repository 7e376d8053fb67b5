using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Operators;

namespace Millwright.Serving;

/// <summary>What is asked of a replica: request lengths, precision and the service objective.</summary>
/// <param name="Lengths">Request lengths.</param>
/// <param name="Precision">Precision of weights and products.</param>
/// <param name="TimeToFirstTokenLimitSeconds">Greatest mean time to first token, s.</param>
/// <param name="TimePerOutputTokenLimitSeconds">Greatest mean time per output token, s.</param>
public sealed record ServingDemand(
    RequestLengths Lengths, OperandPrecision Precision, double TimeToFirstTokenLimitSeconds, double TimePerOutputTokenLimitSeconds)
{
    /// <summary>The demand of one workload of a scenario.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="histogram">Its length distribution, or null when it states both means.</param>
    /// <returns>The demand.</returns>
    /// <exception cref="ArgumentException">Neither a length distribution nor both means are given.</exception>
    public static ServingDemand From(WorkloadInput workload, LengthHistogram? histogram)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var input = workload.InputTokens?.Mid;
        var output = workload.OutputTokens?.Mid;
        var cached = workload.CachedShare?.Mid;
        var lengths = (histogram, input, output) switch
        {
            ({ } given, _, _) => RequestLengths.FromHistogram(given, input, output, cached),
            (null, { } x, { } y) => RequestLengths.FromMeans(x, y, cached ?? 0),
            _ => throw new ArgumentException($"workload '{workload.Name}' needs a length distribution, or mean input and output tokens", nameof(workload)),
        };
        var precision = workload.Precision switch
        {
            ServingPrecision.Bf16 => OperandPrecision.Bf16,
            ServingPrecision.Fp8 => OperandPrecision.Fp8,
            _ => OperandPrecision.Fp4,
        };
        return new ServingDemand(lengths, precision, workload.TimeToFirstToken.Mid, workload.TimePerOutputToken.Mid);
    }
}
