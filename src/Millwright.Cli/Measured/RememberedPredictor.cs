using System.Collections.Concurrent;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>Predicts each run once and remembers it by its id: runs that take part in no fit are the same whatever is held out.</summary>
/// <param name="inner">Predicts.</param>
internal sealed class RememberedPredictor(IServingPredictor inner) : IServingPredictor
{
    private readonly ConcurrentDictionary<string, Lazy<(ServingEstimate? Estimate, string Reason)>> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ServingEstimate? Predict(ServingCase run, out string reason)
    {
        (ServingEstimate? estimate, reason) = _known.GetOrAdd(run.Id, _ => new Lazy<(ServingEstimate?, string)>(() => (inner.Predict(run, out string why), why))).Value;
        return estimate;
    }
}

/// <summary>Lets one predictor answer for some runs, and another for all others.</summary>
/// <param name="isFirst">True for the runs of the first.</param>
/// <param name="first">The first.</param>
/// <param name="second">The second.</param>
internal sealed class EitherPredictor(Func<ServingCase, bool> isFirst, IServingPredictor first, IServingPredictor second) : IServingPredictor
{
    /// <inheritdoc/>
    public ServingEstimate? Predict(ServingCase run, out string reason) => isFirst(run) ? first.Predict(run, out reason) : second.Predict(run, out reason);
}
