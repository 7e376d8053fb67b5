using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Millwright.Scenarios.Yaml;

/// <summary>Reads the plain part of YAML that a scenario or a catalog file needs into a tree with places: no aliases, anchors, tags, directives or second documents.</summary>
internal sealed class YamlTree
{
    private const int DeepestLevel = 8;

    // pieces of the scanner's messages, the particular before the general
    private static readonly (string Fragment, string Words)[] s_plainWords =
    [
        ("directive", "a \"%\" directive was found; none is allowed"),
        ("scanning a tag", "a tag (\"!\") was found; write the value alone"),
        ("undefined tag", "a tag (\"!\") was found; write the value alone"),
        ("anchor", "an anchor (\"&\") or alias (\"*\") was found; write each value itself"),
        ("could not find expected ':'", "a line without \"key: value\" was found; is the \":\" missing, or a quote not closed?"),
        ("did not find expected key", "this line does not fit the lines above; check the indentation (two spaces for each level) and the \":\""),
        ("did not find expected '-'", "a list item is wanted, beginning with \"- \"; check the indentation"),
        ("did not find expected ','", "a bracket is not closed, or a \",\" is missing"),
        ("multiline plain scalar", "the line above has no \"key: value\"; is its \":\" missing?"),
        ("invalid mapping", "a second \":\" was found in this line; put the value in quotes, or begin a new line"),
        ("mapping values are not allowed", "a second \":\" was found in this line; put the value in quotes, or begin a new line"),
        ("mapping keys are not allowed", "a key (\"? \") cannot stand here; allowed are lines of \"key: value\""),
        ("block sequence entries", "a list item (\"- \") cannot stand here; begin a new line"),
        ("did not find expected node content", "a value is missing here, or a bracket is not closed"),
        ("unexpected end of stream", "a quote is not closed"),
        ("unexpected document indicator", "a quote is not closed"),
        ("wrong indentation", "a text in quotes goes on in a line that is not indented"),
        ("escape", "after \"\\\" in quotes stands no character that it can go with; write \"\\\\\" for the character itself"),
        ("hexadecimal", "after \"\\\" in quotes stands no character that it can go with; write \"\\\\\" for the character itself"),
        ("surrogates", "half a character was found; allowed is plain text in UTF-8"),
        ("cannot start any token", "this character cannot begin a value; put the value in quotes"),
        ("block scalar", "after \"|\" or \">\" the text begins in a new line, indented"),
        ("comment", "a comment (\"#\") cannot stand here; begin a new line"),
        ("document", "a second document (\"---\") was found; a file is one document"),
    ];

    private readonly string _file;
    private readonly SourceKind _kind;
    private readonly Parser _parser;

