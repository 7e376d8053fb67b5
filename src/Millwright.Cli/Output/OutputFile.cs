using System.Text;
using Millwright.Scenarios;

namespace Millwright.Cli.Output;

/// <summary>
/// A file that a command writes: checked before the work starts, written beside its place and renamed, so that nothing is lost halfway. Devices and pipes, such
/// as /dev/stdout, are written to as they are.
/// </summary>
internal sealed class OutputFile
{
    // Here live devices and open streams, not files that could be put in place.
    private static readonly string[] DeviceFolders = ["/dev/", "/proc/"];

    private OutputFile(string path) => FullPath = path;

    /// <summary>The file, with links followed.</summary>
    public string FullPath { get; }

    /// <summary>Checks that the path can be written.</summary>
    /// <param name="path">Path of the file; null when the user asked for none.</param>
    /// <param name="option">The option that named it, for the message.</param>
    /// <returns>The file, or null when none was asked for.</returns>
    /// <exception cref="InputException">The path cannot be written.</exception>
    public static OutputFile? At(string? path, string option)
    {
        if (path is null)
        {
            return null;
        }

        if (path.Length == 0)
        {
            throw new InputException("", 0, 0, $"{option} needs the path of a file.");
        }

        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new InputException(path, 0, 0, $"{option} names a folder, not a file. Give the path of a file.");
        }

        full = BehindLinks(full, path, option);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (IsDevice(full))
        {
            return new OutputFile(full);
        }

        if (!Directory.Exists(folder))
        {
            throw new InputException(path, 0, 0, $"{option} cannot be written: the folder {folder} does not exist.");
        }

        string probe = TemporaryBeside(full);
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(full))
            {
                using FileStream existing = new(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            }
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, 0, 0, $"{option} cannot be written: {problem.Message}");
        }

        return new OutputFile(full);
    }

    /// <summary>Writes the text and puts it in place.</summary>
    /// <param name="text">The whole content.</param>
    public void Write(string text) => Write(stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes content of any length and puts it in place.</summary>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Write(Action<Stream> write)
    {
        bool isDevice = IsDevice(FullPath);
        string target = isDevice ? FullPath : TemporaryBeside(FullPath);
        try
        {
            using (FileStream stream = new(target, isDevice ? FileMode.Open : FileMode.Create, FileAccess.Write, isDevice ? FileShare.ReadWrite : FileShare.None))
            {
                write(stream);
            }

            if (!isDevice)
            {
                File.Move(target, FullPath, overwrite: true);
            }
        }
        catch (Exception problem)
        {
            if (!isDevice)
            {
                File.Delete(target);
            }

            if (problem is UnauthorizedAccessException or IOException)
            {
                throw Failed(problem);
            }

            throw;
        }
    }

    /// <summary>What a fault of writing means to the user.</summary>
    /// <param name="problem">The fault.</param>
    /// <returns>The message.</returns>
    public InputException Failed(Exception problem) => new(FullPath, 0, 0, $"The file cannot be written: {problem.Message}");

    private static bool IsDevice(string full) =>
        !OperatingSystem.IsWindows() && File.Exists(full) && DeviceFolders.Any(folder => full.StartsWith(folder, StringComparison.Ordinal)) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static string BehindLinks(string full, string path, string option)
    {
        try
        {
            // What stands behind an open stream is not a path: /dev/stdout ends at /proc/self/fd/1 and is opened there.
            return full.StartsWith("/dev/", StringComparison.Ordinal) || new FileInfo(full).LinkTarget is null
                ? full
                : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, 0, 0, $"{option} cannot be written: {problem.Message}");
        }
    }

    private static string TemporaryBeside(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
}
