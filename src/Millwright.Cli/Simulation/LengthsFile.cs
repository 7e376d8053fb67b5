using Millwright.Applications;
using Millwright.Cli.Commands;
using Millwright.Scenarios;

namespace Millwright.Cli.Simulation;

/// <summary>A file that lengths of requests are drawn from: an archive of ServeGen clients, or rows of lengths or of a trace, whose stamps are not looked at.</summary>
internal static class LengthsFile
{
    private const int TarHeaderBytes = 512;
    private const int TarMagicAt = 257;

    /// <summary>Reads the lengths.</summary>
    /// <param name="path">Path of the file, packed with gzip or not.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <returns>Input and output, drawn together.</returns>
    /// <exception cref="InputException">The file cannot be read, or holds no lengths.</exception>
    public static LengthDistribution Read(string path, TextWriter messages)
    {
        if (!IsTar(path))
        {
            return new TraceFile(path).Read(messages, (bytes, _) => LengthDistribution.FromTable(TraceRequests.Open(bytes)));
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            using Stream content = TraceFile.Unwrap(file);
            return ServeGenClients.ReadTar(content).Lengths();
        }
        catch (TraceFormatException problem)
        {
            throw new InputException(path, 0, 0, problem.Problem);
        }
        catch (InvalidOperationException problem)
        {
            throw new InputException(path, 0, 0, problem.Message);
        }
        catch (InvalidDataException)
        {
            throw new InputException(path, 0, 0, "the file is compressed, and broken or cut off");
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, 0, 0, $"the file cannot be read: {problem.Message}");
        }
    }

    private static bool IsTar(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            using Stream content = TraceFile.Unwrap(file);
            byte[] head = new byte[TarHeaderBytes];
            return content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.AsSpan(TarMagicAt).StartsWith("ustar"u8);
        }
        catch (Exception problem) when (problem is InvalidDataException or NotSupportedException or UnauthorizedAccessException or IOException)
        {
            // the reader of traces says what is wrong
            return false;
        }
    }
}
