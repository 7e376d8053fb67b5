namespace Millwright.Performance.Profiles;

/// <summary>A layer profile that cannot be read, or that lacks what a deployment needs.</summary>
/// <param name="file">File of the profile; empty for the profile as a whole.</param>
/// <param name="line">Line from 1; 0 for the file as a whole.</param>
/// <param name="message">What is wrong, in words.</param>
public sealed class LayerProfileException(string file, int line, string message) : Exception(message)
{
    /// <summary>File of the profile; empty for the profile as a whole.</summary>
    public string File { get; } = file;

    /// <summary>Line from 1; 0 for the file as a whole.</summary>
    public int Line { get; } = line;
}
