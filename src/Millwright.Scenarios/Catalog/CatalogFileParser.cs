using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>
/// Reads a catalog file into nodes with their places. Takes plain YAML only: one document, no anchor or alias, no tag, no key twice, and a bounded size and depth,
/// so that no file can make the reader work long.
/// </summary>
internal sealed class CatalogFileParser
{
    /// <summary>Largest file taken, bytes.</summary>
    public const long MaxFileBytes = 20_000_000;

    private const int MaxDepth = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly IParser _parser;

    private CatalogFileParser(string file, IParser parser)
    {
        _file = file;
        _parser = parser;
    }

    /// <summary>Reads a text file of bounded size.</summary>
    /// <param name="file">Path of the file.</param>
    /// <returns>The text.</returns>
    /// <exception cref="InputException">The file is missing, unreadable, too large or not UTF-8.</exception>
    public static string ReadText(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
            {
                throw new InputException(file, 0, 0, Directory.Exists(file) ? "is a directory; a file is needed" : "no such file");
            }

            if (info.Length > MaxFileBytes)
            {
                throw new InputException(file, 0, 0, $"has {info.Length} bytes; a catalog file may have at most {MaxFileBytes}");
            }

            byte[] bytes = File.ReadAllBytes(file);
            ReadOnlySpan<byte> content = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            throw new InputException(file, 0, 0, "is not UTF-8 text; save it as UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(file, 0, 0, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads YAML text.</summary>
    /// <param name="file">Name for messages.</param>
    /// <param name="text">The text.</param>
    /// <returns>The one node of the document, or null when the text holds none.</returns>
    /// <exception cref="InputException">The text is not the YAML that a catalog takes.</exception>
    public static CatalogNode? Parse(string file, string text)
    {
        try
        {
            return new CatalogFileParser(file, new Parser(new StringReader(text))).Document();
        }
        catch (YamlException e)
        {
            throw TabError(file, text) ?? new InputException(file, (int)e.Start.Line, (int)e.Start.Column, "is not valid YAML here: " + Reason(e));
        }
    }

    // YAML's own message for a tab blames the line before; the user needs the line with the tab.
    private static InputException? TabError(string file, string text)
    {
        int line = 0;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines())
        {
            line++;
            int indent = content.IndexOfAnyExcept(' ');
            if (indent >= 0 && content[indent] == '\t' && !content.Trim().IsEmpty)
            {
                return new InputException(file, line, indent + 1, "a tab indents this line; allowed: spaces only");
            }
        }

        return null;
    }

    private static string Reason(YamlException e)
    {
        string message = e.Message;
        int afterPlace = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return afterPlace < 0 ? message : message[(afterPlace + 3)..];
    }

    private CatalogNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        CatalogNode node = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out DocumentStart? second))
        {
            throw Error(second.Start, "a second document begins; a catalog file holds one");
        }

        _parser.Consume<StreamEnd>();
        return node;
    }

    private CatalogNode Node(int depth)
    {
        ParsingEvent next = _parser.Current ?? throw new InputException(_file, 0, 0, "ends in the middle of a value");
        if (next is AnchorAlias alias)
        {
            throw Error(next.Start, $"alias \"*{alias.Value}\" found; anchors and aliases are not allowed, write the value out");
        }

        if (next is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            throw Error(next.Start, $"anchor \"&{anchored.Anchor}\" found; anchors and aliases are not allowed, write the value out");
        }

        if (next is NodeEvent { Tag.IsEmpty: false } tagged)
        {
            throw Error(next.Start, $"tag \"{tagged.Tag}\" found; tags are not allowed");
        }

        if (depth > MaxDepth)
        {
            throw Error(next.Start, $"is nested more than {MaxDepth} levels deep");
        }

        return next switch
        {
            Scalar => Leaf(_parser.Consume<Scalar>()),
            SequenceStart => List(depth),
            MappingStart => Map(depth),
            _ => throw Error(next.Start, "a value is missing here"),
        };
    }

    private static ScalarNode Leaf(Scalar scalar) =>
        new(scalar.Value, scalar.Style is not ScalarStyle.Plain, (int)scalar.Start.Line, (int)scalar.Start.Column);

    private ListNode List(int depth)
    {
        SequenceStart start = _parser.Consume<SequenceStart>();
        var items = new List<CatalogNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return new ListNode(items, (int)start.Start.Line, (int)start.Start.Column);
    }

    private MapNode Map(int depth)
    {
        MappingStart start = _parser.Consume<MappingStart>();
        var entries = new List<MapEntry>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (Node(depth + 1) is not ScalarNode key)
            {
                throw Error(start.Start, "a key must be a word");
            }

            if (!seen.TryAdd(key.Text, key.Line))
            {
                throw new InputException(_file, key.Line, key.Column, $"key \"{key.Text}\" stands twice, first in line {seen[key.Text]}");
            }

            entries.Add(new MapEntry(key, Node(depth + 1)));
        }

        return new MapNode(entries, (int)start.Start.Line, (int)start.Start.Column);
    }

    private InputException Error(Mark mark, string message) => new(_file, (int)mark.Line, (int)mark.Column, message);
}
