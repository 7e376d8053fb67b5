using System.Text;

namespace Millwright.Applications;

/// <summary>The UTF-8 bytes of a text, made as they are read.</summary>
/// <param name="text">The text; left open.</param>
internal sealed class TextBytes(TextReader text) : Stream
{
    private const int Letters = 1 << 15;

    private readonly char[] _letters = new char[Letters];
    private readonly byte[] _bytes = new byte[Encoding.UTF8.GetMaxByteCount(Letters)];
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private int _start;
    private int _end;
    private bool _ended;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_start == _end && !_ended)
        {
            var letters = text.Read(_letters, 0, _letters.Length);
            _ended = letters == 0;
            (_start, _end) = (0, _encoder.GetBytes(_letters, 0, letters, _bytes, 0, flush: _ended));
        }

        var taken = Math.Min(count, _end - _start);
        Array.Copy(_bytes, _start, buffer, offset, taken);
        _start += taken;
        return taken;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
