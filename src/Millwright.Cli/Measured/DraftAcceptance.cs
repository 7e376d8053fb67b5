using Millwright.Catalog;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>
/// How many drafted tokens are accepted, where a row says that it drafted and not how well: figures of the catalog (collection "speculation") with their range.
/// </summary>
internal static class DraftAcceptance
{
    private const int ManyDrafts = 3;

    /// <summary>The figure for a layout: recipes draft three tokens, and one where attention-DP serves large batches.</summary>
    public static (Speculation Speculation, CatalogFigure Figure) Of(CatalogData catalog, in ParallelLayout decodeLayout)
    {
        int drafts = decodeLayout.AttentionRanks > 1 ? 1 : ManyDrafts;
        CatalogFigure figure = catalog.FindFigure(drafts == 1 ? "speculation/mtp-accepted-of-1" : "speculation/mtp-accepted-of-3")
            ?? throw new InvalidOperationException("The catalog lost the acceptance of drafted tokens.");
        return (new Speculation(drafts, figure.Mid ?? 0), figure);
    }

    /// <summary>The figure in words.</summary>
    public static string Words(int drafts, CatalogFigure figure) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"acceptance not told: {figure.Mid} of {drafts} drafted tokens ({figure.Low} to {figure.High}) is taken");
}
