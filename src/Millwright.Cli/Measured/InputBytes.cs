using System.IO.Compression;
using System.Text;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured;

/// <summary>A text file of the user's, read whole: plain or gzip, told apart by its content.</summary>
internal static class InputBytes
{
    // A table of measured rows is a few megabytes; what grows beyond this is not one.
    private const long MostBytes = 512L << 20;

    /// <summary>Reads a file as UTF-8 text.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="wanted">What the file should be, for the message.</param>
    /// <returns>The text, without a byte order mark.</returns>
    /// <exception cref="InputException">There is no such file, or it cannot be read, is cut off, or is no text.</exception>
    public static string Read(string path, string wanted)
    {
        if (Directory.Exists(path))
        {
            throw new InputException(path, 0, 0, $"This is a folder; give the path of {wanted}.");
        }

        if (!File.Exists(path))
        {
            throw new InputException(path, 0, 0, "There is no such file.");
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using MemoryStream content = new();
            bool compressed = IsCompressed(file);
            using (Stream source = compressed ? new GZipStream(file, CompressionMode.Decompress) : file)
            {
                Copy(source, content, path);
            }

            return Text(content, path, wanted);
        }
        catch (InvalidDataException)
        {
            throw new InputException(path, 0, 0, "The file is compressed, and broken or cut off.");
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, 0, 0, $"The file cannot be read: {problem.Message}");
        }
    }

    private static bool IsCompressed(FileStream file)
    {
        if (!file.CanSeek)
        {
            return false;
        }

        bool compressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        if (compressed && !IsComplete(file))
        {
            throw new InvalidDataException();
        }

        return compressed;
    }

    // A gzip member ends with the length of its content: GZipStream itself says nothing when the end is missing.
    private static bool IsComplete(FileStream file)
    {
        long length = 0;
        byte[] buffer = new byte[1 << 16];
        using (GZipStream content = new(file, CompressionMode.Decompress, leaveOpen: true))
        {
            for (int read; (read = content.Read(buffer)) > 0 && length <= MostBytes;)
            {
                length += read;
            }
        }

        if (file.Length < 18)
        {
            return false;
        }

        byte[] tail = new byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(tail);
        file.Position = 0;
        return length > MostBytes || BitConverter.ToUInt32(tail) == (uint)length;
    }

    private static void Copy(Stream source, MemoryStream content, string path)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > MostBytes)
            {
                throw new InputException(path, 0, 0, $"The file holds more than {MostBytes >> 20} MiB of text.");
            }
        }
    }

    private static string Text(MemoryStream content, string path, string wanted)
    {
        ReadOnlySpan<byte> bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        int nothing = bytes.IndexOf((byte)0);
        if (nothing >= 0)
        {
            throw new InputException(path, LineAt(bytes, nothing), 1, $"This is not text; {wanted} is.");
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException problem)
        {
            int index = Math.Clamp(problem.Index, 0, bytes.Length);
            throw new InputException(path, LineAt(bytes, index), 1, $"This is not UTF-8 text; {wanted} is.");
        }
    }

    private static int LineAt(ReadOnlySpan<byte> bytes, int index) => 1 + bytes[..index].Count((byte)'\n');
}
