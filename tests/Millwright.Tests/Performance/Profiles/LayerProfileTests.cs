using CsCheck;
using Millwright.Performance;
using Millwright.Performance.Profiles;

namespace Millwright.Tests.Performance.Profiles;

/// <summary>A user's layer timings: at a measured point they are the measured ones, constant ones give closed forms, and between points they are lines.</summary>
public sealed class LayerProfileTests
{
    private static StepModel Llama { get; } = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);

    [Fact]
    public void At_measured_points_attention_is_as_measured()
    {
        AttentionTable table = ProfileText.Llama().Attention;
        Assert.Equal(24.9173e-6, table.At(512, 0, 0, 0), 1e-15);
        Assert.Equal(404.865e-6, table.At(0, 0, 128, 1024), 1e-15);
        Assert.Equal(824.568e-6, table.At(1024, 0, 128, 1024), 1e-15);
        Assert.Equal(404.865e-6, table.Decode(128).At(1024), 1e-15);
    }

    [Fact]
    public void Between_points_attention_is_linear_in_each_coordinate()
    {
        AttentionTable table = ProfileText.Llama().Attention;
        Assert.Equal((table.At(0, 0, 64, 1024) + table.At(0, 0, 128, 1024)) / 2, table.At(0, 0, 96, 1024), 1e-15);
        Assert.Equal((table.At(0, 0, 64, 1024) + table.At(0, 0, 64, 2048)) / 2, table.At(0, 0, 64, 1536), 1e-15);
        Assert.Equal((table.At(512, 0, 64, 1024) + table.At(1024, 0, 64, 1024)) / 2, table.At(768, 0, 64, 1024), 1e-15);
        Assert.Equal((table.At(512, 1024, 64, 1024) + table.At(512, 2048, 64, 1024)) / 2, table.At(512, 1536, 64, 1024), 1e-15);
    }

    [Fact]
    public void Below_the_first_point_there_is_its_floor_and_beyond_the_last_its_line()
    {
        LayerTable table = new([(16, 3e-6), (32, 5e-6), (64, 4e-6)]);
        Assert.Equal(3e-6, table.At(1));
        Assert.Equal(4e-6, table.At(24), 1e-15);

        // a table that falls at its end goes on level
        Assert.Equal(4e-6, table.At(1000), 1e-15);
        Assert.Equal(9e-6, new LayerTable([(1, 1e-6), (2, 2e-6)]).At(9), 1e-15);
    }

    [Fact]
    public void Constant_times_give_the_closed_form_of_a_step()
    {
        ProfileSteps steps = new(ProfileText.Read(ProfileText.Constant(2, 100, 7)), Llama, 64, ahead: true);
        StepClock clock = new(Llama, 64, 4096, steps, ahead: true);

        // 32 layers of two norms and six more calls, embedding, last norm, head and sampler; attention of 32 layers
        long beside = (long)((32 * 8 + 2) * 2e6 + 2 * 100e6);
        Assert.Equal(beside, clock.Decode(5));
        Assert.Equal(new AttentionSegment(80, long.MaxValue, (long)(32 * 7e6), 0), clock.Attention(5, 1234));
        Assert.Equal(beside + (long)(32 * 7e6), clock.Mixed(new RankStep(5, 1234, default, new PromptBatch(100, 3, 0, 4000))));
    }

    [Fact]
    public void The_host_is_hidden_behind_the_chip_by_engines_that_schedule_ahead()
    {
        LayerProfile profile = ProfileText.Read(ProfileText.Constant(2, 100, 7));
        StepModel slow = Llama.With(new EngineFactors(HostSeconds: 1e-4, HostSecondsPerSequence: 1e-6));
        double chip = new ProfileSteps(profile, Llama, 64, ahead: true).Decode(10);
        Assert.Equal(chip, new ProfileSteps(profile, slow, 64, ahead: true).Decode(10), 1e-15);
        Assert.Equal(chip + 1.1e-4, new ProfileSteps(profile, slow, 64, ahead: false).Decode(10), 1e-12);

        // a host that is slower than the chip sets the pace, beside the attention that runs meanwhile
        StepModel slower = Llama.With(new EngineFactors(HostSeconds: 1e-2));
        Assert.Equal(1e-2 - 32 * 7e-6, new ProfileSteps(profile, slower, 64, ahead: true).Decode(10), 1e-12);
    }

    [Fact]
    public void Uneven_contexts_go_the_tables_share_of_the_way_to_the_longest()
    {
        LayerProfile profile = ProfileText.Llama();
        ProfileSteps steps = new(profile, Llama, 128, ahead: true);
        const int sequences = 64;

        // 63 contexts of 1,000 tokens and one of 2,008
        const long sum = 63 * 1000 + 2008;
        ContextSpread spread = new(sequences * 2008L - sum, sum - sequences * 1000L);
        double mean = profile.Attention.At(0, 0, sequences, (double)sum / sequences);
        double share = profile.Skew!.At(0, sequences, 1.0 / sequences, 2008, 0);
        Assert.NotEqual(0, share);
        double expected = mean + share * (profile.Attention.At(0, 0, sequences, 2008) - mean);

        // the slope of a line is whole picoseconds a token
        Assert.Equal(32 * expected, steps.Attention(sequences, sum, spread).At(sum) / 1e12, 0.5e-12 * sum);
    }

    [Fact]
    public void Segments_of_attention_do_not_depend_on_where_they_are_asked_for()
    {
        ProfileSteps steps = new(ProfileText.Llama(), Llama, 128, ahead: true);
        Gen.Select(Gen.Int[1, 128], Gen.Int[16, 5000], Gen.Int[0, 3000], Gen.Int[0, 1000]).Holds(
            (sequences, mean, above, below) =>
            {
                long context = (long)sequences * mean + sequences / 3;
                ContextSpread spread = sequences == 1 ? default : new ContextSpread((long)above * sequences, (long)Math.Min(below, mean - 1) * sequences);
                AttentionSegment segment = steps.Attention(sequences, context, spread);
                Assert.InRange(context, segment.From, segment.To - 1);
                Assert.Equal(segment, steps.Attention(sequences, segment.From, spread));
                Assert.Equal(segment, steps.Attention(sequences, Math.Min(segment.To - 1, context + 100_000), spread));
            },
            iter: 2000);
    }

    [Fact]
    public void Engines_that_step_together_wait_for_the_slowest_and_share_their_experts()
    {
        StepModel step = StepCases.Step("qwen3-30b-a3b", "hgx-h100", new ParallelLayout(1, 1, 2, 2), StepCases.Bf16);
        Dictionary<string, string> files = ProfileText.Constant(0, 0, 0, experts: 10);
        files["attention.csv"] = "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n0,0,1,0,0\n0,0,1,1000,100\n";
        files["collectives.csv"] = "collective,chips,bytes,time_us\nall_gather,2,1,3\nreduce_scatter,2,1,4\n";
        StepClock clock = new(step, 8, 4096, new ProfileSteps(ProfileText.Read(files), step, 8, ahead: true), ahead: true);
        RankStep busy = new(1, 1000, default, default);
        RankStep idle = new(0, 0, default, default);
        int layers = step.Deployment.Model.Layers.Count;
        Assert.Equal((long)(layers * (100e6 + 10e6 + 3e6 + 4e6)), clock.Together([busy, idle]));
        Assert.Equal(clock.Together([busy, idle]), clock.Together([idle, busy]));
        Assert.Equal(clock.Together([busy, idle]), clock.Together([busy, busy]));
    }

    [Theory]
    [InlineData("dense.csv", null, "a profile needs this file")]
    [InlineData("dense.csv", "layer,tokens,time_us\nqkv_proj,1,x\n", "a number from 0 is wanted")]
    [InlineData("dense.csv", "layer,tokens\nqkv_proj,1\n", "the column time_us is missing")]
    [InlineData("attention.csv", "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n16,0,0,0,1\n", "no row of decoding sequences alone")]
    [InlineData("attention.csv", "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n0,0,1,16,1\n0,0,1,16,2\n", "two times")]
    [InlineData("skew_fit.csv", "pc,n_label,skew_rate_label,kv_big_label,kp_label,alpha,n_samples\n0,many,sr<=5%,kvB<=1k,kp=0,0.1,1\n", "a bin such as n<=128 is wanted")]
    public void What_is_wrong_in_a_profile_is_told(string file, string? text, string message)
    {
        Dictionary<string, string> files = ProfileText.Constant(1, 1, 1);
        files.Remove(file);
        if (text is not null)
        {
            files[file] = text;
        }

        LayerProfileException problem = Assert.Throws<LayerProfileException>(() => ProfileText.Read(files));
        Assert.Equal(file, problem.File);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_nobody_knows_and_experts_without_times_are_refused()
    {
        Dictionary<string, string> files = ProfileText.Constant(1, 1, 1);
        files["dense.csv"] += "warp_drive,1,1\n";
        Assert.Contains("warp_drive", Assert.Throws<LayerProfileException>(() => new ProfileSteps(ProfileText.Read(files), Llama, 4, ahead: false)).Message, StringComparison.Ordinal);
        StepModel experts = StepCases.Step("qwen3-30b-a3b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        Assert.Contains("routed experts", Assert.Throws<LayerProfileException>(() => new ProfileSteps(ProfileText.Read(ProfileText.Constant(1, 1, 1)), experts, 4, ahead: false)).Message, StringComparison.Ordinal);
    }
}
