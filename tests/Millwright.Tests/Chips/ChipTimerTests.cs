using Millwright.Chips;
using Millwright.Operators;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Chips;

public sealed class ChipTimerTests
{
    [Theory]
    [InlineData("hgx-h100", "hgx-h100", CurveDistance.Measured)]
    [InlineData("vr200-nvl72", "gb300-nvl72", CurveDistance.SameMaker)]
    [InlineData("mi355x", "hgx-b200", CurveDistance.OtherMaker)]
    [InlineData("mi300x", "hgx-h200", CurveDistance.OtherMaker)]
    public void A_chip_borrows_from_the_nearest_measured_one(string id, string lender, CurveDistance distance) =>
        Assert.Equal(new NearestMeasuredSystem(lender, distance), NearestMeasuredSystem.Of(TestCatalog.System(id)));

    [Fact]
    public void Borrowing_widens_the_error()
    {
        Assert.Equal(0, TestCatalog.Chip("hgx-b200").BorrowedError);
        Assert.True(TestCatalog.Chip("vr200-nvl72").BorrowedError > 0);
        Assert.True(TestCatalog.Chip("mi355x").BorrowedError > TestCatalog.Chip("vr200-nvl72").BorrowedError);
    }

    [Fact]
    public void A_precision_that_the_chip_lacks_is_multiplied_in_the_next_wider_one()
    {
        var h100 = TestCatalog.Chip("hgx-h100").Peaks;
        Assert.Equal(OperandPrecision.Fp8, h100.Multiplies(OperandPrecision.Fp4));
        Assert.Equal(OperandPrecision.Bf16, TestCatalog.Chip("hgx-a100-80").Peaks.Multiplies(OperandPrecision.Fp4));
        Assert.Equal(OperandPrecision.Fp4, TestCatalog.Chip("hgx-b200").Peaks.Multiplies(OperandPrecision.Fp4));

        // weights stay narrow in memory, so that a product bound by compute takes the same time in either
        var chip = TestCatalog.Chip("hgx-h100");
        Assert.Equal(chip.Gemm(1e15, 1e9, OperandPrecision.Fp8), chip.Gemm(1e15, 1e9, OperandPrecision.Fp4));
    }

    [Fact]
    public void A_missing_16_bit_peak_is_half_the_fp8_peak()
    {
        var system = TestCatalog.System("x", "NVIDIA", "rack", "2027", null, 20e15, 40e15, 400e9, 20e12, 1800e9, 72, 2000);
        Assert.Equal(10e15, TestCatalog.Chip(system).Peaks.Bf16FlopsPerSecond);
    }

    [Theory]
    [InlineData(null, 1e11, 1e12, "peak compute")]
    [InlineData(1e15, null, 1e12, "memory")]
    [InlineData(1e15, 1e11, null, "memory")]
    public void A_chip_without_published_peaks_has_no_times_but_a_reason(double? peak, double? memory, double? bandwidth, string word)
    {
        var system = TestCatalog.System("mlu690", "Cambricon", "chip", "2025", peak, null, null, memory, bandwidth, null, 1, null);
        Assert.Null(ChipTimer.Create(system, TestCatalog.Curves, out var reason));
        Assert.Contains(word, reason);
        Assert.Contains("not published", reason);
    }

    [Fact]
    public void Without_a_published_link_a_chip_stands_alone()
    {
        var system = TestCatalog.System("x", "Microsoft", "chip", "2023", 800e12, null, null, 64e9, 1.8e12, null, 64, 500);
        Assert.Equal(1, TestCatalog.Chip(system).Peaks.ScaleUpDomain);
    }

    [Fact]
    public void An_all_reduce_moves_twice_the_message_but_one_share_and_costs_nothing_on_one_chip()
    {
        var chip = TestCatalog.Chip("hgx-h200");
        Assert.Equal(0, chip.AllReduce(1e6, 1).TotalSeconds);
        var time = chip.AllReduce(16e6, 8);
        Assert.True(time.TotalSeconds > 2 * 7.0 / 8 * 16e6 / 450e9);

        // 122 us were measured at 16 MB among 8 H200
        Assert.InRange(time.TotalSeconds, 90e-6, 160e-6);
        Assert.True(chip.AllReduce(16e6, 64).FloorSeconds > time.FloorSeconds);
    }

    // one MoE layer of DeepSeek-V3 (7168 wide, 2048 inside, 256 experts, top 8) on the busiest of 8 ranks, balanced: measured microseconds at 64,
    // 1024, 4096 and 16384 tokens
    [Fact]
    public void A_mixture_of_experts_layer_takes_about_what_was_measured()
    {
        (string System, OperandPrecision Precision, double BytesPerWeight, double[] Microseconds)[] series =
        [
            ("hgx-h200", OperandPrecision.Fp8, 1, [361, 445, 726, 2499]),
            ("hgx-b200", OperandPrecision.Fp8, 1, [268, 290, 356, 855]),
            ("hgx-b200", OperandPrecision.Fp4, 0.5625, [164, 233, 330, 980]),
        ];
        double[] tokens = [64, 1024, 4096, 16384];
        var outside = 0;
        foreach (var (system, precision, bytesPerWeight, microseconds) in series)
        {
            var chip = TestCatalog.Chip(system);
            var band = TestCatalog.Curves.Single(
                row => row.SystemId == system && row.Operator == "expert-gemm" && row.Precision == (precision == OperandPrecision.Fp4 ? "fp4" : "fp8")).ErrorP90;
            for (var i = 0; i < tokens.Length; i++)
            {
                var touched = 32 * (1 - Math.Pow(1 - 8.0 / 256, tokens[i]));
                var bytes = touched * 3 * 7168 * 2048 * bytesPerWeight;
                var flops = 2 * tokens[i] * 3 * 7168 * 2048;
                var seconds = chip.ExpertGemm(flops * 2 / 3, bytes * 2 / 3, precision).TotalSeconds + chip.ExpertGemm(flops / 3, bytes / 3, precision).TotalSeconds;
                outside += Math.Abs(seconds * 1e6 / microseconds[i] - 1) > band ? 1 : 0;
            }
        }

        // one in ten may lie beyond a 90th percentile: with twelve rows, two at most
        Assert.InRange(outside, 0, 2);
    }

    [Fact]
    public void Power_lies_between_the_floor_and_the_rating_and_follows_the_work()
    {
        var chip = TestCatalog.Chip("hgx-h200");
        var idle = chip.MeanWatts(new CallTime(1, 0, 0), OperandPrecision.Bf16);
        var busy = chip.MeanWatts(new CallTime(0, 1, 0), OperandPrecision.Bf16);
        Assert.Equal(133, idle, 1e-3);
        Assert.Equal(691, busy, 1e-3);
        Assert.Equal((idle + busy) / 2, chip.MeanWatts(new CallTime(1, 1, 0), OperandPrecision.Bf16), 1e-9);
    }
}
