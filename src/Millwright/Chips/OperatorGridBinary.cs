using System.Buffers.Binary;
using System.Text;
using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Operator grids as one binary that loads in a few milliseconds. Layout, little endian: magic "MWOPGRID", format number (int32), CRC-32C of the
/// payload (uint32), length of the payload (int32), payload: number of grids, then each grid with its words, axes and values in thousandths (int16), and the axes and
/// values of its detail (no axis where there is none).
/// </summary>
public static class OperatorGridBinary
{
    /// <summary>Number of the layout; a reader takes no other.</summary>
    public const int FormatNumber = 2;

    private const int PayloadOffset = 20;

    private static ReadOnlySpan<byte> Magic => "MWOPGRID"u8;

    /// <summary>Writes grids.</summary>
    /// <param name="grids">The grids.</param>
    /// <param name="stream">Where the bytes go.</param>
    public static void Write(IReadOnlyCollection<OperatorGrid> grids, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(grids);
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream memory = new();
        using (BinaryWriter writer = new(memory, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(grids.Count);
            foreach (OperatorGrid grid in grids)
            {
                Write(grid, writer);
            }
        }

        ReadOnlySpan<byte> payload = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        Span<byte> header = stackalloc byte[PayloadOffset];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], FormatNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Of(payload));
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], payload.Length);
        stream.Write(header);
        stream.Write(payload);
    }

    /// <summary>Reads grids.</summary>
    /// <param name="bytes">What <see cref="Write(IReadOnlyCollection{OperatorGrid}, Stream)"/> wrote.</param>
    /// <returns>The grids.</returns>
    /// <exception cref="InvalidDataException">The bytes are no grids, of another format, or damaged.</exception>
    public static IReadOnlyList<OperatorGrid> Read(ReadOnlySpan<byte> bytes)
    {
        Cursor cursor = new(PayloadOf(bytes));
        OperatorGrid[] grids = new OperatorGrid[cursor.Count()];
        for (int i = 0; i < grids.Length; i++)
        {
            grids[i] = cursor.Grid();
        }

        return cursor.IsAtEnd ? grids : throw new InvalidDataException("compiled operator grids have bytes after the last");
    }

    /// <summary>Finds the grids without reading them.</summary>
    /// <param name="bytes">What <see cref="Write(IReadOnlyCollection{OperatorGrid}, Stream)"/> wrote.</param>
    /// <returns>An entry for each grid.</returns>
    /// <exception cref="InvalidDataException">The bytes are no grids, of another format, or damaged.</exception>
    internal static OperatorEntry[] Entries(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> payload = PayloadOf(bytes.Span);
        Cursor cursor = new(payload);
        OperatorEntry[] entries = new OperatorEntry[cursor.Count()];
        for (int i = 0; i < entries.Length; i++)
        {
            int from = payload.Length - cursor.Left;
            Cursor head = cursor;
            (string system, EngineFamily engine, string name, OperandPrecision precision) = head.Key(i > 0 ? entries[i - 1] : null);
            cursor.Skip();
            entries[i] = new OperatorEntry(system, engine, name, precision, bytes.Slice(PayloadOffset + from, payload.Length - cursor.Left - from));
        }

        return cursor.IsAtEnd ? entries : throw new InvalidDataException("compiled operator grids have bytes after the last");
    }

    /// <summary>Reads one grid.</summary>
    /// <param name="bytes">Its bytes, whose checksum was tested before.</param>
    /// <returns>The grid.</returns>
    internal static OperatorGrid ReadOne(ReadOnlySpan<byte> bytes)
    {
        Cursor cursor = new(bytes);
        return cursor.Grid();
    }

    private static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PayloadOffset || !bytes.StartsWith(Magic))
        {
            throw new InvalidDataException("not compiled operator grids");
        }

        int format = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (format != FormatNumber)
        {
            throw new InvalidDataException($"compiled operator grids of format {format}; this build reads format {FormatNumber}");
        }

        ReadOnlySpan<byte> payload = bytes[PayloadOffset..];
        if (payload.Length != BinaryPrimitives.ReadInt32LittleEndian(bytes[16..])
            || Crc32C.Of(payload) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]))
        {
            throw new InvalidDataException("compiled operator grids are damaged");
        }

        return payload;
    }

    private static void Write(OperatorGrid grid, BinaryWriter writer)
    {
        Write(grid.SystemId, writer);
        writer.Write((byte)grid.Engine);
        Write(grid.EngineVersion, writer);
        Write(grid.Operator, writer);
        writer.Write((byte)grid.Precision);
        Write(grid.Source, writer);
        writer.Write(grid.Points);
        writer.Write(grid.HeldOutMeanError);
        writer.Write(grid.HeldOutP90Error);
        writer.Write(grid.FlopsPerSecond);
        writer.Write(grid.BytesPerSecond);
        Write(grid.LogFactor, writer);
        if (grid.Detail is { } detail)
        {
            Write(detail, writer);
        }
        else
        {
            writer.Write(0);
        }
    }

    private static void Write(SmoothGrid grid, BinaryWriter writer)
    {
        writer.Write(grid.Axes.Count);
        foreach (double[] axis in grid.Axes)
        {
            writer.Write(axis.Length);
            foreach (double coordinate in axis)
            {
                writer.Write(coordinate);
            }
        }

        foreach (double value in grid.Values)
        {
            writer.Write(OperatorGridText.Thousandths(value));
        }
    }

    private static void Write(string text, BinaryWriter writer)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Reads on through the payload, whose checksum was tested before: a wrong length is an error of ours.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> payload)
    {
        private ReadOnlySpan<byte> _rest = payload;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public readonly int Left => _rest.Length;

        // words are often those of the grid in front
        public (string System, EngineFamily Engine, string Name, OperandPrecision Precision) Key(OperatorEntry? before)
        {
            string system = Text(before?.SystemId);
            EngineFamily engine = (EngineFamily)Take(1)[0];
            SkipText();
            string name = Text(before?.Operator);
            return (system, engine, name, (OperandPrecision)Take(1)[0]);
        }

        public void Skip()
        {
            SkipText();
            Take(1);
            SkipText();
            SkipText();
            Take(1);
            SkipText();
            Take(sizeof(int) + 4 * sizeof(double));
            SkipValues();
            SkipValues();
        }

        private void SkipText() => Take(Count());

        private void SkipValues()
        {
            int axes = Count();
            int nodes = axes == 0 ? 0 : 1;
            for (int d = 0; d < axes; d++)
            {
                int length = Count();
                Take(length * sizeof(double));
                nodes *= length;
            }

            Take(nodes * sizeof(short));
        }

        private string Text(string? likely)
        {
            ReadOnlySpan<byte> bytes = Take(Count());
            return likely is not null && IsAscii(bytes, likely) ? likely : Encoding.UTF8.GetString(bytes);
        }

        private static bool IsAscii(ReadOnlySpan<byte> bytes, string text)
        {
            if (bytes.Length != text.Length)
            {
                return false;
            }

            for (int i = 0; i < bytes.Length; i++)
            {
                if (bytes[i] != text[i])
                {
                    return false;
                }
            }

            return true;
        }

        public int Count() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        // what is read stands in the order of the layout
        public OperatorGrid Grid()
        {
            string system = Text();
            EngineFamily engine = (EngineFamily)Take(1)[0];
            string version = Text();
            string name = Text();
            OperandPrecision precision = (OperandPrecision)Take(1)[0];
            string source = Text();
            int points = Count();
            double mean = Number();
            double p90 = Number();
            double flops = Number();
            double rate = Number();
            SmoothGrid values = Values() ?? throw new InvalidDataException("a compiled operator grid has no axis");
            return new OperatorGrid(system, engine, version, name, precision, values, points, mean, p90, source)
            {
                Detail = Values(),
                FlopsPerSecond = flops,
                BytesPerSecond = rate,
            };
        }

        private SmoothGrid? Values()
        {
            double[][] axes = new double[Count()][];
            if (axes.Length == 0)
            {
                return null;
            }

            int nodes = 1;
            for (int d = 0; d < axes.Length; d++)
            {
                double[] axis = new double[Count()];
                for (int i = 0; i < axis.Length; i++)
                {
                    axis[i] = Number();
                }

                axes[d] = axis;
                nodes *= axis.Length;
            }

            double[] values = new double[nodes];
            ReadOnlySpan<byte> bytes = Take(nodes * sizeof(short));
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * sizeof(short))..]) / OperatorGridText.Resolution;
            }

            return new SmoothGrid(axes, values);
        }

        private double Number() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

        private string Text() => Encoding.UTF8.GetString(Take(Count()));

        private ReadOnlySpan<byte> Take(int bytes)
        {
            ReadOnlySpan<byte> taken = _rest[..bytes];
            _rest = _rest[bytes..];
            return taken;
        }
    }
}
