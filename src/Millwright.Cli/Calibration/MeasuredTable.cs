using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Millwright.Scenarios;

namespace Millwright.Cli.Calibration;

/// <summary>A table of measurements, held by columns. Read from CSV without quotes, plain or gzip, its columns found by name.</summary>
internal sealed class MeasuredTable
{
    private const int BufferBytes = 1 << 17;

    private readonly string _path;
    private readonly Dictionary<string, List<double>> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _words = new(StringComparer.Ordinal);

    private MeasuredTable(string path) => _path = path;

    /// <summary>Rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Reads a table.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="numbers">Columns that hold numbers, none below 0.</param>
    /// <param name="words">Columns that hold words; one that begins with '?' may be absent and is then empty.</param>
    /// <returns>The table.</returns>
    /// <exception cref="InputException">The file cannot be read, is broken or cut off, lacks a column, or holds something else than a number; names the
    /// line.</exception>
    public static MeasuredTable Read(string path, string[] numbers, string[] words)
    {
        MeasuredTable table = new(path);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
            bool compressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            long expected = compressed ? UncompressedLength(file) : -1;
            file.Position = 0;
            using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
            long length = table.Read(content, numbers, words);
            if (expected >= 0 && (uint)length != expected)
            {
                throw table.Wrong(0, "the file is compressed, and broken or cut off");
            }
        }
        catch (InvalidDataException)
        {
            throw table.Wrong(0, "the file is compressed, and broken or cut off");
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw table.Wrong(0, $"the file cannot be read: {problem.Message}");
        }

        return table.Rows > 0 ? table : throw table.Wrong(0, "the table has no rows");
    }

    /// <summary>A column of numbers.</summary>
    public List<double> Numbers(string column) => _numbers[column];

    /// <summary>A column of words.</summary>
    public List<string> Words(string column) => _words[column];

    // the last four bytes of a gzip file: length before compression, modulo 2^32 (RFC 1952)
    private static long UncompressedLength(FileStream file)
    {
        if (file.Length < 18)
        {
            throw new InvalidDataException();
        }

        Span<byte> tail = stackalloc byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(tail);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(tail);
    }

    private long Read(Stream content, string[] numbers, string[] words)
    {
        byte[] buffer = new byte[BufferBytes];
        Row? row = null;
        long total = 0;
        int held = 0;
        int line = 0;
        while (true)
        {
            int taken = content.Read(buffer, held, buffer.Length - held);
            total += taken;
            ReadOnlySpan<byte> text = buffer.AsSpan(0, held + taken);
            int end;
            while ((end = text.IndexOf((byte)'\n')) >= 0 || (taken == 0 && text.Length > 0))
            {
                ReadOnlySpan<byte> bytes = end >= 0 ? text[..end] : text;
                text = end >= 0 ? text[(end + 1)..] : [];
                line++;
                bytes = bytes.TrimEnd((byte)'\r');
                if (row is null)
                {
                    row = new Row(this, bytes, numbers, words);
                }
                else if (!bytes.IsEmpty)
                {
                    row.Take(bytes, line);
                    Rows++;
                }
            }

            if (taken == 0)
            {
                return row is null ? throw Wrong(1, "the table is empty") : total;
            }

            held = text.Length;
            text.CopyTo(buffer);
            if (held == buffer.Length)
            {
                throw Wrong(line + 1, "the line is too long for a table of measurements");
            }
        }
    }

    private InputException Wrong(int line, string problem) => new(_path, line, line > 0 ? 1 : 0, problem);

    /// <summary>Puts the fields of one line into the columns that are wanted.</summary>
    private sealed class Row
    {
        private readonly MeasuredTable _table;
        private readonly string[] _header;
        private readonly List<double>?[] _numbers;
        private readonly List<string>?[] _words;
        private readonly List<string>[] _absent;
        private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _known =
            new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

        public Row(MeasuredTable table, ReadOnlySpan<byte> header, string[] numbers, string[] words)
        {
            _table = table;
            _header = Encoding.UTF8.GetString(header).TrimStart('\uFEFF').Split(',');
            _numbers = new List<double>?[_header.Length];
            _words = new List<string>?[_header.Length];
            List<List<string>> absent = [];
            foreach (string name in numbers)
            {
                _numbers[Place(name)] = table._numbers[name] = [];
            }

            foreach (string name in words)
            {
                string plain = name.TrimStart('?');
                List<string> column = table._words[plain] = [];
                if (name != plain && !_header.Contains(plain))
                {
                    absent.Add(column);
                }
                else
                {
                    _words[Place(plain)] = column;
                }
            }

            _absent = [.. absent];
        }

        public void Take(ReadOnlySpan<byte> line, int number)
        {
            int column = 0;
            foreach (Range range in line.Split((byte)','))
            {
                if (column == _header.Length)
                {
                    throw _table.Wrong(number, $"more fields than the header's {_header.Length}");
                }

                ReadOnlySpan<byte> field = line[range];
                _numbers[column]?.Add(Number(field, number, column));
                _words[column]?.Add(Word(field));
                column++;
            }

            if (column < _header.Length)
            {
                throw _table.Wrong(number, $"{column} fields; the header has {_header.Length}");
            }

            foreach (List<string> absent in _absent)
            {
                absent.Add("");
            }
        }

        private int Place(string name) => Array.IndexOf(_header, name) is >= 0 and var place
            ? place
            : throw _table.Wrong(1, $"there is no column \"{name}\"; there are {string.Join(", ", _header)}");

        private double Number(ReadOnlySpan<byte> field, int line, int column) =>
            Utf8Parser.TryParse(field, out double value, out int used) && used == field.Length && double.IsFinite(value) && value >= 0
                ? value
                : throw _table.Wrong(line, $"column \"{_header[column]}\": \"{Encoding.UTF8.GetString(field[..Math.Min(40, field.Length)])}\" is no number from 0");

        private string Word(ReadOnlySpan<byte> field)
        {
            Span<char> text = stackalloc char[64];
            if (field.Length > text.Length)
            {
                return Encoding.UTF8.GetString(field);
            }

            ReadOnlySpan<char> word = text[..Encoding.UTF8.GetChars(field, text)];
            if (!_known.TryGetValue(word, out string? known))
            {
                known = word.ToString();
                _known[word] = known;
            }

            return known;
        }
    }
}
