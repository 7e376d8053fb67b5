using System.Text;

namespace Millwright.Applications;

/// <summary>The lines of a UTF-8 text, one buffer for all: blank lines are passed over, ends of line and a byte order mark are taken off.</summary>
/// <param name="bytes">The text; left open.</param>
internal sealed class TraceLines(Stream bytes)
{
    private const int FirstBufferBytes = 1 << 17;
    private const int GreatestLineBytes = 1 << 26;

    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private bool _ended;
    private int _number;

    /// <summary>Number of the line just read, from 1; 1 before the first.</summary>
    public int Number => Math.Max(_number, 1);

    /// <summary>Reads the next line that is not blank.</summary>
    /// <param name="line">Its bytes, until the next call.</param>
    /// <returns>False at the end of the text.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (TryReadAny(out line))
        {
            if (line.Length > 0 && (line[0] > ' ' || line.ContainsAnyExcept(" \t\r\f\v"u8)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A fault in the line just read.</summary>
    public TraceFormatException Fault(string problem) => new(Number, problem);

    /// <summary>Text for a message: one short line whatever the file holds.</summary>
    public static string Shown(ReadOnlySpan<byte> text)
    {
        // four bytes a letter at most: what is cut here is cut again below
        var letters = Encoding.UTF8.GetString(text.Length <= 400 ? text : text[..400]);
        return string.Concat((letters.Length <= 80 ? letters : letters[..77] + "...").Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    private bool TryReadAny(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest[searched..].IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = rest[..(searched + length)];
                _start += searched + length + 1;
                break;
            }

            searched = rest.Length;
            if (_ended)
            {
                line = rest;
                _start = _end;
                if (rest.IsEmpty)
                {
                    return false;
                }

                break;
            }

            Fill();
        }

        if (_number == 0 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        _number = checked(_number + 1);
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        else if (_end == _buffer.Length)
        {
            if (_buffer.Length >= GreatestLineBytes)
            {
                throw new TraceFormatException(_number + 1, $"the line is longer than {GreatestLineBytes >> 20} MiB; a trace has one request in a line");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            var read = bytes.Read(_buffer, _end, _buffer.Length - _end);
            _ended = read == 0;
            _end += read;
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            throw new TraceFormatException(_number + 1, "the compressed data are broken or cut off", fault);
        }
    }
}
