using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Millwright.Cli.Tests.Commands;

namespace Millwright.Cli.Tests.Simulation;

/// <summary>A simulation that is stopped: what ran until then is kept, and marked.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PartialRunTests
{
    private static readonly TimeSpan s_work = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_stop_ends_with_the_part_that_ran_marked_as_such()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent as on Unix");
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        string csv = folder.File("run.csv");
        string[] arguments =
        [
            "simulate", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "0.1/s", "--requests", "400000", "--isl", "128", "--osl", "4000",
            "--each-step", "--json", json, "--requests-csv", csv,
        ];
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Millwright.Cli"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        // stopped after so much work of its own, however long that takes beside others: late enough to be at work, early enough not to be through, since
        // the steps of 400,000 requests take minutes one by one
        while (!process.HasExited && process.TotalProcessorTime < s_work)
        {
            await Task.Delay(s_look, TestContext.Current.CancellationToken);
            process.Refresh();
        }

        // a test runner in the background may ignore interrupts, and so do its children: terminate stands for both
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        Assert.StartsWith("PARTIAL: stopped with ", await output, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.True(document.RootElement.GetProperty("partial").GetBoolean());
        JsonElement requests = document.RootElement.GetProperty("requests");
        int open = requests.GetProperty("open").GetInt32();
        int all = requests.GetProperty("all").GetInt32();
        Assert.InRange(all, 1, 400_000);
        Assert.InRange(open, 1, all);
        Assert.True(requests.GetProperty("finished").GetInt32() < 400_000);
        Assert.Equal(all, open + requests.GetProperty("finished").GetInt32() + requests.GetProperty("refused").GetInt32());
        Assert.Equal(all + 1, File.ReadLines(csv).Count());
        Assert.Equal(open, File.ReadLines(csv).Count(static line => line.EndsWith(",open", StringComparison.Ordinal)));
    }
}
