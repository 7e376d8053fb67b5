using System.Diagnostics;

namespace Millwright.Cli.Tests.Commands;

/// <summary>The command as a process of its own.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData(0, "catalog", "list", "systems")]
    [InlineData(0, "plan", "scenarios/gigawatt.yaml")]
    [InlineData(2, "plan", "no-such-file.yaml")]
    public async Task Redirected_output_is_plain_text_with_its_exit_code(int expected, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Millwright.Cli.exe" : "Millwright.Cli"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        // What some terminals set must not put colours into a file.
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["COLORTERM"] = "truecolor";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == expected, await errors);
        Assert.DoesNotContain("\u001b", await output + await errors, StringComparison.Ordinal);
        Assert.Equal(expected == 0, (await output).Length > 0);
        Assert.Equal(expected != 0, (await errors).Length > 0);
    }
}
