namespace Millwright.Scenarios.Yaml;

/// <summary>What a text file is meant to be: how large it may be, and the words that tell a user what belongs there.</summary>
/// <param name="WantedFile">Which file is wanted, for messages.</param>
/// <param name="MostBytes">Most bytes of a file.</param>
/// <param name="Size">How large such a file is, in words.</param>
/// <param name="Content">What belongs at its top, in words.</param>
/// <param name="WhenEmpty">What helps where there is nothing in it.</param>
/// <param name="NamePattern">Which files beside a missing one may have been meant.</param>
internal sealed record SourceKind(string WantedFile, int MostBytes, string Size, string Content, string WhenEmpty, string NamePattern)
{
    /// <summary>A scenario.</summary>
    public static SourceKind Scenario { get; } = new(
        "the path of a scenario, such as scenarios/gigawatt.yaml",
        5_000_000,
        "a scenario is a page of text",
        "a scenario is lines of \"key: value\", such as \"site:\"",
        "\"millwright new\" writes a scenario to start from",
        "*.y*ml");

    /// <summary>A file of the catalog.</summary>
    /// <param name="sections">Keys allowed at its top.</param>
    /// <returns>The kind.</returns>
    public static SourceKind Catalog(IReadOnlyList<string> sections) => new(
        "the path of a catalog file, such as prices.yaml",
        20_000_000,
        "a catalog file is a list of rows, and more than one file may lie in the folder",
        $"allowed at the top: {string.Join(", ", sections)}",
        $"allowed at the top: {string.Join(", ", sections)}",
        "*.y*ml");

    /// <summary>Options of a command.</summary>
    /// <param name="keys">Keys allowed.</param>
    /// <returns>The kind.</returns>
    public static SourceKind Options(IEnumerable<string> keys) => new(
        "the path of a file of options, such as run.yaml",
        1_000_000,
        "a file of options is a few lines of text",
        "a file of options is lines of \"key: value\", such as \"model: llama-3.1-8b\"",
        $"allowed are {string.Join(", ", keys)}",
        "*.y*ml");

    /// <summary>A model's configuration.</summary>
    public static SourceKind ModelConfig { get; } = new(
        "the path of a Hugging Face config.json",
        5_000_000,
        "a config.json has a few thousand bytes",
        "a config.json is a JSON object",
        "a config.json is a JSON object",
        "*.json");
}
