using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Applications;

public sealed class RequestLengthsTests
{
    private static readonly LengthHistogram TwoBins = new("two", "two", [100, 300], [10, 30], 0.25, null, "source", "licence", "");

    [Fact]
    public void Long_requests_weigh_more_in_what_they_fill()
    {
        var lengths = RequestLengths.FromHistogram(TwoBins);
        Assert.Equal(200, lengths.MeanInputTokens);
        Assert.Equal(20, lengths.MeanOutputTokens);
        Assert.Equal(0.25, lengths.CachedShare);
        Assert.Equal(150, lengths.UncachedInputTokens);

        // 10 of 40 output tokens come with 100 input tokens, 30 with 300; a token of theirs has 5 or 15 before it
        Assert.Equal(250, lengths.DecodeInputTokens);
        Assert.Equal((10 * 5 + 30 * 15) / 40.0, lengths.DecodeOutputTokens);
        Assert.Equal((100.0 * 100 + 300.0 * 300) / 400, lengths.PrefillInputTokens);
    }

    [Fact]
    public void Stated_means_scale_the_bins()
    {
        var lengths = RequestLengths.FromHistogram(TwoBins, inputTokens: 400, outputTokens: 10, cachedShare: 0);
        Assert.Equal(400, lengths.MeanInputTokens);
        Assert.Equal(10, lengths.MeanOutputTokens);
        Assert.Equal(500, lengths.DecodeInputTokens);
        Assert.Equal(6.25, lengths.DecodeOutputTokens);
        Assert.Equal(0, lengths.CachedShare);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(double.NaN, 1, 0)]
    [InlineData(1, double.PositiveInfinity, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, -0.1)]
    public void Lengths_out_of_range_are_refused(double input, double output, double cached) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RequestLengths.FromMeans(input, output, cached));

    [Fact]
    public void Every_shipped_histogram_is_ordered_sourced_and_licensed()
    {
        Assert.All(TestCatalog.Lengths, row =>
        {
            Assert.Equal(row.InputTokens.Count, row.OutputTokens.Count);
            Assert.Equal(row.InputTokens.Order(), row.InputTokens);
            Assert.NotEmpty(row.Source);
            Assert.Contains(row.Licence, new[] { "CC-BY-4.0", "Apache-2.0", "MIT", "Apache-2.0 (repository)" });
            RequestLengths.FromHistogram(row);
        });
        Assert.Equal(TestCatalog.Lengths.Count, TestCatalog.Lengths.Select(row => row.Id).Distinct().Count());
    }

    // means, shares and peaks as published or counted over the full traces
    [Theory]
    [InlineData("azure-2023-conv", 1154.7, 211.1, null, 1.54)]
    [InlineData("azure-2023-code", 2047.8, 27.9, null, 4.16)]
    [InlineData("mooncake-conversation", 12035.1, 342.6, 0.374, 1.21)]
    [InlineData("mooncake-synthetic", 15325.5, 149.1, 0.651, 1.23)]
    [InlineData("coding-agent", 533275475628.0 / 2892653, 2381026749.0 / 2892653, 511191535879.0 / 533275475628.0, null)]
    public void The_means_are_those_of_the_trace(string id, double input, double output, double? cached, double? peak)
    {
        var row = TestCatalog.Lengths.Single(histogram => histogram.Id == id);

        // bins of n / 24 requests differ by one request in size
        Assert.Equal(input, row.InputTokens.Average(), input * 1e-3);
        Assert.Equal(output, row.OutputTokens.Average(), output * 2e-3);
        Assert.Equal(cached ?? 0, row.CachedShare ?? 0, 1e-4);
        Assert.Equal(peak, row.PeakToMean);
    }
}
