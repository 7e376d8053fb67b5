namespace Millwright.Chips;

/// <summary>What an exchange must at least move over the link of one chip.</summary>
public static class CollectiveIdeal
{
    /// <summary>Bytes that cross the link of one chip one way at the least.</summary>
    /// <param name="bytes">Bytes that each chip holds: the message of an all-reduce, what an all-gather ends with, what a reduce-scatter or an
    /// all-to-all begins with.</param>
    /// <param name="chips">Chips, above 1.</param>
    /// <param name="operatorName">Name of the operator grid.</param>
    /// <returns>Bytes: an all-reduce in the switch sends each value once (a ring sends it almost twice); the others move all but a chip's own
    /// part.</returns>
    public static double LinkBytes(double bytes, double chips, string operatorName)
    {
        ArgumentNullException.ThrowIfNull(operatorName);
        return operatorName.EndsWith("all-reduce", StringComparison.Ordinal) ? bytes : (chips - 1) / chips * bytes;
    }
}
