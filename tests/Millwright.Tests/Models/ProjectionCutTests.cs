using Millwright.Models;

namespace Millwright.Tests.Models;

public sealed class ProjectionCutTests
{
    private static readonly string[] s_columns =
    [
        "qkv", "ffn-up", "query", "query-up", "key-value-up", "linear-attention-input", "linear-attention-gates", "state-space-input",
        "shared-expert-up", "routed-experts-up", "attention-output-down",
    ];

    private static readonly string[] s_rows =
    [
        "attention-output", "ffn-down", "linear-attention-output", "state-space-output", "attention-output-up", "shared-expert-down",
        "routed-experts-down",
    ];

    private static readonly string[] s_whole =
    [
        "query-key-value-down", "key-value-down", "router", "index-query", "index-key", "index-weights", "compressor", "index-compressor",
        "expert-latent-down", "expert-latent-up", "shared-expert-gate",
    ];

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Each_projection_is_cut_as_engines_cut_it(string id)
    {
        foreach (var projection in Projections(TestModels.Parse(id)))
        {
            var names = projection.Cut switch
            {
                ProjectionCut.Columns => s_columns,
                ProjectionCut.Rows => s_rows,
                _ => s_whole,
            };
            Assert.Contains(projection.Name, names);
        }
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Each_block_ends_in_one_sum_over_the_chips(string id)
    {
        var model = TestModels.Parse(id);
        foreach (var layer in model.Layers)
        {
            if (layer.Mixer is { } mixer)
            {
                Assert.Single(mixer.Projections(model.HiddenSize), projection => projection.Cut == ProjectionCut.Rows);
            }
        }
    }

    private static IEnumerable<Projection> Projections(ModelArchitecture model) => model.Layers.Distinct().SelectMany(layer =>
        (layer.Mixer?.Projections(model.HiddenSize) ?? [])
            .Concat(layer.FeedForward?.Projections(model.HiddenSize) ?? [])
            .Concat(layer.FeedForward?.ExpertProjections(model.HiddenSize) ?? []));
}
