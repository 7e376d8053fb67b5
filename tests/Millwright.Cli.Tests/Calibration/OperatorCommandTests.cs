using System.Text.Json;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Cli.Calibration;
using Millwright.Cli.Tests.Commands;
using Millwright.Operators;

namespace Millwright.Cli.Tests.Calibration;

/// <summary>calibrate operators and validate operators, on samples of the measured tables.</summary>
public sealed class OperatorCommandTests
{
    private static readonly string[] Samples = [.. typeof(OperatorCommandTests).Assembly.GetManifestResourceNames().Where(static n => n.StartsWith("operators/", StringComparison.Ordinal))];

    [Fact]
    public async Task Calibrate_writes_grids_that_can_be_read_again()
    {
        using WorkFolder folder = new();
        string tables = Unpack(folder);
        string grids = folder.File("grids");
        string json = folder.File("fits.json");
        string text = await Run.Answers("calibrate", "operators", tables, "--out", grids, "--json", json, "--html", folder.File("fits.html"));
        Assert.Contains("matrix products, bf16", text, StringComparison.Ordinal);
        string[] files = [.. Directory.GetFiles(grids).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(
            [
                "gb200-nvl72__tensorrt-llm__nccl-all-gather.csv",
                "gb200-nvl72__tensorrt-llm__power-gemm.csv",
                "hgx-b200__tensorrt-llm__gemm.csv",
                "hgx-h100__tensorrt-llm__gemm.csv",
                "hgx-h100__tensorrt-llm__quantise.csv",
                "hgx-h200__vllm__all-reduce.csv",
            ],
            files);
        OperatorLibrary library = new(files.SelectMany(file => Read(Path.Combine(grids, file))));
        Assert.Equal(320, library.Find("hgx-h100", EngineFamily.TensorRtLlm, "gemm", OperandPrecision.Bf16)!.Points);
        Assert.Equal(69, library.Find("hgx-h200", EngineFamily.Vllm, "all-reduce", OperandPrecision.Bf16)!.Points);
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal(7, document.RootElement.GetProperty("fits").GetArrayLength());

        // the same tables give the same bytes
        string again = folder.File("again");
        await Run.Answers("calibrate", "operators", tables, "--out", again);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(grids, file!)), File.ReadAllBytes(Path.Combine(again, file!))));
    }

    // ratchet on the samples: the best reached so far. Goals on the whole tables: products 5, 8 and 9 % (mean), power 12 % (median)
    [Theory]
    [InlineData("gemm", "hgx-h100", OperandPrecision.Bf16, 0.048)]
    [InlineData("gemm", "hgx-h100", OperandPrecision.Fp8Block, 0.0268)]
    [InlineData("gemm", "hgx-b200", OperandPrecision.Fp4, 0.0382)]
    [InlineData("all-reduce", "hgx-h200", OperandPrecision.Bf16, 0.0375)]
    [InlineData("nccl-all-gather", "gb200-nvl72", OperandPrecision.Bf16, 0.0305)]
    [InlineData("quantise", "hgx-h100", OperandPrecision.Fp8, 0.0365)]
    [InlineData("power-gemm", "gb200-nvl72", OperandPrecision.Fp8, 0.097)]
    public void Held_out_errors_stay_as_low_as_they_were(string name, string system, OperandPrecision precision, double best)
    {
        using WorkFolder folder = new();
        OperatorCalibration calibration = OperatorCalibration.Run(Unpack(folder), ShippedCatalog.Load(), TextWriter.Null, TestContext.Current.CancellationToken);
        OperatorFit fit = Assert.Single(calibration.Fits, f => f.Grid.Operator == name && f.Grid.SystemId == system && f.Grid.Precision == precision);
        double mean = fit.HeldOutErrors.Average();
        Assert.True(mean <= best, $"{name} {system} {precision}: {mean:P1} on shapes left out, reached before {best:P1}");
        Assert.All(fit.HeldOutErrors, static e => Assert.True(double.IsFinite(e) && e >= 0));
    }

    [Fact]
    public void Few_parameters_are_physical_and_worse_than_the_grid_on_whole_tables()
    {
        using WorkFolder folder = new();
        OperatorCalibration calibration = OperatorCalibration.Run(Unpack(folder), ShippedCatalog.Load(), TextWriter.Null, TestContext.Current.CancellationToken);
        OperatorFit fit = Assert.Single(calibration.Fits, static f => f.Grid is { Operator: "gemm", SystemId: "hgx-h100", Precision: OperandPrecision.Bf16 });
        Assert.Equal(4, fit.Simple!.Parameters);
        Assert.InRange(fit.Simple.HeldOutErrors.Average(), 0.04, 0.16);
        Assert.Matches(@"^t0 [1-9]\.\d µs, a 0\.\d\d, b 0\.\d\d, p \d+\.\d$", fit.Simple.Form);
    }

    [Fact]
    public async Task Validate_scores_the_shipped_grids_too()
    {
        using WorkFolder folder = new();
        string json = folder.File("errors.json");
        await Run.Answers("validate", "operators", Unpack(folder), "--json", json);
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        foreach (JsonElement fit in document.RootElement.GetProperty("fits").EnumerateArray())
        {
            Assert.InRange(fit.GetProperty("shipped_mean_error").GetDouble(), 0, 0.2);
        }
    }

    [Theory]
    [InlineData("calibrate")]
    [InlineData("validate")]
    public async Task Wrong_folders_and_tables_are_refused(string command)
    {
        using WorkFolder folder = new();
        Assert.Contains("no such folder", await Run.Refuses(command, "operators", folder.File("missing")), StringComparison.Ordinal);
        Assert.Contains("no table", await Run.Refuses(command, "operators", folder.Path), StringComparison.Ordinal);
        string table = folder.File("h100_sxm__vllm-0.24.0__gemm.csv", "gemm_dtype,m,n,k,latency_us\nbfloat16,1,2,3,fast\n");
        string message = await Run.Refuses(command, "operators", folder.Path);
        Assert.StartsWith(table + ":2:", message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
        Assert.Contains("this is a file", await Run.Refuses(command, "operators", table), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_only_holds_what_is_not_known_gives_an_answer_without_grids()
    {
        using WorkFolder folder = new();
        folder.File("h100_sxm__vllm-0.24.0__gemm.csv", "gemm_dtype,m,n,k,latency_us\nint3,1,2,3,4\n");
        Assert.Contains("no row", await Run.Refuses("calibrate", "operators", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Shipped_grids_load_in_little_more_than_their_own_size()
    {
        ShippedOperators.Load();
        long start = GC.GetAllocatedBytesForCurrentThread();
        OperatorLibrary library = ShippedOperators.Load();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - start;
        Assert.True(bytes < 8_000_000, $"{bytes} bytes");
        Assert.True(library.Grids.Count > 100);
        Assert.All(library.Grids, static g => Assert.NotNull(ShippedCatalog.Load().FindSystem(g.SystemId)));
    }

    private static IReadOnlyList<OperatorGrid> Read(string file)
    {
        using StreamReader reader = new(file);
        return OperatorGridText.Read(reader);
    }

    private static string Unpack(WorkFolder folder)
    {
        foreach (string name in Samples)
        {
            using Stream stream = typeof(OperatorCommandTests).Assembly.GetManifestResourceStream(name)!;
            using StreamReader reader = new(stream);
            folder.File(name, reader.ReadToEnd());
        }

        return folder.File("operators");
    }
}
