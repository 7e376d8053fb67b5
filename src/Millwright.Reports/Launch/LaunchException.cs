namespace Millwright.Reports.Launch;

/// <summary>A deployment that an engine cannot run as it stands. The message says why, in one sentence.</summary>
public sealed class LaunchException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why.</param>
    public LaunchException(string message)
        : base(message)
    {
    }
}
