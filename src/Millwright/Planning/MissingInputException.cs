namespace Millwright.Planning;

/// <summary>The plan needs a figure that neither the scenario states nor the catalog knows: the user's to give, never invented.</summary>
/// <param name="key">The scenario key to state.</param>
/// <param name="message">What is missing and what to do, in plain words.</param>
public sealed class MissingInputException(string key, string message) : Exception(message)
{
    /// <summary>The scenario key to state.</summary>
    public string Key { get; } = key;
}