    private YamlTree(string file, string text, SourceKind kind)
    {
        _file = file;
        _kind = kind;
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads a scenario.</summary>
    /// <param name="file">File as the user named it.</param>
    /// <param name="text">Its text, checked by <see cref="SourceText"/>.</param>
    /// <returns>The keys at the top.</returns>
    /// <exception cref="InputException">The text is not plain YAML, or no keys stand at its top.</exception>
    public static YamlMapping Read(string file, string text)
    {
        YamlNode root = Read(file, text, SourceKind.Scenario);
        return root as YamlMapping ?? throw root.Wrong($"{root.What} was found; {SourceKind.Scenario.Content}");
    }

    /// <summary>Reads a text.</summary>
    /// <param name="file">File as the user named it.</param>
    /// <param name="text">Its text, checked by <see cref="SourceText"/>.</param>
    /// <param name="kind">What the text is meant to be.</param>
    /// <returns>What stands at the top, not empty.</returns>
    /// <exception cref="InputException">The text is not plain YAML.</exception>
    public static YamlNode Read(string file, string text, SourceKind kind)
    {
        CheckBrackets(file, text);
        YamlTree tree = new(file, text, kind);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            throw new InputException(file, (int)e.Start.Line, (int)e.Start.Column, Plain(e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException or FormatException or IndexOutOfRangeException)
        {
            // the scanner trips over some broken texts without naming a place
            throw new InputException(file, 1, 1, "this is not YAML; allowed are lines of \"key: value\", indented by two spaces");
        }
    }

    private YamlNode ReadDocument()
    {
        ParsingEvent first = Next();
        while (first is StreamStart or DocumentStart)
        {
            if (first is DocumentStart { IsImplicit: false } start && (start.Version is not null || start.Tags is { Count: > 0 }))
            {
                throw At(first, "a \"%\" directive was found; none is allowed");
            }

            first = Next();
        }

        if (first is StreamEnd)
        {
            throw new InputException(_file, 1, 1, $"the file holds comments only; {_kind.WhenEmpty}");
        }

        YamlNode root = ReadNode(first, 0);
        ParsingEvent end = Next();
        while (end is DocumentEnd)
        {
            end = Next();
        }

        if (end is not StreamEnd)
        {
            throw At(end, "a second document (\"---\") was found; a file is one document");
        }

        return root is YamlScalar { IsEmpty: true } ? throw root.Wrong($"the file holds no keys; {_kind.WhenEmpty}") : root;
    }

    private YamlNode ReadNode(ParsingEvent now, int level)
    {
        if (level > DeepestLevel)
        {
            throw At(now, $"the file nests deeper than {DeepestLevel} levels");
        }

        if (now is AnchorAlias alias)
        {
            throw At(now, $"an alias (\"*{alias.Value}\") was found; write the value itself");
        }

        if (now is not NodeEvent node)
        {
            throw At(now, "a value is missing here");
        }

        if (!node.Anchor.IsEmpty)
        {
            throw At(now, $"an anchor (\"&{node.Anchor}\") was found; write each value itself");
        }

        if (!node.Tag.IsEmpty)
        {
            throw At(now, $"a tag (\"{node.Tag}\") was found; write the value alone");
        }

        (int line, int column) = Place(now);
        switch (now)
        {
            case Scalar scalar:
                if (scalar.Value.Any(c => char.IsControl(c) && c != '\n'))
                {
                    throw At(now, "a control character was found in a value; allowed is plain text");
                }

                return new YamlScalar(_file, line, column, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                List<YamlNode> items = [];
                for (ParsingEvent item = Next(); item is not SequenceEnd; item = Next())
                {
                    items.Add(ReadNode(item, level + 1));
                }

                return new YamlSequence(_file, line, column, items);
            case MappingStart:
                return ReadMapping(line, column, level);
            default:
                throw At(now, "a value is missing here");
        }
    }

    private YamlMapping ReadMapping(int line, int column, int level)
    {
        List<YamlEntry> entries = [];
        Dictionary<string, YamlScalar> seen = new(StringComparer.Ordinal);
        for (ParsingEvent next = Next(); next is not MappingEnd; next = Next())
        {
            YamlNode keyNode = ReadNode(next, level + 1);
            if (keyNode is not YamlScalar key)
            {
                throw keyNode.Wrong($"{keyNode.What} was found where a key is wanted");
            }

            if (!seen.TryAdd(key.Text, key))
            {
                throw key.Wrong($"the key {key.What} was given before, in line {seen[key.Text].Line}; allowed is once");
            }

            entries.Add(new(key, ReadNode(Next(), level + 1)));
        }

        return new YamlMapping(_file, line, column, entries);
    }

    private ParsingEvent Next() =>
        _parser.MoveNext() && _parser.Current is { } now ? now : throw new InputException(_file, 1, 1, "the file ends too early");

    private InputException At(ParsingEvent now, string message)
    {
        (int line, int column) = Place(now);
        return new(_file, line, column, message);
    }

    private static (int Line, int Column) Place(ParsingEvent now) => ((int)now.Start.Line, (int)now.Start.Column);

    /// <summary>Refuses a pile of brackets before the scanner meets it: the scanner looks ahead through all of them.</summary>
    private static void CheckBrackets(string file, string text)
    {
        int line = 1;
        int lineStart = 0;
        int run = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
            }

            run = c is '[' or '{' or '?' or '-' or '!' or '&' or '*' ? run + 1 : c is ' ' or '\n' or '\r' ? run : 0;
            if (run > 200)
            {
                throw new InputException(file, line, i - lineStart + 1, $"the file nests deeper than {DeepestLevel} levels");
            }
        }
    }

    /// <summary>Says in plain words what the scanner says in its own.</summary>
    private static string Plain(string message)
    {
        foreach ((string fragment, string words) in s_plainWords)
        {
            if (message.Contains(fragment, StringComparison.OrdinalIgnoreCase))
            {
                return words;
            }
        }

        return "this is not YAML; allowed are lines of \"key: value\", indented by two spaces";
    }
}
