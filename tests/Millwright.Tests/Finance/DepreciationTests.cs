using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>Cases D1 to D9: computed apart from this program; the rounded tables are IRS Publication 946, table A-1.</summary>
public sealed class DepreciationTests
{
    private static readonly double[] RoundedFiveYear = [0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576];

    [Fact]
    public void ReferenceCasesD1ToD4()
    {
        Check([20.0000, 32.0000, 19.2000, 11.5200, 11.5200, 5.7600], Depreciation.MacrsHalfYear(5, 2));
        Check([14.2857, 24.4898, 17.4927, 12.4948, 8.9249, 8.9249, 8.9249, 4.4624], Depreciation.MacrsHalfYear(7, 2));
        Check(
            [5.0000, 9.5000, 8.5500, 7.6950, 6.9255, 6.2330, 5.9049, 5.9049, 5.9049, 5.9049, 5.9049, 5.9049, 5.9049, 5.9049, 5.9049, 2.9525],
            Depreciation.MacrsHalfYear(15, 1.5));
        Check([5.0000, 38.0000, 22.8000, 13.6800, 10.9440, 9.5760], Depreciation.MacrsMidQuarter(5, 2, 4));

        static void Check(double[] percent, double[] shares)
        {
            Assert.Equal(percent.Length, shares.Length);
            for (int y = 0; y < percent.Length; y++)
            {
                Assert.Equal(percent[y], 100 * shares[y], 0.5001e-4);
            }
        }
    }

    [Fact]
    public void ReferenceCaseD5Bonus() => Agreement.Usd(
        [1664e6, 614.4e6, 368.64e6, 221.184e6, 221.184e6, 110.592e6], Depreciation.WithBonus(3.2e9, 0.4, RoundedFiveYear));

    [Fact]
    public void ReferenceCaseD6InvestmentCredit() => Agreement.Usd(
        [81.6e6, 130.56e6, 78.336e6, 47.0016e6, 47.0016e6, 23.5008e6],
        Depreciation.WithBonus(Depreciation.BasisAfterCredit(480e6, 0.3), 0, RoundedFiveYear));

    [Fact]
    public void ReferenceCaseD7Book()
    {
        Agreement.Usd([480e6, 480e6, 480e6, 480e6, 480e6, 480e6], Depreciation.StraightLine(3.2e9, 320e6, 6));
        Agreement.Usd([576e6, 576e6, 576e6, 576e6, 576e6], Depreciation.StraightLine(3.2e9, 320e6, 5));
        Agreement.Usd([720e6, 720e6, 720e6, 720e6], Depreciation.StraightLine(3.2e9, 320e6, 4));
        Agreement.Usd([1280e6, 768e6, 460.8e6, 276.48e6, 94.72e6], Depreciation.DecliningBalance(3.2e9, 320e6, 5));
    }

    [Fact]
    public void ReferenceCaseD8LifeChange() => Agreement.Usd(
        [480e6, 480e6, 640e6, 640e6, 640e6], Depreciation.StraightLineWithChange(3.2e9, 320e6, 6, 2, 3));

    [Fact]
    public void ReferenceCaseD9CarriedLosses()
    {
        TaxYear[] years = LossCarryForward.Run([-900e6, -150e6, 420e6, 510e6, 380e6, 260e6], 0.21, 0.8);
        Agreement.Usd([0, 0, 336e6, 408e6, 304e6, 2e6], [.. years.Select(y => y.UsedUsd)]);
        Agreement.Usd([900e6, 1050e6, 714e6, 306e6, 2e6, 0], [.. years.Select(y => y.CarriedUsd)]);
        Agreement.Usd([0, 0, 17.64e6, 21.42e6, 15.96e6, 54.18e6], [.. years.Select(y => y.TaxUsd)]);
    }

    [Fact]
    public void EveryScheduleWritesOffTheWholeBasis()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Double[1, 2], Gen.Int[1, 4]).Holds((life, factor, quarter) =>
            Math.Abs(Depreciation.MacrsHalfYear(life, factor).Sum() - 1) < 1e-12
            && Math.Abs(Depreciation.MacrsMidQuarter(life, factor, quarter).Sum() - 1) < 1e-12
            && Depreciation.MacrsMidQuarter(life, factor, quarter).All(share => share >= 0));
        Gen.Select(Gen.Int[1, 40], Gen.Double[1, 3], Gen.Double[0, 0.9]).Holds((life, factor, residual) =>
            Math.Abs(Depreciation.DecliningBalance(1e6, residual * 1e6, life, factor).Sum() - ((1 - residual) * 1e6)) < 1e-3);
    }

    [Fact]
    public void LossesAreNeverTaxedAndNeverLost()
        => Gen.Double[-1e9, 1e9].Array[1, 20].Holds(income =>
        {
            TaxYear[] years = LossCarryForward.Run(income, 0.21, 0.8);
            Assert.All(years, y => Assert.True(y.TaxUsd >= 0 && y.CarriedUsd >= 0));
            double losses = -income.Where(x => x < 0).Sum();
            Assert.Equal(losses, years.Sum(y => y.UsedUsd) + years[^1].CarriedUsd, 1e-3);
            Assert.Equal(0.21 * (income.Where(x => x > 0).Sum() - years.Sum(y => y.UsedUsd)), years.Sum(y => y.TaxUsd), 1e-3);
        });
}
