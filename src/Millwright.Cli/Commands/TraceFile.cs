using System.IO.Compression;
using System.Text;
using Millwright.Applications;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>A trace on disk: unwraps gzip by its content, refuses what is no text, and shows progress.</summary>
/// <param name="path">Path of the file.</param>
internal sealed class TraceFile(string path)
{
    private const int BufferBytes = 1 << 16;
    private const int BeginningBytes = 1 << 20;
    private const string Wanted = "a trace is CSV or JSON lines, plain or .gz";

    /// <summary>Reads and measures the trace.</summary>
    /// <param name="id">Id for its lengths.</param>
    /// <param name="bins">Bins.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>What the trace says.</returns>
    /// <exception cref="InputException">The file cannot be read, or is no trace.</exception>
    public TraceSummary Measure(string id, int bins, TextWriter messages, CancellationToken cancellation) => Read(messages, (content, progress) =>
    {
        using StreamReader text = new(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, BufferBytes);
        return TraceReader.Measure(text, id, Path.GetFileName(path), path, "not stated", bins, progress, cancellation);
    });

    /// <summary>Reads the trace.</summary>
    /// <param name="messages">Where progress goes.</param>
    /// <param name="reader">Reads the content; tells now and then that it goes on.</param>
    /// <param name="doing">What is done, for the progress; null for reading.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="InputException">The file cannot be read, or is no trace.</exception>
    public T Read<T>(TextWriter messages, Func<Stream, IProgress<long>, T> reader, string? doing = null)
    {
        if (Directory.Exists(path))
        {
            throw Wrong($"this is a directory; give the path of a trace; {Wanted}");
        }

        if (!File.Exists(path))
        {
            throw Wrong("there is no such file");
        }

        try
        {
            using (FileStream file = Open())
            using (Stream content = Unwrap(file))
            {
                CheckBeginning(content);
            }

            using (FileStream file = Open())
            using (Stream content = Unwrap(file))
            using (ProgressLine line = new(messages, doing ?? $"Reading {Path.GetFileName(path)}"))
            {
                return reader(content, new ByPosition(line, file));
            }
        }
        catch (TraceFormatException problem)
        {
            throw new InputException(path, problem.Line, 1, problem.Problem);
        }
        catch (InvalidDataException)
        {
            throw Wrong("the file is compressed, and broken or cut off");
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw Wrong($"the file cannot be read: {problem.Message}");
        }
    }

    internal static Stream Unwrap(FileStream file)
    {
        bool compressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private FileStream Open()
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        if (file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        throw Wrong("this is a pipe; write it to a file first");
    }

    // A file without line ends would be taken in whole as one line.
    private void CheckBeginning(Stream content)
    {
        byte[] head = new byte[BufferBytes];
        int read = 0;
        bool hasLine = false;
        while (read < BeginningBytes && !hasLine)
        {
            int length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (Array.IndexOf(head, (byte)0, 0, length) >= 0)
            {
                throw Wrong($"this is not text; {Wanted} (unpack an archive first)");
            }

            hasLine = length < head.Length || Array.IndexOf(head, (byte)'\n', 0, length) >= 0;
            read += length;
        }

        if (!hasLine)
        {
            throw Wrong($"the first line is longer than a million characters; {Wanted}, with one request in a line");
        }
    }

    private InputException Wrong(string problem) => new(path, 0, 0, problem);

    private sealed class ByPosition(ProgressLine line, FileStream file) : IProgress<long>
    {
        public void Report(long value) => line.Report((double)file.Position / Math.Max(1, file.Length));
    }
}
