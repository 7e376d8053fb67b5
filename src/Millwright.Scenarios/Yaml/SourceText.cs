using System.Text;
using Millwright.Quantities;

namespace Millwright.Scenarios.Yaml;

/// <summary>Reads a text file that a user named: of bounded size and in UTF-8; YAML also free of tabs and control characters.</summary>
internal static class SourceText
{
    private const int BytesPerMegabyte = 1_000_000;

    private static readonly UTF8Encoding s_strict = new(false, true);

    /// <summary>Reads a file of YAML.</summary>
    /// <param name="path">Path as the user named it.</param>
    /// <param name="kind">What the file is meant to be.</param>
    /// <returns>Its text, checked.</returns>
    /// <exception cref="InputException">The file is missing, is a directory, cannot be read, is too large, or is not clean text.</exception>
    public static string Read(string path, SourceKind kind)
    {
        string text = ReadUnchecked(path, kind);
        Check(path, text, kind);
        return text;
    }

    /// <summary>Reads a file in which tabs and other characters may stand, such as JSON.</summary>
    /// <param name="path">Path as the user named it.</param>
    /// <param name="kind">What the file is meant to be.</param>
    /// <returns>Its text.</returns>
    /// <exception cref="InputException">The file is missing, is a directory, cannot be read, is too large, or is not UTF-8.</exception>
    public static string ReadUnchecked(string path, SourceKind kind)
    {
        if (path.Trim().Length == 0 || path.Contains('\0'))
        {
            throw new InputException(path.Replace("\0", "", StringComparison.Ordinal), 0, 0, $"this is not a path; give {kind.WantedFile}");
        }

        if (Directory.Exists(path))
        {
            throw new InputException(path, 0, 0, $"this is a directory; give {kind.WantedFile}");
        }

        if (!File.Exists(path))
        {
            throw new InputException(path, 0, 0, "there is no such file" + NearFile(path, kind));
        }

        try
        {
            return Decode(path, ReadCapped(path, kind));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            string why = e is UnauthorizedAccessException ? "permission is denied" : "another program holds it, or the disk failed";
            throw new InputException(path, 0, 0, $"the file cannot be read: {why}");
        }
    }

    /// <summary>Checks a text as a file's is.</summary>
    /// <param name="name">Name to show.</param>
    /// <param name="text">The text.</param>
    /// <param name="kind">What the text is meant to be.</param>
    /// <exception cref="InputException">It is empty, too long, or holds a tab or a control character.</exception>
    public static void Check(string name, string text, SourceKind kind)
    {
        if (text.Length > kind.MostBytes)
        {
            throw new InputException(name, 0, 0, $"the text is longer than {kind.MostBytes / BytesPerMegabyte} MB; {kind.Size}");
        }

        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (c == '\t')
            {
                string found = text.AsSpan(lineStart, i - lineStart).Trim(' ').IsEmpty ? "a tab indents this line" : "a tab was found";
                throw new InputException(name, line, i - lineStart + 1, found + "; allowed are spaces, two for each level");
            }
            else if ((c < ' ' && c != '\r') || c is >= '\x7f' and <= '\x9f' or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff')
            {
                throw new InputException(name, line, i - lineStart + 1, $"a control character (U+{(int)c:X4}) was found; allowed is plain text in UTF-8");
            }
            else if (char.IsSurrogate(c))
            {
                if (!char.IsHighSurrogate(c) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    throw new InputException(name, line, i - lineStart + 1, "half a character was found; allowed is plain text in UTF-8");
                }

                i++;
            }
        }

        if (text.AsSpan().Trim().Length == 0)
        {
            throw new InputException(name, 1, 1, $"the file is empty; {kind.WhenEmpty}");
        }
    }

    private static byte[] ReadCapped(string path, SourceKind kind)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        string most = $"larger than {kind.MostBytes / BytesPerMegabyte} MB; {kind.Size}";
        if (stream.CanSeek && stream.Length > kind.MostBytes)
        {
            throw new InputException(path, 0, 0, $"the file has {stream.Length} bytes and is {most}");
        }

        using MemoryStream content = new();
        byte[] buffer = new byte[65536];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, read);
            if (content.Length > kind.MostBytes)
            {
                throw new InputException(path, 0, 0, $"the file is {most}");
            }
        }

        return content.ToArray();
    }

    private static string Decode(string path, byte[] bytes)
    {
        if (bytes.Length >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)))
        {
            throw new InputException(path, 1, 1, "the file is UTF-16; save it as UTF-8");
        }

        int start = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            return s_strict.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(start);
            int line = 1;
            int column = 1;
            while (Rune.DecodeFromUtf8(rest, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
                rest = rest[used..];
            }

            throw new InputException(path, line, column, $"the byte 0x{rest[0]:X2} is not UTF-8; save the file as UTF-8");
        }
    }

    private static string NearFile(string path, SourceKind kind)
    {
        try
        {
            string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
            IEnumerable<string> beside = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, kind.NamePattern).Take(1000).Select(f => Path.GetFileName(f)) : [];
            return Spelling.Nearest(Path.GetFileName(path), beside) is { } near
                ? $"; did you mean \"{Path.Combine(Path.GetDirectoryName(path) ?? "", near)}\"?"
                : "";
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return "";
        }
    }
}
