using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Millwright.Scenarios.Tests.Scenarios;

/// <summary>Whatever is done to a scenario, reading it ends soon: with a scenario or with one message.</summary>
public sealed class ScenarioFuzzTests
{
    private static readonly string s_text = File.ReadAllText(Place.Ready("gigawatt.yaml"));

    private static readonly string[] s_pieces =
    [
        "\n", "  ", "\t", ":", ": ", "- ", "-", "#", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "!x ", "|", ">", "|\n", "%", "@", "`", "? ", ",", "..", " .. ", "~", "null",
        "nan", ".inf", "-", "1e999", "9999999999999999999999", "0x1F", "1_0", "__", "GW", " IT", "$", "c/kWh", "/", "/-/", "auto", "default", "<<: ", "---\n", "...\n", "--- ",
        "\0", "\u0085", "\u2028", "\ufeff", "\ud800", "\U0001F600", "漢", "\\", "\r", "\r\n", "site:\n", "workloads:\n", "based_on: .\n", "based_on: gigawatt.yaml\n",
        "low: 1", "{low: 1, mid: 2, high: 3}", "[[[[[[[[[[[[", "{{{{{{{{{{{{", "- - - - - - - - - - ", "? ? ? ? ? ? ", "!!binary ", "%YAML 9999999999999.1\n---\n", "%TAG ! x\n",
    ];

    private static readonly Gen<string> s_mutated = Gen.Select(
        Gen.Int[0, 4],
        Gen.Double[0, 1],
        Gen.Int[0, 400],
        Gen.OneOf(Gen.Int[0, s_pieces.Length - 1].Select(i => s_pieces[i]), Gen.String[0, 20])).Array[1, 6].Select(Mutate);

    [Fact]
    public void MutationsOfTheGigawattNeverEndInAnythingButAnInputException()
    {
        ScenarioReader.ReadText(s_text);
        s_mutated.Holds(text => EndsWell(text, TimeSpan.FromSeconds(10)), iter: 6_000);
    }

    [Fact]
    public void ChangedBytesOfTheFileNeverEndInAnythingButAnInputException()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(s_text);
        string path = Path.Combine(Place.NewFolder(), "fuzz.yaml");
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 4].Holds(
            changes =>
            {
                byte[] changed = [.. bytes];
                foreach ((int place, byte value) in changes)
                {
                    changed[place] = value;
                }

                File.WriteAllBytes(path, changed);
                return Ends(() => ScenarioReader.Read(path));
            },
            iter: 1_000,
            threads: 1);
    }

    [Fact]
    public void AnyChangeNeverEndsInAnythingButAnInputException() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, ScenarioShape.Leaves.Count - 1].Select(i => ScenarioShape.Leaves[i].Path.Replace("NAME", "chat", StringComparison.Ordinal)), Gen.String[0, 30]), Gen.OneOf(
            Gen.Int[0, s_pieces.Length - 1].Array[1, 4].Select(i => string.Concat(i.Select(p => s_pieces[p]))), Gen.String[0, 30])).Holds(
            (key, value) => Ends(() => ScenarioReader.ReadText(s_text, "x", TestCatalog.Data, [$"{key}={value}"])),
            iter: 1_000);

    [Fact]
    public void NoPieceOfTextEndsInAnythingButAnInputException() =>
        Gen.Int[0, s_pieces.Length - 1].Array[1, 30].Select(i => string.Concat(i.Select(p => s_pieces[p]))).Holds(
            text => EndsWell(text, TimeSpan.FromSeconds(10)), iter: 6_000);

    private static bool EndsWell(string text, TimeSpan most)
    {
        Stopwatch watch = Stopwatch.StartNew();
        return Ends(() => ScenarioReader.ReadText(text)) && watch.Elapsed < most;
    }

    private static bool Ends(Action read)
    {
        try
        {
            read();
        }
        catch (InputException e)
        {
            return e.Message.Length is > 10 and < 3000 && !e.Message.Contains('\n');
        }

        return true;
    }

    private static string Mutate((int Kind, double Place, int Length, string Piece)[] mutations)
    {
        string text = s_text;
        foreach ((int kind, double place, int length, string piece) in mutations)
        {
            int at = (int)(place * text.Length);
            int end = Math.Min(text.Length, at + length);
            text = kind switch
            {
                0 => text.Insert(at, piece),
                1 => text.Remove(at, Math.Min(length % 12, text.Length - at)),
                2 => text[..at] + piece + text[Math.Min(text.Length, at + piece.Length)..],
                3 => text.Insert(at, text[at..end]),
                _ => text[..at],
            };
        }

        return text;
    }
}
