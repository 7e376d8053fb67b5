namespace Millwright.Infrastructure;

/// <summary>A power was stated without saying where it is measured.</summary>
public sealed class PowerBasisMissingException : Exception
{
    /// <summary>Makes the exception without a place.</summary>
    public PowerBasisMissingException()
        : this(null)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="origin">Where the power was stated, as "file:line", or null.</param>
    public PowerBasisMissingException(string? origin)
        : base($"{(origin is null ? "" : origin + ": ")}a power needs its basis: write IT, facility or utility after it, such as \"1 GW facility\".")
    {
    }

    /// <summary>Makes the exception with a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public PowerBasisMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
