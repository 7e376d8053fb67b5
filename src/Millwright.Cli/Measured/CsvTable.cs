using System.Text;
using Millwright.Quantities;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured;

/// <summary>One cell and where it stands.</summary>
/// <param name="Text">Its text, without quotes.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
internal readonly record struct CsvCell(string Text, int Line, int Column);

/// <summary>
/// A table of comma-separated values with a header. Strict: every record has as many cells as the header, and quotes close. Blank lines are skipped.
/// Source: RFC 4180; line ends may be LF or CR LF.
/// </summary>
internal sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns;

    private CsvTable(string file, Dictionary<string, int> columns, IReadOnlyList<CsvCell[]> records)
    {
        File = file;
        _columns = columns;
        Records = records;
    }

    /// <summary>File as the user named it.</summary>
    public string File { get; }

    /// <summary>Names of the columns.</summary>
    public IEnumerable<string> Columns => _columns.Keys;

    /// <summary>Records below the header.</summary>
    public IReadOnlyList<CsvCell[]> Records { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">File, for messages.</param>
    /// <param name="required">Columns that must be there.</param>
    /// <returns>The table.</returns>
    /// <exception cref="InputException">The text is no such table.</exception>
    public static CsvTable Parse(string text, string file, IReadOnlyList<string> required)
    {
        List<CsvCell[]> records = new Scanner(text, file).Read();
        if (records.Count == 0)
        {
            throw new InputException(file, 0, 0, $"The file is empty. Its first line must name the columns: {string.Join(", ", required)} and others.");
        }

        CsvCell[] header = records[0];
        Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < header.Length; i++)
        {
            string name = header[i].Text.Trim();
            if (!columns.TryAdd(name, i))
            {
                throw new InputException(file, header[i].Line, header[i].Column, $"The column \"{Shown(name)}\" stands twice in the header.");
            }
        }

        foreach (string name in required.Where(name => !columns.ContainsKey(name)))
        {
            string nearest = Spelling.Nearest(name, [.. columns.Keys.Except(required, StringComparer.OrdinalIgnoreCase)]) is { } near ? $" Is it \"{Shown(near)}\"?" : "";
            throw new InputException(file, header[0].Line, 1, $"The column \"{name}\" is missing.{nearest} Needed are: {string.Join(", ", required)}.");
        }

        foreach (CsvCell[] record in records.Skip(1).Where(record => record.Length != header.Length))
        {
            CsvCell last = record[^1];
            throw new InputException(file, last.Line, last.Column, $"Found {record.Length} cells where the header has {header.Length}. Is the file cut off?");
        }

        records.RemoveAt(0);
        return new CsvTable(file, columns, records);
    }

    /// <summary>The cell of a column in a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="column">Name of the column, in any case.</param>
    /// <returns>The cell; an empty one at the start of the record when the table has no such column.</returns>
    public CsvCell Cell(CsvCell[] record, string column) =>
        _columns.TryGetValue(column, out int index) ? record[index] : new CsvCell("", record[0].Line, record[0].Column);

    /// <summary>One short line, whatever the file holds.</summary>
    public static string Shown(string text) =>
        string.Concat((text.Length <= 60 ? text : text[..57] + "...").Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private sealed class Scanner(string text, string file)
    {
        private int _at;
        private int _line = 1;
        private int _lineStart;

        public List<CsvCell[]> Read()
        {
            List<CsvCell[]> records = [];
            List<CsvCell> record = [];
            while (_at < text.Length)
            {
                record.Add(ReadCell());
                if (_at < text.Length && text[_at] == ',')
                {
                    _at++;
                    if (_at < text.Length)
                    {
                        continue;
                    }

                    record.Add(new CsvCell("", _line, Column));
                }

                EndLine();
                if (record.Count > 1 || record[0].Text.Length > 0)
                {
                    records.Add([.. record]);
                }

                record.Clear();
            }

            return records;
        }

        private int Column => _at - _lineStart + 1;

        private CsvCell ReadCell()
        {
            (int line, int column) = (_line, Column);
            if (text[_at] != '"')
            {
                int end = _at;
                while (end < text.Length && text[end] is not (',' or '\n' or '\r'))
                {
                    if (text[end] == '"')
                    {
                        throw new InputException(file, line, column + end - _at, "A quote stands inside a cell that does not begin with one. Quote the whole cell, and double the quotes in it.");
                    }

                    end++;
                }

                string plain = text[_at..end];
                _at = end;
                return new CsvCell(plain, line, column);
            }

            StringBuilder content = new();
            for (_at++; ; _at++)
            {
                if (_at >= text.Length)
                {
                    throw new InputException(file, line, column, "The quote that opens here never closes. Is the file cut off?");
                }

                if (text[_at] == '"')
                {
                    _at++;
                    if (_at >= text.Length || text[_at] != '"')
                    {
                        break;
                    }
                }
                else if (text[_at] == '\n')
                {
                    _line++;
                    _lineStart = _at + 1;
                }

                content.Append(text[_at]);
            }

            return _at >= text.Length || text[_at] is ',' or '\n' or '\r'
                ? new CsvCell(content.ToString(), line, column)
                : throw new InputException(file, _line, Column, $"Found '{Shown(text[_at].ToString())}' after a closing quote, where a comma or the end of the line must stand.");
        }

        private void EndLine()
        {
            if (_at < text.Length && text[_at] == '\r')
            {
                _at++;
            }

            if (_at < text.Length && text[_at] == '\n')
            {
                _at++;
            }

            _line++;
            _lineStart = _at;
        }
    }
}
