using CsCheck;
using Millwright.Catalog;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Tests.Models;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Performance;

public sealed class StepTimerTests
{
    [Fact]
    public void One_sequence_on_one_chip_is_bound_by_reading_the_weights()
    {
        var model = TestModels.Parse("llama-3.1-8b");
        var chip = TestCatalog.Chip("hgx-h100");
        var time = new StepTimer(model, chip, new(ReplicaSpread.Tensor, 1), OperandPrecision.Bf16).Time(new StepShape(1, 1));

        // the embedding is looked up, not read
        var bytes = 2 * (model.TotalParameters - (double)model.VocabularySize * model.HiddenSize);
        var bound = bytes / 3.35e12;
        Assert.True(time.TotalSeconds > bound);

        // without launches: the fitted share of the bandwidth, 0.826, and little compute beside it
        var work = time.TotalSeconds - time.Division.FloorSeconds;
        Assert.InRange(work, bound / 0.826, bound / 0.826 * 1.02);
    }

    [Fact]
    public void A_long_prompt_on_one_chip_is_bound_by_compute()
    {
        var model = TestModels.Parse("llama-3.1-8b");
        var chip = TestCatalog.Chip("hgx-h100");
        var time = new StepTimer(model, chip, new(ReplicaSpread.Tensor, 1), OperandPrecision.Bf16).Time(new StepShape(0, 0, 8192, 0, 1));
        var layers = model.ActiveParameters - (double)model.VocabularySize * model.HiddenSize;
        var products = 2 * layers * 8192;
        var attention = 4.0 * 32 * 4096 * 8192 * 8192 / 2;
        var bound = (products + attention) / 989e12;
        Assert.InRange(time.TotalSeconds, bound / 0.779, bound / 0.55);
    }

    [Theory]
    [InlineData("llama-3.1-70b", "hgx-h100", OperandPrecision.Fp8)]
    [InlineData("deepseek-r1", "gb200-nvl72", OperandPrecision.Fp4)]
    [InlineData("gpt-oss-120b", "hgx-b200", OperandPrecision.Fp4)]
    [InlineData("qwen3-235b-a22b", "hgx-h200", OperandPrecision.Bf16)]
    public void No_step_beats_the_peak_or_the_bandwidth(string modelId, string system, OperandPrecision precision)
    {
        var model = TestModels.Parse(modelId);
        var chip = TestCatalog.Chip(system);
        var peaks = chip.Peaks;
        Gen.Select(Gen.Double[1, 2000], Gen.Double[1, 20000], Gen.Double[0, 30000], Gen.Double[0, 20000], Gen.Int[0, 3], Gen.Bool).Holds(
            (sequences, context, prefill, prefix, power, expert) =>
            {
                var chips = 1 << power;
                var shape = new StepShape(sequences, sequences * context, prefill, prefix, 1);
                var timer = new StepTimer(model, chip, new(expert ? ReplicaSpread.Expert : ReplicaSpread.Tensor, chips), precision);
                var time = timer.Time(shape);
                double compute = 0, memory = 0;
                foreach (var step in model.OperatorsOf(shape, precision, timer.CacheBytesPerElement))
                {
                    if (step.Kind != OperatorKind.Elementwise)
                    {
                        compute += step.Flops * step.Calls / peaks.FlopsPerSecond(peaks.Multiplies(precision)) / chips;
                        memory += step.WeightBytes * step.Calls / peaks.MemoryBytesPerSecond / chips;
                    }
                }

                Assert.True(time.TotalSeconds >= compute * (1 - 1e-9));
                Assert.True(time.TotalSeconds >= memory * (1 - 1e-9));
                Assert.True(time.DecodeAttentionSeconds + time.PrefillAttentionSeconds + time.ExchangeSeconds <= time.TotalSeconds);
            },
            iter: 300);
    }

    [Theory]
    [InlineData(ReplicaSpread.Tensor)]
    [InlineData(ReplicaSpread.Expert)]
    public void More_bandwidth_is_never_slower(ReplicaSpread spread)
    {
        var model = TestModels.Parse("deepseek-r1");
        var system = TestCatalog.System("hgx-b200");
        var quicker = system with { MemoryBytesPerSecond = system.MemoryBytesPerSecond * 1.3, ScaleUpBytesPerSecond = system.ScaleUpBytesPerSecond * 1.3 };
        Gen.Select(Gen.Double[1, 500], Gen.Double[1, 20000], Gen.Double[0, 16000]).Holds(
            (sequences, context, prefill) =>
            {
                var shape = new StepShape(sequences, sequences * context, prefill, 0, 1);
                double Seconds(SystemRecord of) => new StepTimer(model, TestCatalog.Chip(of), new(spread, 8), OperandPrecision.Fp8).Time(shape).TotalSeconds;
                Assert.True(Seconds(quicker) <= Seconds(system));
            },
            iter: 100);
    }

    [Fact]
    public void More_chips_help_but_never_as_much_as_their_number()
    {
        var model = TestModels.Parse("llama-3.1-70b");
        var chip = TestCatalog.Chip("hgx-h200");
        double Seconds(int chips) => new StepTimer(model, chip, new(ReplicaSpread.Tensor, chips), OperandPrecision.Fp8).Time(new StepShape(64, 64 * 2000.0)).TotalSeconds;
        for (var chips = 1; chips < 8; chips *= 2)
        {
            Assert.InRange(Seconds(chips * 2), Seconds(chips) / 2, Seconds(chips));
        }
    }

    [Fact]
    public void A_latent_cache_is_read_whole_by_every_chip_that_cuts_heads_and_shared_out_by_sequences()
    {
        // 200 sequences of 30,000 tokens: reading the cache rules the step
        var model = TestModels.Parse("deepseek-r1");
        var chip = TestCatalog.Chip("hgx-h200");
        var shape = new StepShape(200, 200 * 30000.0);
        double Attention(ReplicaSpread spread, int chips) => new StepTimer(model, chip, new(spread, chips), OperandPrecision.Fp8).Time(shape).DecodeAttentionSeconds;
        var bytes = model.KvCacheBytes(30000, 1) * 200;
        Assert.True(Attention(ReplicaSpread.Tensor, 8) > bytes / 4.8e12);
        Assert.InRange(Attention(ReplicaSpread.Expert, 8), Attention(ReplicaSpread.Tensor, 1) / 8 * 0.99, Attention(ReplicaSpread.Tensor, 1) / 8 * 1.01);
    }
}
