namespace Millwright.Scenarios;

/// <summary>A wrong input of the user's: what was found, what is allowed and the nearest right spelling, in plain words.</summary>
/// <param name="file">File as the user named it, or "--set".</param>
/// <param name="line">Line from 1; 0 where there is none.</param>
/// <param name="column">Column from 1; 0 where there is none.</param>
/// <param name="message">What is wrong, in plain words.</param>
public sealed class InputException(string file, int line, int column, string message) : Exception(message)
{
    /// <summary>File as the user named it, or "--set".</summary>
    public string File { get; } = file;

    /// <summary>Line from 1; 0 where there is none.</summary>
    public int Line { get; } = line;

    /// <summary>Column from 1; 0 where there is none.</summary>
    public int Column { get; } = column;
}
