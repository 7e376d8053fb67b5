using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class StepBytesTests
{
    [Theory]
    [InlineData(OperandPrecision.Bf16, 2.0)]
    [InlineData(OperandPrecision.Fp8, 1.0)]
    [InlineData(OperandPrecision.Fp4, 0.5625)]
    public void A_product_reads_quantised_rows_and_writes_sixteen_bits(OperandPrecision precision, double inputBytes)
    {
        var operators = TestModels.Parse("llama-3.1-8b").OperatorsOf(new StepShape(48, 48_000), precision, 1);

        // 32 query heads and twice 8 key-value heads of 128
        Assert.Equal(48 * ((4096 * inputBytes) + (6144 * 2)), One(operators, "qkv").OtherBytes);
        Assert.Equal(4096 * 6144 * inputBytes, One(operators, "qkv").WeightBytes);
        Assert.Equal(48 * ((14336 * inputBytes) + (4096 * 2)), One(operators, "ffn-down").OtherBytes);

        // the head keeps 16 bits in and out
        Assert.Equal(48.0 * (4096 + 128256) * 2, One(operators, "logits").OtherBytes);
    }

    [Fact]
    public void An_expert_product_moves_a_row_for_each_pair()
    {
        var operators = TestModels.Parse("mixtral-8x7b").OperatorsOf(new StepShape(10, 10_000), OperandPrecision.Fp8, 1);

        Assert.Equal(20 * (4096 + (2 * 14336 * 2.0)), One(operators, "routed-experts-up").OtherBytes);
        Assert.Equal(20 * (14336 + (4096 * 2.0)), One(operators, "routed-experts-down").OtherBytes);
    }

    [Fact]
    public void A_group_of_output_matrices_reads_each_input_once()
    {
        var operators = TestModels.Parse("deepseek-v4-flash").OperatorsOf(new StepShape(3, 3000), OperandPrecision.Fp8, 1);

        // 64 heads of 512 enter in 8 groups, each of which leaves 1024 wide
        var down = operators.Where(o => o.Name == "attention-output-down").ToArray();
        Assert.Equal(43, down.Sum(o => o.Calls));
        Assert.All(down, o => Assert.Equal(3 * ((64 * 512) + (8 * 1024 * 2.0)), o.OtherBytes));
        Assert.All(down, o => Assert.Equal(64.0 * 512 * 1024, o.WeightBytes));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Prompt_attention_reads_the_prefix_once_for_each_sequence_and_writes_the_new_tokens(double cacheBytes)
    {
        var operators = TestModels.Parse("llama-3.1-8b").OperatorsOf(new StepShape(0, 0, 1000, 3000, 4), OperandPrecision.Fp8, cacheBytes);

        var cached = ((4.0 * 3000) + 1000) * 2 * 8 * 128 * cacheBytes;
        Assert.Equal(cached + (1000 * 2.0 * 32 * 128 * 2), One(operators, "prefill-attention").OtherBytes);
    }

    [Fact]
    public void Windowed_prompt_attention_reads_at_most_a_window_of_the_prefix()
    {
        var operators = TestModels.Parse("gpt-oss-20b").OperatorsOf(new StepShape(0, 0, 500, 3000, 1), OperandPrecision.Bf16, 2);

        const double Token = 2 * 8 * 64 * 2;
        const double Activations = 500 * 2.0 * 64 * 64 * 2;
        Assert.Equal(((128 + 500) * Token) + Activations, One(operators, "prefill-attention-window").OtherBytes);
        Assert.Equal(((3000 + 500) * Token) + Activations, One(operators, "prefill-attention").OtherBytes);
    }

    [Theory]

    // ten tokens choose at most 2048 entries each: less than a long prefix, more than a short one
    [InlineData(10, 50_000, 10 * 2048)]
    [InlineData(10, 9_000, 9_000)]
    [InlineData(100, 50_000, 50_000)]
    public void Sparse_prompt_attention_reads_what_its_tokens_may_choose(double tokens, double prefix, double read)
    {
        var operators = TestModels.Parse("deepseek-v3.2").OperatorsOf(new StepShape(0, 0, tokens, prefix, 1), OperandPrecision.Fp8, 1);

        Assert.Equal(
            ((read + tokens) * (512 + 64)) + (tokens * 128 * (512 + 64 + 512) * 2),
            One(operators, "prefill-attention-sparse").OtherBytes);
        Assert.Equal(((prefix + tokens) * 128) + (tokens * 64 * 129 * 2), One(operators, "prefill-index-scores").OtherBytes);
    }

    [Fact]
    public void Decode_attention_reads_context_and_query_and_writes_token_and_output()
    {
        var operators = TestModels.Parse("llama-3.1-8b").OperatorsOf(new StepShape(6, 6 * 700), OperandPrecision.Fp8, 1);

        Assert.Equal((6 * 701.0 * 2 * 8 * 128) + (6 * 2.0 * 32 * 128 * 2), One(operators, "decode-attention").OtherBytes);
    }

    [Fact]
    public void Elementwise_bytes_are_those_counted_by_hand()
    {
        var operators = TestModels.Parse("llama-3.1-8b").OperatorsOf(new StepShape(7, 700), OperandPrecision.Fp8, 1);

        // two reads and two writes of the hidden state; gate, up and product; query in and out, key and value
        Assert.Equal(7 * 4.0 * 4096 * 2, One(operators, "norms").OtherBytes);
        Assert.Equal(64, One(operators, "norms").Calls);
        Assert.Equal(7 * 3.0 * 14336 * 2, One(operators, "ffn-activation").OtherBytes);
        Assert.Equal(7 * ((2.0 * 4096) + 2048) * 2, One(operators, "rotary").OtherBytes);
        Assert.Equal(7 * 2.0 * 4096 * 2, One(operators, "embedding").OtherBytes);
    }

    [Fact]
    public void A_prompt_visits_its_state_once_a_chunk()
    {
        var model = TestModels.Parse("nemotron-3-nano-30b-a3b");
        var operators = model.OperatorsOf(new StepShape(0, 0, 1280, 0, 2), OperandPrecision.Bf16, 2);

        // ten chunks of 128; inputs and maps in, outputs out
        var state = model.KvCacheBytes(0, 2) / 23;
        const double Activations = 1280.0 * ((64 * 64) + (2 * 8 * 128) + (64 * 64)) * 2;
        Assert.Equal((10 * 2 * state) + Activations, One(operators, "prefill-state-space-state").OtherBytes);

        // the state itself, and within a chunk the maps of 8 groups and the sums of 64 heads
        const double Flops = 1280.0 * ((5 * 64 * 64 * 128) + (2 * 128 * ((8 * 128) + (64 * 64))));
        Assert.Equal(Flops, One(operators, "prefill-state-space-state").Flops);
    }

    [Fact]
    public void A_prompt_of_the_delta_rule_adds_the_products_inside_a_chunk()
    {
        var operators = TestModels.Parse("qwen3.5-122b-a10b").OperatorsOf(new StepShape(0, 0, 640, 0, 1), OperandPrecision.Bf16, 2);

        // 64 states of 128 x 128; in chunks of 64 three products as wide as keys and two as wide as values
        const double Flops = 640.0 * 64 * ((7 * 128 * 128) + (2 * 64 * ((3 * 128) + (2 * 128))));
        Assert.Equal(Flops, One(operators, "prefill-linear-attention-state").Flops);
    }

    [Fact]
    public void Routing_copies_rows_out_and_back()
    {
        var operators = TestModels.Parse("qwen3.5-122b-a10b").OperatorsOf(new StepShape(5, 500), OperandPrecision.Bf16, 2);

        // five tokens to 40 rows and back, each read and written; gate, up and product of 40 routed and 5 shared rows
        Assert.Equal(2.0 * (40 + 5) * 3072 * 2, One(operators, "expert-scatter-gather").OtherBytes);
        Assert.Equal((40 + 5) * 3.0 * 1024 * 2, One(operators, "expert-activation").OtherBytes);
    }

    [Fact]
    public void Hyper_connections_read_and_write_every_stream()
    {
        var operators = TestModels.Parse("deepseek-v4-pro").OperatorsOf(new StepShape(2, 200), OperandPrecision.Fp8, 1);

        Assert.Equal(2 * 2.0 * 4 * 7168 * 2, One(operators, "hyper-connection-mix").OtherBytes);
        Assert.Equal(2 * 61, One(operators, "hyper-connection-mix").Calls);
        Assert.Equal(2.0 * 2 * (4 * 7168) * 24, One(operators, "hyper-connection").Flops);
    }

    private static StepOperator One(IReadOnlyList<StepOperator> operators, string name) => Assert.Single(operators, o => o.Name == name);
}
