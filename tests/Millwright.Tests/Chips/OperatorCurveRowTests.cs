using Millwright.Chips;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Chips;

public sealed class OperatorCurveRowTests
{
    [Fact]
    public void Every_row_is_physical_named_once_and_has_a_source()
    {
        Assert.All(TestCatalog.Curves, row =>
        {
            EfficiencyCurve.From(row);
            Assert.NotEmpty(row.Source);
            Assert.True(row.ErrorMape > 0 && row.ErrorP90 >= row.ErrorMape, row.Id);
        });
        Assert.Equal(TestCatalog.Curves.Count, TestCatalog.Curves.Select(row => row.Id).Distinct().Count());
    }

    // fitted a and b times the constants of the fit (HBM of B200 and B300 7.7 and 7.75 TB/s, fp4 of B300 14 PFLOP/s)
    [Theory]
    [InlineData("hgx-b200/gemm/nvfp4", 0.388 * 9000e12, 0.547 * 7.7e12)]
    [InlineData("hgx-b300/gemm/nvfp4", 0.593 * 14000e12, 0.538 * 7.75e12)]
    [InlineData("hgx-h200/gemm/fp8-block", 0.726 * 1978e12, 0.96 * 4.8e12)]
    [InlineData("gb300-nvl72/gemm/bf16", 0.755 * 2500e12, 0.715 * 8e12)]
    public void Efficiency_times_the_catalog_peak_is_what_was_measured(string id, double flopsPerSecond, double bytesPerSecond)
    {
        var row = TestCatalog.Curves.Single(curve => curve.Id == id);
        var system = TestCatalog.System(row.SystemId);
        var peak = row.Precision switch { "bf16" => system.Bf16FlopsPerSecond, "fp8" => system.Fp8FlopsPerSecond, _ => system.Fp4FlopsPerSecond };
        Assert.Equal(flopsPerSecond, row.ComputeEfficiency * peak!.Value, flopsPerSecond * 1e-5);
        Assert.Equal(bytesPerSecond, row.MemoryEfficiency * system.MemoryBytesPerSecond!.Value, bytesPerSecond * 1e-5);
    }
}
