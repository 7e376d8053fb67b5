using System.Globalization;
using System.Text;

namespace Millwright.Reports.Launch;

/// <summary>A command with its options, one a line.</summary>
internal sealed class ShellCommand(string command)
{
    private readonly List<string> _lines = [command];

    /// <summary>Adds an option without a value.</summary>
    public ShellCommand Flag(string name, bool wanted = true)
    {
        if (wanted)
        {
            _lines.Add(name);
        }

        return this;
    }

    /// <summary>Adds an option with a value, which is quoted where a shell would read it.</summary>
    public ShellCommand Option(string name, string value, bool wanted = true) => Flag($"{name} {Quoted(value)}", wanted);

    /// <summary>Adds an option with a number.</summary>
    public ShellCommand Option(string name, double value, bool wanted = true) =>
        Flag(string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.####}"), wanted);

    /// <summary>Adds an option whose value the shell fills in.</summary>
    public ShellCommand Filled(string name, string expression, bool wanted = true) => Flag($"{name} \"{expression}\"", wanted);

    /// <summary>The options as separate arguments, without the command.</summary>
    public IReadOnlyList<string> Arguments =>
        [.. _lines.Skip(1).SelectMany(static line => line.Split(' ', 2)).Select(static word => word.Trim('\''))];

    /// <summary>A script that runs it, behind some lines of comment.</summary>
    public string Script(IEnumerable<string> comments)
    {
        StringBuilder text = new("#!/usr/bin/env bash\n");
        foreach (string comment in comments)
        {
            text.Append("# ").Append(comment).Append('\n');
        }

        return text.Append("set -euo pipefail\n\n").AppendJoin(" \\\n  ", _lines).Append('\n').ToString();
    }

    /// <summary>A word as a shell reads it.</summary>
    public static string Quoted(string value) =>
        value.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' or ':')
            ? value
            : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
