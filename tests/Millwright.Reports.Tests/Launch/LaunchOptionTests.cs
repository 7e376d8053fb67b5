using CsCheck;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Reports.Launch;
using Millwright.Serving;

namespace Millwright.Reports.Tests.Launch;

public sealed class LaunchOptionTests
{
    [Theory]
    [MemberData(nameof(LaunchGoldenTests.Cases), MemberType = typeof(LaunchGoldenTests))]
    public void Every_option_that_is_printed_is_on_the_list_of_its_engine(string name, LaunchTarget target) =>
        AssertListed(target, SampleDeployments.Write(name, target));

    [Theory]
    [InlineData(LaunchTarget.Vllm)]
    [InlineData(LaunchTarget.Sglang)]
    [InlineData(LaunchTarget.TensorRtLlm)]
    [InlineData(LaunchTarget.LlmD)]
    public void Any_deployment_is_refused_with_a_reason_or_written_with_known_options(LaunchTarget target)
    {
        int written = 0;
        int refused = 0;
        Gen<int> ways = OneOf(1, 2, 4, 8, 16);
        Gen<ParallelLayout> layouts = Gen.Select(ways, OneOf(1, 1, 2), ways, ways, (tensor, stages, ranks, experts) => new ParallelLayout(tensor, stages, ranks, experts));
        Gen<(bool IsDense, bool IsRack, bool IsSplit)> kinds = Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool);
        Gen<(bool Chunked, int Graph, int Drafts)> settings = Gen.Select(Gen.Bool, OneOf(0, 128), OneOf(0, 0, 2));
        Gen.Select(layouts, layouts, kinds, settings).Holds(
            (layout, other, kind, setting) =>
            {
                Deployment deployment = SampleDeployments.Of(
                    target,
                    kind.IsDense ? SampleDeployments.Llama : SampleDeployments.DeepSeek,
                    layout,
                    setting.Chunked ? SampleDeployments.Fp8Block : new PrecisionPlan(OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Fp8),
                    kind.IsRack ? SampleDeployments.Rack : SampleDeployments.Node);
                deployment = deployment with { Engine = deployment.Engine with { ChunkedPrefill = setting.Chunked, GraphMaxBatch = setting.Graph } };
                try
                {
                    AssertListed(
                        target, LaunchWriter.Write(target, deployment, kind.IsSplit ? new SplitPools(2, layout, 3, other) : null, 2, 5000, draftTokens: setting.Drafts));
                    written++;
                }
                catch (LaunchException reason)
                {
                    Assert.NotEmpty(reason.Message);
                    refused++;
                }
            },
            iter: 1000);
        Assert.True(written > 30, $"only {written} written");
        Assert.True(refused > 30, $"only {refused} refused");
    }

    [Theory]
    [InlineData(LaunchTarget.Vllm)]
    [InlineData(LaunchTarget.Sglang)]
    [InlineData(LaunchTarget.TensorRtLlm)]
    [InlineData(LaunchTarget.LlmD)]
    public void Each_list_names_its_version_and_holds_no_line_twice(LaunchTarget target)
    {
        EngineOptions options = EngineOptions.Of(target);

        Assert.Matches(@"^\d+\.\d+", options.Version);
        Assert.True(options.Names.Count > 30);
        Assert.DoesNotContain("--tensor-parallel", options.Names.AsEnumerable());
    }

    [Fact]
    public void An_option_that_is_not_on_the_list_would_be_found()
    {
        IEnumerable<string> options = PrintedOptions.OfScript("#!/bin/sh\n# --no-such-comment\nsrun --mpi=pmix trtllm-serve m \\\n  --tp_size 4 \\\n  --made-up 1\n");

        Assert.Equal(["--tp_size", "--made-up"], options);
        Assert.Equal(
            ["a", "a.b", "a.list", "a.list[].x", "a.list[].y", "a.list[].y.z", "c"],
            PrintedOptions.KeysOf("a:\n  b: 1\n  list:\n    - x: 1\n      y:\n        z: 2\nc: 3\n"));
    }

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static void AssertListed(LaunchTarget target, IReadOnlyList<LaunchFile> files)
    {
        foreach (LaunchFile file in files)
        {
            List<(LaunchTarget List, string Name)> printed = [.. PrintedOptions.Of(target, file)];
            Assert.NotEmpty(printed);
            foreach ((LaunchTarget list, string name) in printed)
            {
                Assert.True(EngineOptions.Of(list).Names.Contains(name), $"{file.Name}: {name} is not on the list of {list}");
            }
        }
    }
}
