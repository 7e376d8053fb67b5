using Millwright.Scenarios;

namespace Millwright.Cli.Output;

/// <summary>A file that a command writes: checked before the work starts, written beside its place and renamed, so that nothing is lost halfway.</summary>
internal sealed class OutputFile
{
    private readonly string _path;

    private OutputFile(string path) => _path = path;

    /// <summary>Checks that the path can be written.</summary>
    /// <param name="path">Path of the file; null when the user asked for none.</param>
    /// <param name="option">The option that named it, for the message.</param>
    /// <returns>The file, or null when none was asked for.</returns>
    /// <exception cref="InputException">The path cannot be written.</exception>
    public static OutputFile? At(string? path, string option)
    {
        if (path is null)
        {
            return null;
        }

        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (path.Length == 0 || Directory.Exists(full))
        {
            throw new InputException(path, 0, 0, $"{option} names a folder, not a file. Give the path of a file.");
        }

        if (!Directory.Exists(folder))
        {
            throw new InputException(path, 0, 0, $"{option} cannot be written: the folder {folder} does not exist.");
        }

        string probe = TemporaryBeside(full);
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(full))
            {
                using FileStream existing = new(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            }
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, 0, 0, $"{option} cannot be written: {problem.Message}");
        }

        return new OutputFile(full);
    }

    /// <summary>Writes the text and puts it in place.</summary>
    /// <param name="text">The whole content.</param>
    public void Write(string text)
    {
        string temporary = TemporaryBeside(_path);
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            File.Delete(temporary);
            throw new InputException(_path, 0, 0, $"The file cannot be written: {problem.Message}");
        }
    }

    private static string TemporaryBeside(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
}
