using System.Reflection;
using System.Text;

namespace Millwright.Cli;

/// <summary>The scenarios that ship inside the program: those of the folder "scenarios" of the checkout.</summary>
internal static class ShippedScenarios
{
    private const string Folder = "scenarios/";
    private const string Ending = ".yaml";

    /// <summary>Paths of the scenarios, such as "scenarios/gigawatt.yaml", in order.</summary>
    public static IReadOnlyList<string> Paths { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(static n => n.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The text of a shipped scenario.</summary>
    /// <param name="name">Its path in the checkout, or its name with or without ".yaml".</param>
    /// <returns>The text, or null when none of that name ships.</returns>
    public static string? Find(string name)
    {
        string path = name.Replace('\\', '/');
        path = path.StartsWith(Folder, StringComparison.Ordinal) ? path : Folder + path;
        path = path.EndsWith(Ending, StringComparison.Ordinal) ? path : path + Ending;
        using Stream? stream = Paths.Contains(path) ? Assembly.GetExecutingAssembly().GetManifestResourceStream(path) : null;
        if (stream is null)
        {
            return null;
        }

        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
