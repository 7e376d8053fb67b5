using Millwright.Cli.Measured;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Tests.Measured;

public sealed class CaseReaderTests
{
    [Fact]
    public void Each_row_of_the_sample_is_read_as_checked_by_hand()
    {
        string expected = File.ReadAllText(Path.Combine(Repository.Root, "tests/Millwright.Cli.Tests/Measured/Data/expected-cases.txt"));
        string actual = string.Join('\n', Sample.Rows.Select(Sample.Map).Select(Sample.Describe)) + "\n";
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Names_are_found_in_any_case_and_with_their_organisation()
    {
        MappedRow mapped = Sample.Map(Sample.Row with { Model = "deepseek-ai/DEEPSEEK-r1-0528", Chip = "b200-sxm" });
        Assert.Equal(("deepseek-r1", "hgx-b200"), (mapped.Case!.Model.Id, mapped.Case.System.Id));
    }

    [Theory]
    [InlineData("DeepSeek-R9", "B200-SXM", "the catalog knows no model \"DeepSeek-R9\"")]
    [InlineData("DeepSeek-R1", "B2000", "the catalog knows no chip \"B2000\"")]
    [InlineData("", "B200-SXM", "the row names no model")]
    [InlineData("DeepSeek-R1", "", "the row names no chip")]
    public void An_unknown_chip_or_model_is_no_run(string model, string chip, string reason)
    {
        MappedRow mapped = Sample.Map(Sample.Row with { Model = model, Chip = chip });
        Assert.Null(mapped.Case);
        Assert.StartsWith(reason, mapped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_what_defines_its_run_is_none()
    {
        Assert.Equal("the row states no concurrency", Sample.Map(Sample.Row with { Concurrency = null }).Reason);
        Assert.Equal("the row states no output length", Sample.Map(Sample.Row with { OutputTokens = null }).Reason);
        Assert.Equal("the row states neither a layout nor a number of chips", Sample.Map(Sample.Row with { TensorWays = null, Chips = null }).Reason);
        Assert.Contains("precision \"fp3\" is not known", Sample.Map(Sample.Row with { Precision = "fp3" }).Reason, StringComparison.Ordinal);
        Assert.Contains("states no load", Sample.Map(Sample.Row with { Scenario = "a new one", Concurrency = null }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scenario_of_another_name_runs_where_it_states_its_load()
    {
        Assert.Equal(LoadKind.ClosedLoop, Sample.Map(Sample.Row with { Scenario = "production test" }).Case!.Load);
        ServingCase open = Sample.Map(Sample.Row with { Scenario = "open-loop gamma", Concurrency = null, RequestRatePerSecond = 3 }).Case!;
        Assert.Equal((LoadKind.OpenLoop, 3), (open.Load, open.RequestRatePerSecond));
    }

    [Fact]
    public void Lengths_that_are_drawn_have_their_mean_between_the_ends()
    {
        ServingCase drawn = Sample.Map(Sample.Row with { InputTokens = 1024, OutputTokens = 512, LengthDistribution = "U[0.8L,L]" }).Case!;
        Assert.Equal(0.9 * 1024, drawn.Lengths.MeanInputTokens, 1e-9);
        Assert.Equal(0.9 * 512, drawn.Lengths.MeanOutputTokens, 1e-9);
        // E[x^2] / E[x] of a uniform variable on [0.8 L, L]: (0.81 + 0.04 / 12) / 0.9
        Assert.Equal(1024 * (0.81 + 0.04 / 12) / 0.9, drawn.Lengths.PrefillInputTokens, 1024 * 1e-4);
        Assert.Equal(1000, Sample.Map(Sample.Row).Case!.Lengths.MeanInputTokens);
    }

    [Theory]
    [InlineData("Qwen3-235B-A22B", "H200-SXM", "fp8", "dp8 ep8")]
    [InlineData("Llama-4-Scout-17B-16E-Instruct", "H200-SXM", "fp8", "tp8")]
    [InlineData("Llama-3.3-70B-Instruct", "H200-SXM", "fp8", "tp8")]
    public void Published_maxima_run_as_their_recipes_say(string model, string chip, string precision, string layout)
    {
        ServingRow row = Sample.Row with
        {
            Scenario = "max-throughput",
            Model = model,
            Chip = chip,
            Precision = precision,
            Framework = "TensorRT-LLM",
            FrameworkVersion = "v1.0",
            TensorWays = 8,
            Chips = 8,
            ExpertWays = null,
            AttentionDataParallel = false,
            Concurrency = null,
            Requests = 3000,
            InputTokens = 1000,
            OutputTokens = 1000,
            Notes = "",
        };
        ServingCase run = Sample.Map(row).Case!;
        Assert.Equal(layout, run.Layout.ToString());
        Assert.Equal((LoadKind.AllAtOnce, true, true, true, 0.95), (run.Load, run.Engine.NoEvict, run.Engine.WholeWindows, run.Engine.GeneralExperts, run.Engine.MemoryFraction));

        // a row that tells its EP, and a closed loop, are read as they stand
        Assert.Equal("tp8 ep8", Sample.Map(row with { Model = "Qwen3-235B-A22B", ExpertWays = 8 }).Case!.Layout.ToString());
        Assert.Equal("tp8", Sample.Map(row with { Model = "Qwen3-235B-A22B", Scenario = "closed-loop", Concurrency = 8 }).Case!.Layout.ToString());
    }

    [Theory]
    [InlineData("H100-SXM", "fp8", OperandPrecision.Bf16)]
    [InlineData("B200-SXM", "fp4", OperandPrecision.Fp8)]
    public void Maxima_of_gpt_oss_keep_sixteen_bits_in_the_cache_on_Hopper(string chip, string precision, OperandPrecision cache)
    {
        ServingCase run = Sample.Map(Sample.Row with
        {
            Scenario = "max-throughput",
            Model = "gpt-oss-120b",
            Chip = chip,
            Precision = precision,
            Framework = "TensorRT-LLM",
            FrameworkVersion = "v1.2",
            TensorWays = 1,
            Chips = 1,
            Concurrency = null,
            Notes = "",
        }).Case!;
        Assert.Equal(cache, run.Precision.Cache);
    }

    // The same points stand twice in the source: once with 8 chips, once with 64, with the same latencies.
    [Theory]
    [InlineData(8, 8, false, "attention_dp 1, moe_tp 1, moe_ep 8", "tp8 ep8", 1)]
    [InlineData(64, 8, false, "attention_dp 1, moe_tp 8, moe_ep 8", "tp8 ep8", 1)]
    [InlineData(16, 4, false, "attention_dp 1, moe_tp 4, moe_ep 4", "tp4 ep4", 1)]
    [InlineData(1, 8, true, "attention_dp 64, moe_tp 8, moe_ep 8", "dp8 ep8", 1)]
    [InlineData(1, 8, true, "attention_dp 8, moe_tp 1, moe_ep 8", "dp8 ep8", 1)]
    [InlineData(1, 1, true, "attention_dp 4, moe_tp 4, moe_ep 1", "dp4", 1)]
    [InlineData(1, 1, false, "attention_dp , moe_tp 2, moe_ep 1", "dp2", 1)]
    [InlineData(2, 1, false, "attention_dp , moe_tp 4, moe_ep 1", "tp2 dp2", 1)]
    [InlineData(4, 1, false, "attention_dp , moe_tp 0, moe_ep 0", "tp4", 1)]
    [InlineData(4, 4, false, "", "tp4 ep4", 1)]
    [InlineData(4, 4, true, "", "dp4 ep4", 1)]
    [InlineData(4, 1, true, "", "dp4", 1)]
    [InlineData(4, 1, false, "", "tp4", 1)]
    [InlineData(1, 2, false, "", "dp2 ep2", 1)]
    public void What_notes_and_columns_say_of_a_layout_is_multiplied_right(int tensor, int experts, bool byRank, string notes, string layout, int replicas)
    {
        ServingCase run = Sample.Map(Sample.Row with { TensorWays = tensor, ExpertWays = experts, AttentionDataParallel = byRank, Notes = notes, Chips = byRank ? null : tensor }).Case!;
        Assert.Equal(layout, run.Layout.ToString());
        Assert.Equal(replicas, run.Replicas);
    }

    [Fact]
    public void Chips_beyond_the_layout_are_replicas()
    {
        ServingCase run = Sample.Map(Sample.Row with { TensorWays = 2, Chips = 8 }).Case!;
        Assert.Equal(("tp2", 4), (run.Layout.ToString(), run.Replicas));
    }

    [Fact]
    public void A_tensor_width_that_no_engine_cuts_is_looked_for_on_its_chips()
    {
        MappedRow mapped = Sample.Map(Sample.Row with { Chip = "GB200-NVL72", TensorWays = 36, Chips = 36, Notes = "attention_dp 1, moe_tp 36, moe_ep 1" });
        Assert.Null(mapped.Case!.Layout);
        Assert.Equal(36, mapped.Case.Chips);
        Assert.Contains("TP of 36", Assert.Single(mapped.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4,16,4,4,true", "2,32,16,16,true", "4 x (dp4 ep4) + 2 x (dp16 ep16)", 48)]
    [InlineData("1,8,8,1,false", "9,72,8,1,false", "1 x (tp8) + 9 x (tp8)", 80)]
    [InlineData("1,4,1,1,true", "1,32,1,1,true", "1 x (dp4 ep4) + 1 x (dp32 ep32)", 36)]
    [InlineData("1,4,1,1,true", "4,16,1,1,true", "1 x (tp4) + 4 x (tp4)", 20)]
    [InlineData("1,4,1,1,false", "1,8,8,8,true", "1 x (tp4) + 1 x (dp8 ep8)", 12)]
    [InlineData("2,,1,4,true", "5,,8,8,false", "2 x (dp4 ep4) + 5 x (tp8 ep8)", 48)]
    [InlineData("1,8,1,8,false", "1,16,1,16,true", "1 x (dp8 ep8) + 1 x (dp16 ep16)", 24)]
    [InlineData(",16,8,,", ",8,,8,", "2 x (tp8) + 1 x (dp8 ep8)", 24)]
    [InlineData("0,72,72,1,false", "0,72,72,1,false", "the row states no prefill workers", 0)]
    [InlineData("1,,1,1,true", "1,8,8,1,false", "the chips of a prefill worker are not stated", 0)]
    [InlineData("3,16,8,1,false", "1,8,8,1,false", "3 prefill workers do not divide 16 chips", 0)]
    public void Pools_apart_are_read_with_the_chips_of_a_worker(string prefill, string decode, string expected, int chips)
    {
        MappedRow mapped = Sample.Map(Sample.Row with { Apart = true, Chips = chips == 0 ? null : chips, Prefill = Pool(prefill), Decode = Pool(decode) });
        SplitPools? pools = mapped.Case?.Pools;
        Assert.Equal(expected, pools is null ? mapped.Reason : $"{pools.PrefillWorkers} x ({pools.PrefillLayout}) + {pools.DecodeWorkers} x ({pools.DecodeLayout})");
        Assert.Equal(chips, pools?.Chips ?? 0);
        Assert.Empty(mapped.Remarks);
    }

    [Theory]
    [InlineData("DeepSeek-R1", "B200-SXM", "SGLang", "fp8", "", OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Bf16)]
    [InlineData("DeepSeek-R1", "B200-SXM", "TensorRT-LLM", "fp8", "gemm fp8, moe fp8, x", OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Fp8)]
    [InlineData("DeepSeek-R1", "B200-SXM", "Dynamo-TensorRT-LLM", "fp4", "", OperandPrecision.Fp4, OperandPrecision.Fp4, OperandPrecision.Fp8)]
    [InlineData("Llama-3.1-70B-Instruct", "H200-SXM", "vLLM", "fp8", "", OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Bf16)]
    [InlineData("Llama-3.1-8B-Instruct", "H200-SXM", "SGLang", "fp8", "gemm fp8_block, moe fp8_block", OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Bf16)]
    [InlineData("Llama-3.1-8B-Instruct", "H100-SXM", "TensorRT-LLM", "", "", OperandPrecision.Bf16, OperandPrecision.Bf16, OperandPrecision.Bf16)]
    [InlineData("Qwen3-32B", "H100-SXM", "TensorRT-LLM", "fp8", "gemm fp8, moe fp8, x", OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Fp8)]
    [InlineData("Qwen3-32B", "H100-SXM", "vLLM", "fp8", "", OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Bf16)]
    [InlineData("gpt-oss-120b", "B200-SXM", "vLLM", "fp4", "gemm nvfp4, moe nvfp4", OperandPrecision.Bf16, OperandPrecision.Mxfp4, OperandPrecision.Bf16)]
    [InlineData("gpt-oss-120b", "H100-SXM", "TensorRT-LLM", "fp8", "gemm fp8, moe fp8", OperandPrecision.Bf16, OperandPrecision.Mxfp4, OperandPrecision.Fp8)]
    [InlineData("Qwen3-32B", "B200-SXM", "vLLM", "mxfp4", "", OperandPrecision.Mxfp4, OperandPrecision.Mxfp4, OperandPrecision.Bf16)]
    [InlineData("Kimi-K2.5", "H200-SXM", "vLLM", "int4", "gemm int4_wo, moe int4_wo", OperandPrecision.Bf16, OperandPrecision.Int4, OperandPrecision.Bf16)]
    [InlineData("Llama-2-70b-hf", "H100-SXM", "vLLM", "fp16", "", OperandPrecision.Bf16, OperandPrecision.Bf16, OperandPrecision.Bf16)]
    [InlineData("DeepSeek-V3", "GB200-NVL72", "SGLang", "fp4 MoE + fp8 attention", "", OperandPrecision.Fp8Block, OperandPrecision.Fp4, OperandPrecision.Bf16)]
    [InlineData("DeepSeek-V4-Pro", "GB200-NVL72", "Dynamo-vLLM", "fp4", "", OperandPrecision.Fp8Block, OperandPrecision.Mxfp4, OperandPrecision.Bf16)]
    [InlineData("Llama-3.1-70B-Instruct", "H200-SXM", "vLLM", "fp8", "kvcache fp8", OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Fp8)]
    public void A_precision_is_that_of_the_models_release(
        string model, string chip, string framework, string precision, string notes, OperandPrecision dense, OperandPrecision experts, OperandPrecision cache)
    {
        ServingCase run = Sample.Map(Sample.Row with { Model = model, Chip = chip, Framework = framework, Precision = precision, Notes = notes }).Case!;
        Assert.Equal(new PrecisionPlan(dense, experts, cache), run.Precision);
    }

    [Fact]
    public void Benchmark_rows_take_the_lowest_native_precision_their_chips_and_the_limits_of_their_rules()
    {
        ServingRow row = Sample.Row with { Scenario = "mlperf-server", Model = "Llama-2-70B-chat", Precision = "", TensorWays = null, InputTokens = null, OutputTokens = null, Dataset = "OpenOrca 24,576 samples", Concurrency = null, RequestRatePerSecond = 300 };
        ServingCase run = Sample.Map(row).Case!;
        Assert.Equal(OperandPrecision.Fp4, run.Precision.Dense);
        Assert.Null(run.Layout);
        Assert.Equal(8, run.Chips);
        Assert.Equal((2, 0.2), (run.TimeToFirstTokenLimitSeconds, run.TimePerOutputTokenLimitSeconds));
        Assert.Equal(294, run.Lengths.MeanOutputTokens, 1e-9);
        Assert.Equal(0, run.RequestRatePerSecond);
        Assert.Equal(OperandPrecision.Fp8, Sample.Map(row with { Chip = "H100-SXM" }).Case!.Precision.Dense);
        Assert.Equal((0.45, 0.04), (Sample.Map(row with { Scenario = "mlperf-interactive" }).Case!.TimeToFirstTokenLimitSeconds, Sample.Map(row with { Scenario = "mlperf-interactive" }).Case!.TimePerOutputTokenLimitSeconds));
        Assert.Contains("output lengths", Sample.Map(row with { Model = "gpt-oss-120b", Dataset = "AIME/GPQA/LiveCodeBench 6,396" }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Boards_that_a_row_counts_are_two_chips()
    {
        ServingRow row = Sample.Row with { Chip = "Arc-Pro-B60", System = "Intel: 1-node-4x-BMG-Pro-B60-Dual", Scenario = "mlperf-offline", Model = "Llama-3.1-8B-Instruct", Precision = "INT8", Dataset = "CNN/DailyMail 13,368", InputTokens = null, OutputTokens = null, TensorWays = null, Chips = 4 };
        MappedRow mapped = Sample.Map(row);
        Assert.Equal((8, 2), (mapped.Case!.Chips, mapped.ChipsPerCountedChip));
        MappedRow single = Sample.Map(row with { System = "Intel: 1-node-4x-BMG-B60" });
        Assert.Equal((4, 1), (single.Case!.Chips, single.ChipsPerCountedChip));
    }

    [Fact]
    public void Settings_in_the_notes_override_those_of_the_engine()
    {
        ServingRow row = Sample.Row with { Framework = "vLLM", FrameworkVersion = "0.19", Chip = "RTX-PRO-6000", Notes = "max_num_seqs 256 (4090) / 128 (PRO 6000), max_num_batched_tokens 2048; workload" };
        EngineSettings settings = Sample.Map(row).Case!.Engine;
        Assert.Equal((128, 2048), (settings.MaxSequences, settings.MaxBatchedTokens));
        Assert.Equal(256, Sample.Map(row with { Chip = "RTX-4090" }).Case!.Engine.MaxSequences);
        Assert.Equal(8192, Sample.Map(row with { Notes = "max-num-batched-tokens 8192; kv_max" }).Case!.Engine.MaxBatchedTokens);
    }

    [Theory]
    [InlineData("Dynamo-SGLang", "lmsysorg/sglang:v0.5.8", "2026-01-12", EngineFamily.Sglang, false)]
    [InlineData("MoRI-SGLang", "", "2026-01-12", EngineFamily.Sglang, true)]
    [InlineData("Dynamo-TensorRT-LLM", "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1", "2026-01-12", EngineFamily.TensorRtLlm, false)]
    [InlineData("PyTorch vLLM", "1", "2026-01-12", EngineFamily.Vllm, false)]
    [InlineData("vLLM", "v0.15.1", "", EngineFamily.Vllm, true)]
    [InlineData("ATOM", "rocm/atom:1", "2026-01-12", EngineFamily.Vllm, true)]
    [InlineData("TensorRT 10.11, CUDA 12.9", "", "2025-09", EngineFamily.TensorRtLlm, false)]
    [InlineData("A new engine", "2", "2026-01-12", EngineFamily.TensorRtLlm, true)]
    [InlineData("", "", "", EngineFamily.TensorRtLlm, true)]
    public void An_engine_is_found_by_the_name_inside_the_framework(string framework, string version, string date, EngineFamily family, bool assumed)
    {
        ServingCase run = Sample.Map(Sample.Row with { Framework = framework, FrameworkVersion = version, Date = date }).Case!;
        Assert.Equal((family, assumed), (run.Engine.Family, run.EngineIsAssumed));
    }

    [Fact]
    public void Rows_with_drafted_tokens_take_the_catalogs_acceptance_and_say_so()
    {
        MappedRow narrow = Sample.Map(Sample.Row with { Speculation = "mtp" });
        Assert.Equal(new Speculation(3, 1.5), narrow.Case!.Speculation);
        Assert.Equal("mtp-accepted-of-3", narrow.DraftFigure!.Id);
        Assert.Contains("1.5 of 3 drafted tokens (1.1 to 1.9)", Assert.Single(narrow.Remarks), StringComparison.Ordinal);
        Assert.Equal(1, Sample.Map(Sample.Row with { Speculation = "mtp", AttentionDataParallel = true }).Case!.Speculation!.Value.DraftTokens);
        Assert.Null(Sample.Map(Sample.Row with { Speculation = "unlabelled" }).Case!.Speculation);
    }

    // workers, chips, tp, ep, attention-DP; a part may be empty
    private static PoolColumns Pool(string text)
    {
        string[] parts = text.Split(',');
        int?[] numbers = [.. parts[..4].Select(static p => p.Length == 0 ? (int?)null : int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))];
        return new PoolColumns(numbers[0], numbers[1], numbers[2], numbers[3], parts[4].Length == 0 ? null : parts[4] == "true");
    }
}
