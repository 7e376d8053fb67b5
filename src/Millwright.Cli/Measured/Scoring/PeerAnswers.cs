using System.Globalization;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured;

/// <summary>Answers of another program to the same rows.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Rows">TPOT by id of the row, ms; null where it gave none.</param>
internal sealed record PeerAnswers(string Name, IReadOnlyDictionary<string, double?> Rows)
{
    /// <summary>Reads id, status and tpot_ms.</summary>
    /// <exception cref="InputException">The file is no such table.</exception>
    public static PeerAnswers Read(string path)
    {
        CsvTable table = CsvTable.Parse(InputBytes.Read(path, "a CSV table of predictions"), path, ["id", "status", "tpot_ms"]);
        Dictionary<string, double?> rows = new(StringComparer.Ordinal);
        foreach (CsvCell[] record in table.Records)
        {
            CsvCell cell = table.Cell(record, "tpot_ms");
            double? milliseconds = cell.Text.Trim() is not { Length: > 0 } text ? null
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
                : throw new InputException(path, cell.Line, cell.Column, $"Column tpot_ms: \"{CsvTable.Shown(text)}\" is no number, nor empty.");
            rows[table.Cell(record, "id").Text.Trim()] = table.Cell(record, "status").Text.Trim() == "ok" && milliseconds > 0 ? milliseconds : null;
        }

        return new PeerAnswers(Path.GetFileName(path), rows);
    }
}
