using System.Buffers.Text;
using System.Text;

namespace Millwright.Reports.Simulation;

/// <summary>Text put together as UTF-8 bytes in one buffer, for files of millions of rows: no object for a number.</summary>
/// <param name="stream">Where the bytes go.</param>
internal sealed class ByteText(Stream stream)
{
    private const int Capacity = 1 << 16;

    // longer than any piece that is added at once
    private const int Reserve = 256;

    private const long Second = 1_000_000_000_000;
    private const int Decimals = 12;

    private readonly byte[] _buffer = new byte[Capacity];
    private int _used;

    /// <summary>Adds bytes, at most <see cref="Reserve"/>.</summary>
    public ByteText Add(ReadOnlySpan<byte> utf8)
    {
        Room();
        utf8.CopyTo(_buffer.AsSpan(_used));
        _used += utf8.Length;
        return this;
    }

    /// <summary>Adds text of any length.</summary>
    public ByteText Add(string text)
    {
        Flush();
        stream.Write(Encoding.UTF8.GetBytes(text));
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public ByteText Add(long number)
    {
        Room();
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_used), out int written);
        _used += written;
        return this;
    }

    /// <summary>Adds a time as a number of units, exact, without needless zeros behind the first decimals.</summary>
    /// <param name="picoseconds">The time, ps, at least 0.</param>
    /// <param name="unit">Picoseconds of the unit, a power of ten.</param>
    /// <param name="decimals">Least decimals.</param>
    public ByteText AddTime(long picoseconds, long unit = Second, int decimals = 6)
    {
        Room();
        (long whole, long rest) = Math.DivRem(picoseconds, unit);
        Utf8Formatter.TryFormat(whole, _buffer.AsSpan(_used), out int written);
        _used += written;
        Span<byte> digits = stackalloc byte[Decimals];
        int all = 0;
        for (long left = unit / 10; left > 0; left /= 10)
        {
            digits[all++] = (byte)('0' + rest / left % 10);
        }

        int shown = digits[..all].LastIndexOfAnyExcept((byte)'0') + 1;
        shown = Math.Min(all, Math.Max(shown, decimals));
        if (shown > 0)
        {
            _buffer[_used++] = (byte)'.';
            digits[..shown].CopyTo(_buffer.AsSpan(_used));
            _used += shown;
        }

        return this;
    }

    /// <summary>Writes what is still in the buffer.</summary>
    public void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
    }

    private void Room()
    {
        if (Capacity - _used < Reserve)
        {
            Flush();
        }
    }
}
