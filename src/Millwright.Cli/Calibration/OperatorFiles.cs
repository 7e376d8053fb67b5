using Millwright.Chips;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Calibration;

/// <summary>A folder that fitted grids are written to: one file for each system, engine and operator.</summary>
/// <param name="folder">The folder; it exists.</param>
internal sealed class OperatorFiles(string folder)
{
    /// <summary>The folder, made where it is missing.</summary>
    /// <param name="path">Its path; null where none was asked for.</param>
    /// <returns>The folder, or null.</returns>
    /// <exception cref="InputException">It cannot be made.</exception>
    public static OperatorFiles? At(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            Directory.CreateDirectory(path);
            return new OperatorFiles(path);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException or ArgumentException)
        {
            throw new InputException(path, 0, 0, $"--out cannot be written: {problem.Message}");
        }
    }

    /// <summary>Writes the grids.</summary>
    public void Write(IReadOnlyList<OperatorFit> fits)
    {
        foreach (var file in fits.GroupBy(f => (f.Grid.SystemId, f.Grid.Engine, f.Grid.Operator)).OrderBy(f => f.Key))
        {
            using StringWriter text = new();
            OperatorGridText.Write(file.Select(f => f.Grid).OrderBy(g => g.Precision), Provenance.Comments, text);
            string name = $"{file.Key.SystemId}__{OperatorNames.Of(file.Key.Engine)}__{file.Key.Operator}.csv";
            OutputFile.At(Path.Combine(folder, name), "--out")!.Write(text.ToString());
        }
    }
}
