using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Cli.Calibration;
using Millwright.Cli.Tests.Commands;
using Millwright.Operators;

namespace Millwright.Cli.Tests.Calibration;

/// <summary>Kernels fitted to samples of their tables: errors on whole shapes that the fit had not seen, a little above what was reached.</summary>
public sealed class KernelFitTests
{
    private static readonly IOperatorFamily[] Families =
        [new AttentionFamily(), new LatentAttentionFamily(), new ExpertFamily(), new ExpertExchangeFamily(), new StateSpaceFamily()];

    [Theory]
    [InlineData("h200_sxm__vllm-0.24.0__generation_attention.csv", "decode-attention", OperandPrecision.Bf16, 0.10)]
    [InlineData("b200_sxm__trtllm-1.3.0rc20__context_attention.csv", "prefill-attention", OperandPrecision.Fp8, 0.12)]
    [InlineData("h200_sxm__trtllm-1.3.0rc20__moe.csv", "experts", OperandPrecision.Fp8Block, 0.14)]
    [InlineData("b200_sxm__trtllm-1.3.0rc20__generation_mla.csv", "latent-decode", OperandPrecision.Fp8, 0.14)]
    [InlineData("h100_sxm__sglang-0.5.12__wideep_deepep_ll.csv", "exchange-combine-low-latency", OperandPrecision.Bf16, 0.08)]
    [InlineData("h200_sxm__trtllm-1.3.0rc20__gdn.csv", "state-prefill-scan", OperandPrecision.Bf16, 0.17)]
    public void Shapes_that_were_not_fitted_are_met(string sample, string kernel, OperandPrecision precision, double mean)
    {
        OperatorFit fit = Fits(sample).Single(f => f.Grid.Operator == kernel && f.Grid.Precision == precision);
        Assert.True(fit.HeldOutErrors.Average() <= mean, $"{fit.HeldOutErrors.Average():P1} over {fit.HeldOutErrors.Length} points");
        Assert.Equal(fit.Grid.HeldOutMeanError, fit.HeldOutErrors.Average());

        // fitted to all, it is better than on what it had not seen, and no grid is empty of points
        Assert.InRange(fit.MeanErrorOf(fit.Grid), 0.001, fit.HeldOutErrors.Average());
        Assert.True(fit.Grid.Points >= 100);
    }

    [Theory]
    [InlineData("h200_sxm__trtllm-1.3.0rc20__moe.csv", "experts", OperandPrecision.Fp8Block, 0.16)]
    [InlineData("h200_sxm__vllm-0.24.0__generation_attention.csv", "decode-attention", OperandPrecision.Bf16, 0.10)]
    [InlineData("b200_sxm__trtllm-1.3.0rc20__context_attention.csv", "prefill-attention", OperandPrecision.Fp8, 0.10)]
    public void The_grids_that_ship_meet_the_sample(string sample, string kernel, OperandPrecision precision, double mean)
    {
        OperatorFit fit = Fits(sample).Single(f => f.Grid.Operator == kernel && f.Grid.Precision == precision);
        OperatorGrid shipped = ShippedOperators.Load().Find(fit.Grid.SystemId, fit.Grid.Engine, kernel, precision)!;
        Assert.True(fit.MeanErrorOf(shipped) <= mean, $"{fit.MeanErrorOf(shipped):P1}");
    }

    [Fact]
    public void Routing_of_any_skew_is_met_by_one_grid()
    {
        // the balanced rows alone, and the skewed ones alone, against the grid fitted to all of them
        string text = File.ReadAllText(Sample("h200_sxm__trtllm-1.3.0rc20__moe.csv"));
        OperatorGrid all = Fits("h200_sxm__trtllm-1.3.0rc20__moe.csv").Single().Grid;
        foreach (string distribution in (string[])[",balanced,", ",power_law_1.01,", ",power_law_1.2,"])
        {
            string[] lines = text.Split('\n');
            using WorkFolder folder = new();
            string part = folder.File("h200_sxm__trtllm-1.3.0rc20__moe.csv", lines[0] + "\n" + string.Join('\n', lines.Where(l => l.Contains(distribution, StringComparison.Ordinal))) + "\n");
            double error = FitsOf(part).Single().MeanErrorOf(all);
            Assert.True(error <= 0.15, $"{distribution} {error:P1}");
        }
    }

    private static string Sample(string name) => Path.Combine(Repository.Root, "tests", "Millwright.Cli.Tests", "Calibration", "Samples", name);

    private static IReadOnlyList<OperatorFit> Fits(string sample) => FitsOf(Sample(sample));

    private static IReadOnlyList<OperatorFit> FitsOf(string path)
    {
        TableName table = TableName.Parse(path)!;
        SystemRecord system = ShippedCatalog.Load().FindSystem(table.SystemId)!;
        return Families.Single(f => f.Takes(table)).Fit(table, system, ChipPeaks.TryRead(system, out _)!.Value);
    }
}
