namespace Millwright.Scenarios;

/// <summary>An error of the user's making, in plain words: where it is, what was found and what is allowed.</summary>
/// <param name="file">File as the user named it.</param>
/// <param name="line">Line from 1, or 0 where no line is to blame.</param>
/// <param name="column">Column from 1, or 0 where no column is to blame.</param>
/// <param name="message">What was found and what is allowed, in one line.</param>
public sealed class InputException(string file, int line, int column, string message) : Exception(message)
{
    /// <summary>File as the user named it.</summary>
    public string File { get; } = file;

    /// <summary>Line from 1, or 0 where no line is to blame.</summary>
    public int Line { get; } = line;

    /// <summary>Column from 1, or 0 where no column is to blame.</summary>
    public int Column { get; } = column;
}
