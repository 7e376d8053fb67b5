using System.Collections.Frozen;

namespace Millwright.Reports.Launch;

/// <summary>The options that an engine is known to take, as listed in a file that ships beside this class with its version and source.</summary>
public sealed class EngineOptions
{
    private const string VersionMark = "# version:";

    private EngineOptions(string version, FrozenSet<string> names)
    {
        Version = version;
        Names = names;
    }

    /// <summary>The version that the list stands for; a later one may have dropped an option.</summary>
    public string Version { get; }

    /// <summary>Options as typed, with their dashes, and paths of the keys of files.</summary>
    public FrozenSet<string> Names { get; }

    /// <summary>The list of a target.</summary>
    /// <param name="target">The target.</param>
    /// <returns>The list.</returns>
    public static EngineOptions Of(LaunchTarget target)
    {
        string name = target switch
        {
            LaunchTarget.Vllm => "vllm",
            LaunchTarget.Sglang => "sglang",
            LaunchTarget.TensorRtLlm => "trtllm",
            _ => "llm-d",
        };
        using Stream stream = typeof(EngineOptions).Assembly.GetManifestResourceStream($"launch/{name}.txt")
            ?? throw new InvalidOperationException($"the list of options of {name} is not in the program");
        using StreamReader reader = new(stream);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string version = lines.First(static line => line.StartsWith(VersionMark, StringComparison.Ordinal))[VersionMark.Length..].Trim();
        return new EngineOptions(version, lines.Where(static line => line[0] != '#').ToFrozenSet(StringComparer.Ordinal));
    }
}
