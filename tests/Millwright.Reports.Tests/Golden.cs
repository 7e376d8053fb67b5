using System.Runtime.CompilerServices;
using System.Text;

namespace Millwright.Reports.Tests;

/// <summary>
/// Compares text with a file beside the tests. With MILLWRIGHT_UPDATE_GOLDEN=1 it writes the file instead; a missing file is a failure, never a pass.
/// </summary>
internal static class Golden
{
    public static void Match(string name, string text, [CallerFilePath] string caller = "")
    {
        string path = Path.Combine(Folder(caller), name);
        if (Environment.GetEnvironmentVariable("MILLWRIGHT_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return;
        }

        Assert.True(File.Exists(path), $"There is no golden file {name}. Run the tests with MILLWRIGHT_UPDATE_GOLDEN=1 and read what it writes.");
        string expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected == text)
        {
            return;
        }

        string[] before = expected.Split('\n');
        string[] after = text.Split('\n');
        int line = 0;
        while (line < before.Length && line < after.Length && before[line] == after[line])
        {
            line++;
        }

        Assert.Fail($"{name} differs at line {line + 1}.\nexpected: {before.ElementAtOrDefault(line)}\nactual:   {after.ElementAtOrDefault(line)}");
    }

    // Builds map source paths to a fixed root, so the folder is found upwards from the test assembly.
    private static string Folder(string caller)
    {
        string? mapped = Path.GetDirectoryName(caller);
        if (mapped is not null && Directory.Exists(Path.Combine(mapped, "Golden")))
        {
            return Path.Combine(mapped, "Golden");
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "Millwright.Reports.Tests", "Golden");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        throw new DirectoryNotFoundException("The folder tests/Millwright.Reports.Tests/Golden was not found above the test assembly.");
    }
}
