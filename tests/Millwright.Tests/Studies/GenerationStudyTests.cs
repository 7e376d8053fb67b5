using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Performance;
using Millwright.Serving.Search;
using Millwright.Studies;
using Millwright.Tests.Serving.Search;

namespace Millwright.Tests.Studies;

/// <summary>Gains split over what changed: the factors multiply to the gain, and what did not change has none.</summary>
public sealed class GenerationStudyTests
{
    private static readonly GenerationReport Report = GenerationStudy.Run(
        SearchCases.Search,
        [SearchCases.Offer("hgx-h100"), SearchCases.Offer("hgx-h200"), SearchCases.Offer("hgx-b200"), SearchCases.Offer("mi300x")],
        SearchCases.Model("llama-3.1-8b"),
        RequestLengths.FromMeans(1155, 211),
        2,
        0.03,
        cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void Factors_multiply_to_the_gain()
    {
        Assert.Equal([("hgx-h100", "hgx-h200"), ("hgx-h200", "hgx-b200")], Report.Gains.Select(static g => (g.From, g.To)));
        Assert.All(Report.Gains, static gain =>
        {
            Assert.Equal(gain.Gain, gain.Factors.Values.Aggregate(1.0, static (a, b) => a * b), 1e-9 * gain.Gain);
            Assert.True(gain.Low < gain.Gain && gain.Gain < gain.High);
            double[] outputs = [.. Report.Rows.Where(r => r.Offer.System.Id == gain.From || r.Offer.System.Id == gain.To).Select(static r => r.Point!.OutputTokensPerChipSecond)];
            Assert.Equal(Math.Max(outputs[0], outputs[1]) / Math.Min(outputs[0], outputs[1]), gain.Gain, 1e-9 * gain.Gain);
        });
    }

    [Fact]
    public void An_element_that_did_not_change_has_the_factor_one()
    {
        // H200 is H100 with another memory
        GenerationGain gain = Report.Gains[0];
        Assert.All(
            (GenerationElement[])[GenerationElement.ProcessAndPeak, GenerationElement.Precision, GenerationElement.ScaleUp, GenerationElement.ScaleOut],
            element => Assert.Equal(1, gain.Factors[element]));
        Assert.True(gain.Factors[GenerationElement.Memory] > 1);
    }

    [Fact]
    public void Factors_multiply_to_the_gain_draw_by_draw()
    {
        GainDraws draws = Draws(new ErrorBand(0.8, 1.4), new ErrorBand(0.85, 1.2), new ErrorBand(0.7, 1.5));
        for (int draw = 0; draw < 200; draw++)
        {
            (double gain, double[] factors) = draws.At(draw);
            Assert.Equal(gain, factors.Sum(), 1e-9);
        }

        (FactorBand band, FactorBand[] factorBands) = draws.Bands();
        Assert.True(band.Low < band.High);
        Assert.All(factorBands, static b => Assert.True(b.Low < b.High));
    }

    [Fact]
    public void Bands_without_width_give_factors_without_width()
    {
        ErrorBand none = new(1, 1);
        GainDraws draws = Draws(none, none, none);
        (FactorBand gain, FactorBand[] factors) = draws.Bands();
        (double log, double[] parts) = draws.At(0);
        Assert.Equal(new FactorBand(Math.Exp(log), Math.Exp(log)), gain);
        Assert.Equal(parts.Select(static p => new FactorBand(Math.Exp(p), Math.Exp(p))), factors);
    }

    [Fact]
    public void Systems_with_the_kernels_of_one_measured_system_are_off_together()
    {
        ErrorBand band = new(0.8, 1.25);
        double[] logs = [0, 1];
        PredictionError Of(string lender, string id) => new(lender, id, band, band, band);
        FactorBand shared = new GainDraws(logs, [GenerationElement.Software], Of("a", "a"), Of("a", "b"), 7).Bands().Gain;
        FactorBand apart = new GainDraws(logs, [GenerationElement.Software], Of("a", "a"), Of("b", "b"), 7).Bands().Gain;
        Assert.Equal(1, shared.High / shared.Low, 1e-9);

        // two like errors that are independent: the square root of two as wide
        Assert.Equal(Math.Sqrt(2) * Math.Log(1.25 / 0.8), Math.Log(apart.High / apart.Low), 0.06);
    }

    [Fact]
    public void The_factors_of_a_step_lie_within_their_bands() => Assert.All(Report.Gains, static gain => Assert.All(gain.Factors, factor =>
    {
        Assert.InRange(factor.Value, gain.Bands[factor.Key].Low * (1 - 1e-9), gain.Bands[factor.Key].High * (1 + 1e-9));
    }));

    private static GainDraws Draws(ErrorBand own, ErrorBand lender, ErrorBand never) => new(
        [0, 0.3, 0.5, 0.9, 0.1, 0.5, 0.8, 1.2],
        [GenerationElement.ProcessAndPeak, GenerationElement.Memory, GenerationElement.Software],
        new PredictionError("a", "a", own, lender, never),
        new PredictionError("b", "c", own, lender, never),
        3);

    [Fact]
    public void A_mixture_of_none_is_the_older_and_of_all_the_newer()
    {
        SystemRecord older = SearchCases.Catalog.FindSystem("hgx-h100")!;
        SystemRecord newer = SearchCases.Catalog.FindSystem("gb200-nvl72")!;
        Assert.Equal(older.Id, SystemHybrids.Mix(older, newer, 0).System.Id);
        SystemRecord all = SystemHybrids.Mix(older, newer, (1 << SystemHybrids.Elements) - 1).System;
        foreach (SystemElement element in (SystemElement[])[SystemElement.Memory, SystemElement.MemoryBandwidth, SystemElement.Peak, SystemElement.ScaleUp, SystemElement.ScaleUpBandwidth, SystemElement.Nic])
        {
            Assert.Equal(SystemElements.ValueOf(newer, element), SystemElements.ValueOf(all, element));
        }

        Assert.Equal(newer.Fp4FlopsPerSecond!.Value, all.Fp4FlopsPerSecond!.Value, 1e-6 * newer.Fp4FlopsPerSecond!.Value);
        Assert.Empty(SystemHybrids.Differing(older, older));
    }

    [Theory]
    [InlineData("2016-08", 2016.625)]
    [InlineData("2017-Q3", 2017.625)]
    [InlineData("2027-H2", 2027.75)]
    [InlineData("2025-02-15", 2025.125)]
    [InlineData("2026", 2026.5)]
    public void Dates_of_the_catalog_are_read(string date, double year) => Assert.Equal(year, GenerationStudy.YearOf(date)!.Value, 1e-9);

    [Fact]
    public void Other_words_are_no_date() => Assert.Null(GenerationStudy.YearOf("soon"));
}
