using CsCheck;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class StepOperatorTests
{
    private static readonly OperatorKind[] s_products = [OperatorKind.Gemm, OperatorKind.ExpertGemm];

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void A_decoded_token_takes_two_flops_for_each_active_matrix_parameter(string id)
    {
        var model = TestModels.Parse(id);
        var operators = Step(model, new StepShape(1, 1000));

        var products = Flops(operators, s_products);

        // what is active but no matrix: norms, biases, sinks, convolutions and the learned positions of GPT
        var learnedPositions = model.Family == "gpt2" ? (double)model.MaxContextTokens * model.HiddenSize : 0;
        var vectors = model.ActiveParameters - learnedPositions - (products / 2);
        Assert.InRange(vectors, model.HiddenSize, 0.0008 * model.ActiveParameters);
    }

    [Fact]
    public void Llama_decode_takes_exactly_the_flops_counted_by_hand()
    {
        const double Context = 8000;
        const double Sequences = 64;
        const double Matrices = (80.0 * ((2.0 * 8192 * 8192) + (2.0 * 8192 * 1024) + (3.0 * 8192 * 28672))) + (128256.0 * 8192);

        var operators = Step(TestModels.Parse("llama-3.1-70b"), new StepShape(Sequences, Sequences * Context));

        Assert.Equal(2 * Sequences * Matrices, Flops(operators, s_products), 1);

        // scores and weighted values: two multiply-adds for each head element and token of context
        Assert.Equal(4.0 * 80 * 64 * 128 * Context * Sequences, Flops(operators, OperatorKind.DecodeAttention), 1);
        Assert.Equal(0, Flops(operators, OperatorKind.Elementwise));
    }

    [Fact]
    public void Latent_attention_decodes_in_the_latent_and_prefills_in_heads()
    {
        var model = TestModels.Parse("deepseek-v3");

        var decode = Step(model, new StepShape(8, 8 * 4000));
        var prefill = Step(model, new StepShape(0, 0, 1000, 0, 1));

        Assert.Equal(2.0 * 61 * 128 * (512 + 64 + 512) * 4000 * 8, Flops(decode, OperatorKind.DecodeAttention), 1);
        Assert.Equal(2.0 * 61 * 128 * (128 + 64 + 128) * (1000.0 * 1001 / 2), Flops(prefill, OperatorKind.PrefillAttention), 1);
    }

    [Fact]
    public void A_cached_prefix_of_latents_is_expanded_anew()
    {
        var operators = Step(TestModels.Parse("deepseek-v3"), new StepShape(0, 0, 500, 3000, 2));

        var expansion = Assert.Single(operators, o => o.Name == "prefix-key-value-up");
        Assert.Equal(2.0 * 512 * 128 * (128 + 128) * 3000 * 2, expansion.Flops);

        // its weights are read once, by the operator of the new tokens
        Assert.Equal(0, expansion.WeightBytes);
    }

    [Fact]
    public void Decode_attention_reads_the_cache_of_its_context_once()
    {
        const double Context = 5000;
        var model = TestModels.Parse("llama-3.1-70b");

        var near = Bytes(Step(model, new StepShape(1, Context), kvBytes: 2), OperatorKind.DecodeAttention);
        var far = Bytes(Step(model, new StepShape(1, 2 * Context), kvBytes: 2), OperatorKind.DecodeAttention);

        Assert.Equal(model.KvCacheBytes(Context, 2), far - near, 1e-3);
    }

    [Theory]
    [InlineData("deepseek-v3")]
    [InlineData("qwen3-32b")]
    [InlineData("kimi-k2")]
    public void An_eight_bit_cache_is_read_by_eight_bit_attention(string id)
    {
        var model = TestModels.Parse(id);
        var attention = new[] { OperatorKind.DecodeAttention, OperatorKind.PrefillAttention };
        var shape = new StepShape(4, 4000, 100, 0, 1);

        Assert.All(Step(model, shape, kvBytes: 1).Where(o => attention.Contains(o.Kind)), o => Assert.Equal(OperandPrecision.Fp8, o.Precision));
        Assert.All(Step(model, shape, kvBytes: 2).Where(o => attention.Contains(o.Kind)), o => Assert.Equal(OperandPrecision.Bf16, o.Precision));
    }

    [Fact]
    public void Windowed_decode_stops_growing_at_the_window()
    {
        var model = TestModels.Parse("gpt-oss-120b");

        var operators = Step(model, new StepShape(10, 10 * 3000));

        Assert.Equal(4.0 * 64 * 64 * 128 * 10, Assert.Single(operators, o => o.Name == "decode-attention-window").Flops);
        Assert.Equal(4.0 * 64 * 64 * 3000 * 10, Assert.Single(operators, o => o.Name == "decode-attention").Flops);
    }

    [Fact]
    public void Sparse_attention_reads_its_top_tokens_and_scores_all()
    {
        var operators = Step(TestModels.Parse("deepseek-v3.2"), new StepShape(1, 100_000));

        Assert.Equal(2.0 * 128 * (512 + 64 + 512) * 2048, Assert.Single(operators, o => o.Name == "decode-attention-sparse").Flops);
        Assert.Equal(2.0 * 64 * (128 + 1) * 100_000, Assert.Single(operators, o => o.Name == "decode-index-scores").Flops);
    }

    [Fact]
    public void Compressed_attention_reads_window_and_chosen_groups()
    {
        var operators = Step(TestModels.Parse("deepseek-v4-pro"), new StepShape(1, 64_000));

        // 31 layers see all groups of 128, 30 layers the best 1024 of 16,000 groups of 4
        var compressed = operators.Where(o => o.Name == "decode-attention-compressed").Select(o => (o.Flops, o.Calls)).Order().ToArray();
        Assert.Equal([(4.0 * 128 * 512 * 500, 31), (4.0 * 128 * 512 * 1024, 30)], compressed);
        Assert.Equal(61, operators.Where(o => o.Name == "decode-attention-window").Sum(o => o.Calls));
        Assert.Equal(2.0 * 64 * 129 * 16_000, Assert.Single(operators, o => o.Name == "decode-index-scores").Flops);
    }

    [Fact]
    public void Causal_prompt_with_a_prefix_sees_each_token_before_it() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[0, 400]).Holds(
            (prompt, prefix) =>
            {
                var operators = Step(TestModels.Parse("gpt-oss-20b"), new StepShape(0, 0, prompt * 3.0, prefix, 3));
                double all = 0, windowed = 0;
                for (var token = 1; token <= prompt; token++)
                {
                    all += prefix + token;
                    windowed += Math.Min(prefix + token, 128);
                }

                Assert.Equal(3 * 4.0 * 64 * 64 * all, Assert.Single(operators, o => o.Name == "prefill-attention").Flops, 1e-3);
                Assert.Equal(3 * 4.0 * 64 * 64 * windowed, Assert.Single(operators, o => o.Name == "prefill-attention-window").Flops, 1e-3);
            },
            iter: 100);

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void A_prompt_cut_into_two_chunks_takes_the_same_attention(string id)
    {
        var model = TestModels.Parse(id);

        var whole = Flops(Step(model, new StepShape(0, 0, 6000, 500, 1)), OperatorKind.PrefillAttention);
        var first = Flops(Step(model, new StepShape(0, 0, 2500, 500, 1)), OperatorKind.PrefillAttention);
        var second = Flops(Step(model, new StepShape(0, 0, 3500, 3000, 1)), OperatorKind.PrefillAttention);

        Assert.Equal(whole, first + second, whole * 1e-12);
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void A_prompt_token_takes_the_products_of_a_decoded_token(string id)
    {
        var model = TestModels.Parse(id);

        var decode = Step(model, new StepShape(300, 300 * 100)).Where(IsLayerProduct).Select(o => (o.Name, o.Flops, o.Calls)).Order();
        var prefill = Step(model, new StepShape(0, 0, 300, 0, 1)).Where(IsLayerProduct).Select(o => (o.Name, o.Flops, o.Calls)).Order();

        Assert.Equal(decode, prefill);

        static bool IsLayerProduct(StepOperator o) => s_products.Contains(o.Kind) && o.Name is not "logits" and not "hyper-connection-merge";
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Products_are_linear_in_tokens(string id)
    {
        var model = TestModels.Parse(id);
        Gen.Double[0.5, 2000].Holds(
            tokens =>
            {
                var one = Flops(Step(model, new StepShape(tokens, tokens * 50)), s_products);
                var three = Flops(Step(model, new StepShape(3 * tokens, 3 * tokens * 50)), s_products);
                Assert.Equal(3 * one, three, three * 1e-12);
            },
            iter: 20);
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Weights_read_by_a_great_step_are_the_resident_weights_without_the_look_up_tables(string id)
    {
        var model = TestModels.Parse(id);
        var tables = (model.TiedEmbedding ? 0 : (double)model.VocabularySize * model.HiddenSize)
            + (model.Family == "gpt2" ? (double)model.MaxContextTokens * model.HiddenSize : 0);
        foreach (var precision in Enum.GetValues<OperandPrecision>())
        {
            var read = model.OperatorsOf(new StepShape(1e6, 1e9), precision, 1).Sum(o => o.WeightBytes * o.Calls);
            var resident = model.WeightBytes(precision) - (2 * tables);

            Assert.Equal(resident, read, resident * 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Weights_read_by_one_token_are_the_active_weights(string id)
    {
        var model = TestModels.Parse(id);
        var learnedPositions = model.Family == "gpt2" ? (double)model.MaxContextTokens * model.HiddenSize : 0;

        var read = model.OperatorsOf(new StepShape(1, 1000), OperandPrecision.Bf16, 2).Sum(o => o.WeightBytes * o.Calls);

        var active = 2 * (model.ActiveParameters - learnedPositions);
        Assert.Equal(active, read, active * 1e-12);
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Mixed_step_asks_the_work_of_its_parts_but_reads_weights_once(string id)
    {
        var model = TestModels.Parse(id);
        var decode = Step(model, new StepShape(32, 32 * 2000));
        var prefill = Step(model, new StepShape(0, 0, 4000, 100, 2));
        var mixed = Step(model, new StepShape(32, 32 * 2000, 4000, 100, 2));

        var parts = decode.Concat(prefill).Sum(o => o.Flops * o.Calls);
        Assert.Equal(parts, mixed.Sum(o => o.Flops * o.Calls), parts * 1e-12);

        var readApart = decode.Concat(prefill).Where(o => o.Kind == OperatorKind.Gemm).Sum(o => o.WeightBytes * o.Calls);
        var readTogether = mixed.Where(o => o.Kind == OperatorKind.Gemm).Sum(o => o.WeightBytes * o.Calls);
        Assert.Equal(readApart / 2, readTogether, readTogether * 1e-12);
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Every_figure_is_finite_and_not_negative(string id)
    {
        var model = TestModels.Parse(id);
        var gen = Gen.Select(Gen.Double[0, 5000], Gen.Double[0, 1e5], Gen.Double[0, 1e5], Gen.Double[0, 1e5], Gen.Double[0.01, 50]);
        gen.Holds(
            (sequences, context, prompt, prefix, prompts) =>
            {
                foreach (var o in Step(model, new StepShape(sequences, sequences * context, prompt, prefix, prompts)))
                {
                    Assert.True(double.IsFinite(o.Flops) && o.Flops >= 0, o.ToString());
                    Assert.True(double.IsFinite(o.WeightBytes) && o.WeightBytes >= 0, o.ToString());
                    Assert.True(double.IsFinite(o.OtherBytes) && o.OtherBytes >= 0, o.ToString());
                    Assert.True(o.Rows > 0 && o.Calls >= 1, o.ToString());
                }
            },
            iter: 100);
    }

    [Fact]
    public void Prompt_attention_is_sized_by_the_prompt_and_products_by_all_tokens()
    {
        var operators = Step(TestModels.Parse("llama-3.1-8b"), new StepShape(16, 16_000, 8192, 0, 4));

        Assert.Equal(2048, Assert.Single(operators, o => o.Kind == OperatorKind.PrefillAttention).Rows);
        Assert.Equal(16, Assert.Single(operators, o => o.Kind == OperatorKind.DecodeAttention).Rows);
        Assert.Equal(8208, Assert.Single(operators, o => o.Name == "qkv").Rows);
    }

    [Fact]
    public void Only_sequences_that_emit_a_token_pass_the_head()
    {
        var operators = Step(TestModels.Parse("llama-3.1-8b"), new StepShape(16, 16_000, 8192, 0, 4));

        var head = Assert.Single(operators, o => o.Name == "logits");
        Assert.Equal(2.0 * 20 * 4096 * 128256, head.Flops);
        Assert.Equal(20, head.Rows);
    }

    [Theory]
    [InlineData("qwen3-235b-a22b")]
    [InlineData("nemotron-3-super-120b-a12b")]
    public void Router_head_and_norms_stay_in_sixteen_bits_at_fp4(string id)
    {
        var operators = TestModels.Parse(id).OperatorsOf(new StepShape(8, 8000), OperandPrecision.Fp4, 1);

        Assert.All(operators.Where(o => o.Name is "router" or "logits"), o => Assert.Equal(OperandPrecision.Bf16, o.Precision));
        Assert.All(operators.Where(o => o.Kind == OperatorKind.ExpertGemm), o => Assert.Equal(OperandPrecision.Fp4, o.Precision));
        Assert.Contains(operators, o => o.Kind == OperatorKind.Gemm && o.Precision == OperandPrecision.Fp4);
    }

    [Fact]
    public void Recurrent_layers_read_and_write_their_state_for_each_decoded_token()
    {
        var model = TestModels.Parse("qwen3.5-397b-a17b");

        var state = Assert.Single(Step(model, new StepShape(1, 50_000)), o => o.Name == "decode-linear-attention-state");

        Assert.Equal(45, state.Calls);
        Assert.Equal(7.0 * 64 * 128 * 128, state.Flops);

        // twice the state, and queries, keys, values and outputs in 2 bytes
        Assert.Equal((2 * model.KvCacheBytes(0, 1) / 45) + (2 * ((2 * 16 * 128) + (2 * 64 * 128))), state.OtherBytes);
    }

    [Fact]
    public void An_empty_step_has_no_operators() => Assert.Empty(Step(TestModels.Parse("llama-3.1-8b"), new StepShape(0, 0)));

    [Theory]
    [InlineData(-1, 0, 0, 0, 0)]
    [InlineData(double.NaN, 0, 0, 0, 0)]
    [InlineData(1, -5, 0, 0, 0)]
    [InlineData(0, 100, 0, 0, 0)]
    [InlineData(0, 0, 100, 0, 0)]
    [InlineData(0, 0, 100, -1, 1)]
    [InlineData(0, 0, double.PositiveInfinity, 0, 1)]
    public void Impossible_steps_are_refused(double sequences, double context, double prompt, double prefix, double prompts) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Step(TestModels.Parse("llama-3.1-8b"), new StepShape(sequences, context, prompt, prefix, prompts)));

    private static IReadOnlyList<StepOperator> Step(ModelArchitecture model, StepShape shape, double kvBytes = 1) =>
        model.OperatorsOf(shape, OperandPrecision.Fp8, kvBytes);

    private static double Flops(IEnumerable<StepOperator> operators, params OperatorKind[] kinds) =>
        operators.Where(o => kinds.Contains(o.Kind)).Sum(o => o.Flops * o.Calls);

    private static double Bytes(IEnumerable<StepOperator> operators, OperatorKind kind) =>
        operators.Where(o => o.Kind == kind).Sum(o => o.OtherBytes * o.Calls);
}
