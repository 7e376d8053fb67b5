using Millwright.Catalog;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>What predicts measured runs, with its name: the one place that chooses it.</summary>
/// <param name="Predictor">The predictor.</param>
/// <param name="Name">Its name, for reports.</param>
/// <param name="Seen">What its fit had seen of a row's chip and model, in words; null where it was fitted to no run.</param>
internal sealed record DefaultPredictor(IServingPredictor Predictor, string Name, Func<RowPrediction, string>? Seen)
{
    /// <summary>The predictor over a catalog.</summary>
    public static DefaultPredictor Create(CatalogData catalog) => new(new CapacityPredictor(catalog), "the capacity model", null);
}
