using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class MarginsTests
{
    [Fact]
    public void Each_margin_takes_off_one_more_layer_of_cost()
    {
        Margins margins = Margins.Of(10e9, 1e9, 3e9, 4e9, 12e9);

        Assert.Equal(0.9, margins.Token, 1e-12);
        Assert.Equal(0.3, margins.Gross, 1e-12);
        Assert.Equal(-0.9, margins.Operating, 1e-12);
    }

    [Fact]
    public void Token_is_never_below_gross_nor_gross_below_operating() =>
        Gen.Select(Gen.Double[1, 1e11], Gen.Double[0, 1], Gen.Double[0, 1e11], Gen.Double[0, 1e11], Gen.Double[0, 1e11])
            .Holds((revenue, variableShare, operating, depreciation, overhead) =>
            {
                Margins margins = Margins.Of(revenue, variableShare * operating, operating, depreciation, overhead);
                Assert.True(margins.Token >= margins.Gross && margins.Gross >= margins.Operating);
            });

    [Fact]
    public void Without_revenue_there_is_no_margin()
    {
        Margins margins = Margins.Of(0, 1, 2, 3, 4);

        Assert.True(double.IsNaN(margins.Token) && double.IsNaN(margins.Gross) && double.IsNaN(margins.Operating));
    }
}
