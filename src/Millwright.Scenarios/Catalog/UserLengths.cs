using System.Globalization;
using Millwright.Catalog;
using Millwright.Scenarios.CatalogFiles;

namespace Millwright.Scenarios;

/// <summary>Puts the request lengths of a user's own trace into an overlay of the catalog.</summary>
public static class UserLengths
{
    private const string FileName = "lengths.yaml";

    private static readonly string[] Endings = [".gz", ".csv", ".jsonl", ".json", ".txt"];

    /// <summary>The id that lengths get by the path of their trace.</summary>
    /// <param name="traceFile">Path of the trace.</param>
    /// <returns>The name of the file without its endings, in lower case; what an id cannot hold has become a dash.</returns>
    public static string IdOf(string traceFile)
    {
        string name = Path.GetFileName(traceFile);
        foreach (string ending in Endings)
        {
            name = name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? name[..^ending.Length] : name;
        }

        return OverlayFile.IdOf(name);
    }

    /// <summary>Refuses an id that lengths cannot have.</summary>
    /// <param name="id">The id.</param>
    /// <param name="traceFile">Path of the trace, for the message.</param>
    /// <exception cref="InputException">It is empty, begins with a dot, or holds other than lower-case letters, digits, dot, dash and underscore.</exception>
    public static void CheckId(string id, string traceFile) => OverlayFile.CheckId(id, traceFile, "request lengths");

    /// <summary>Writes lengths.yaml into an overlay directory, which is made where it is missing.</summary>
    /// <param name="directory">Directory of the overlay.</param>
    /// <param name="lengths">The lengths.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="InputException">The file lies there already, or the overlay cannot be written.</exception>
    public static string Add(string directory, LengthHistogram lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        OverlayFile.Write(
            directory,
            (FileName, $"""
                length_histograms:
                  - id: {OverlayFile.Quote(lengths.Id)}
                    name: {OverlayFile.Quote(lengths.Name)}
                    input_tokens: [{List(lengths.InputTokens)}]
                    output_tokens: [{List(lengths.OutputTokens)}]
                    cached_share: {Number(lengths.CachedShare)}
                    peak_to_mean: {Number(lengths.PeakToMean)}
                    source: {OverlayFile.Quote(lengths.Source)}
                    licence: {OverlayFile.Quote(lengths.Licence)}
                    note: {OverlayFile.Quote(lengths.Note)}

                """));
        return Path.Combine(directory, FileName);
    }

    private static string List(IReadOnlyList<double> values) => string.Join(", ", values.Select(static v => v.ToString("0.####", CultureInfo.InvariantCulture)));

    private static string Number(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "null";
}
