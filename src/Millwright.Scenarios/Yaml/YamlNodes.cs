namespace Millwright.Scenarios.Yaml;

/// <summary>A node of a file with its place.</summary>
/// <param name="File">File as the user named it.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
internal abstract record YamlNode(string File, int Line, int Column)
{
    /// <summary>The place as "file:line".</summary>
    public string Origin => Line > 0 ? $"{File}:{Line}" : File;

    /// <summary>What the node is, in words.</summary>
    public abstract string What { get; }

    /// <summary>An error at this place.</summary>
    /// <param name="message">What is wrong.</param>
    /// <returns>The exception to throw.</returns>
    public InputException Wrong(string message) => new(File, Line, Column, message);
}

/// <summary>A single value.</summary>
/// <param name="File">File.</param>
/// <param name="Line">Line.</param>
/// <param name="Column">Column.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsPlain">True when it stands without quotes.</param>
internal sealed record YamlScalar(string File, int Line, int Column, string Text, bool IsPlain) : YamlNode(File, Line, Column)
{
    /// <summary>True for nothing at all, "~" and "null".</summary>
    public bool IsEmpty => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The text in one short line, for messages.</summary>
    public string Short => (Text.Length <= 60 ? Text : Text[..60] + "...").ReplaceLineEndings(" ");

    /// <inheritdoc/>
    public override string What => IsEmpty ? "nothing" : $"\"{Short}\"";
}

/// <summary>Keys with their values, in order.</summary>
/// <param name="File">File.</param>
/// <param name="Line">Line.</param>
/// <param name="Column">Column.</param>
/// <param name="Entries">Keys and values; keys are unique.</param>
internal sealed record YamlMapping(string File, int Line, int Column, IReadOnlyList<YamlEntry> Entries) : YamlNode(File, Line, Column)
{
    /// <inheritdoc/>
    public override string What => "a group of keys";
}

/// <summary>A key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>A list.</summary>
/// <param name="File">File.</param>
/// <param name="Line">Line.</param>
/// <param name="Column">Column.</param>
/// <param name="Items">Its items.</param>
internal sealed record YamlSequence(string File, int Line, int Column, IReadOnlyList<YamlNode> Items) : YamlNode(File, Line, Column)
{
    /// <inheritdoc/>
    public override string What => "a list";
}
