using System.Diagnostics;
using System.Text;

namespace Millwright.Scenarios.Tests.Scenarios;

public sealed class MalformedScenarioTests
{
    // one line each: file (> file that is wrong) | line | column | piece of the message | ...
    public static TheoryData<string> Cases =>
        [.. File.ReadLines(Place.Malformed("expected.txt")).Where(l => l.Length > 0 && !l.StartsWith('#'))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void EndsWithOneMessageThatNamesPlaceAndRemedy(string expected)
    {
        string[] parts = expected.Split('|', StringSplitOptions.TrimEntries);
        string[] names = parts[0].Split(" > ");
        string path = Place.Malformed(names[0]);

        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(path, TestCatalog.Data));

        Assert.Equal(Place.Malformed(names[^1]), wrong.File);
        Assert.Equal($"{parts[1]}:{parts[2]}", $"{wrong.Line}:{wrong.Column}");
        Assert.All(parts[3..], fragment => Assert.Contains(fragment, wrong.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    [Fact]
    public void EveryMalformedFileIsExpected()
    {
        string[] files = [.. Directory.EnumerateFiles(Place.Malformed(""), "*.yaml").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        string[] expected = [.. Cases.Select(c => c.Data.Split('|', '>')[0].Trim()).Append("cycle-b.yaml").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, files);
        Assert.True(expected.Length >= 25);
    }

    [Fact]
    public void AnEmptyFileIsRefused() => Refused("", "empty", 1);

    [Fact]
    public void AFileOfCommentsOnlyIsRefused() => Refused("# nothing\n", "comments only", 1);

    [Fact]
    public void AMissingFileNamesItsNeighbour()
    {
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(Place.Ready("gigawat.yaml")));
        Assert.Contains("no such file", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("gigawatt.yaml\"?", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADirectoryIsRefused() =>
        Assert.Contains("directory", Assert.Throws<InputException>(() => ScenarioReader.Read(AppContext.BaseDirectory)).Message, StringComparison.Ordinal);

    [Fact]
    public void APathThatIsNoneIsRefused()
    {
        Assert.Throws<InputException>(() => ScenarioReader.Read(" "));
        Assert.Throws<InputException>(() => ScenarioReader.Read("a\0b.yaml"));
    }

    [Fact]
    public void AnUnreadableFileIsRefused()
    {
        string folder = Place.NewFolder();
        string path = Path.Combine(folder, "locked.yaml");
        File.WriteAllText(path, "name: locked\n");

        // a lock keeps even the superuser out, where a file mode would not
        using (FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(path));
            Assert.Contains("cannot be read", wrong.Message, StringComparison.Ordinal);
        }

        Directory.Delete(folder, true);
    }

    [Fact]
    public void AFileOf50MegabytesIsRefusedAtOnce()
    {
        string folder = Place.NewFolder();
        string path = Path.Combine(folder, "large.yaml");
        using (FileStream stream = File.Create(path))
        {
            byte[] line = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("# a line of a comment\n", 50_000)));
            while (stream.Length < 50_000_000)
            {
                stream.Write(line);
            }
        }

        Stopwatch watch = Stopwatch.StartNew();
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(path));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
        Assert.Contains("larger than 5 MB", wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    [Theory]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-16BE", "UTF-16")]
    [InlineData("utf-32", "UTF-16")]
    public void OtherEncodingsAreRefused(string encoding, string fragment)
    {
        string folder = Place.NewFolder();
        string path = Path.Combine(folder, "encoded.yaml");
        File.WriteAllText(path, "name: encoded\n", Encoding.GetEncoding(encoding));
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(path));
        Assert.Contains(fragment, wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void TheFirstByteThatIsNotUtf8IsNamed()
    {
        string folder = Place.NewFolder();
        string path = Path.Combine(folder, "latin.yaml");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes("name: a\ndescription: caf\u00e9\n"));
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(path));
        Assert.Equal((2, 17), (wrong.Line, wrong.Column));
        Assert.Contains("0xE9", wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void AByteOrderMarkOfUtf8IsHarmless()
    {
        string folder = Place.NewFolder();
        string path = Path.Combine(folder, "mark.yaml");
        File.WriteAllText(path, "name: marked\n", new UTF8Encoding(true));
        Assert.Equal("marked", ScenarioReader.Read(path).Name);
        Directory.Delete(folder, true);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('?')]
    [InlineData('-')]
    [InlineData('*')]
    [InlineData('&')]
    [InlineData('"')]
    [InlineData('\'')]
    [InlineData('a')]
    [InlineData(':')]
    [InlineData('|')]
    public void FourMegabytesOfOneCharacterEndQuickly(char c)
    {
        foreach (string text in new[] { new string(c, 4_000_000), string.Concat(Enumerable.Repeat(c + " ", 2_000_000)), string.Concat(Enumerable.Repeat(c + "\n", 2_000_000)), string.Concat(Enumerable.Repeat(c + ": ", 1_300_000)) })
        {
            Stopwatch watch = Stopwatch.StartNew();
            Assert.Throws<InputException>(() => ScenarioReader.ReadText(text));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed} for \"{text[..10]}\"");
        }
    }

    private static void Refused(string text, string fragment, int line)
    {
        string folder = Place.NewFolder();
        string path = Path.Combine(folder, "case.yaml");
        File.WriteAllText(path, text);
        InputException wrong = Assert.Throws<InputException>(() => ScenarioReader.Read(path));
        Assert.Equal(line, wrong.Line);
        Assert.Contains(fragment, wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }
}
