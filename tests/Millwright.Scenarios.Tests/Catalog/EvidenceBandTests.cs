using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

public sealed class EvidenceBandTests
{
    [Theory]
    [InlineData(Evidence.Datasheet, 100, 100, false)]
    [InlineData(Evidence.Read, 100, 100, false)]
    [InlineData(Evidence.Derived, 90, 110, true)]
    [InlineData(Evidence.Recalled, 80, 120, true)]
    [InlineData(Evidence.Assumption, 70, 130, true)]
    public void A_figure_without_range_gets_the_band_of_its_evidence(Evidence evidence, double low, double high, bool isDefault)
    {
        FigureBand band = EvidenceBand.Of(null, 100, null, evidence)!.Value;
        Assert.Equal(low, band.Low, 1e-9);
        Assert.Equal(100, band.Mid);
        Assert.Equal(high, band.High, 1e-9);
        Assert.Equal(isDefault, band.IsDefault);
    }

    [Fact]
    public void A_stated_range_stays() => Assert.Equal(new FigureBand(1, 2, 30, false), EvidenceBand.Of(1, 2, 30, Evidence.Assumption));

    [Fact]
    public void A_negative_figure_has_its_low_below_and_its_high_above()
    {
        FigureBand band = EvidenceBand.Of(null, -10, null, Evidence.Recalled)!.Value;
        Assert.True(band.Low < band.Mid && band.Mid < band.High);
    }

    [Fact]
    public void Two_bounds_make_a_middle_and_one_bound_makes_nothing()
    {
        Assert.Equal(15, EvidenceBand.Of(10, null, 20, Evidence.Read)!.Value.Mid);
        Assert.Null(EvidenceBand.Of(10, null, null, Evidence.Read));
        Assert.Null(EvidenceBand.Of(null, null, null, Evidence.Assumption));
    }

    [Fact]
    public void Every_shipped_band_ascends()
    {
        foreach (CatalogFigure figure in ShippedCatalog.Load().Figures)
        {
            if (figure.WithBand() is { } band)
            {
                Assert.True(band.Low <= band.Mid && band.Mid <= band.High, figure.Id);
            }
        }
    }
}
