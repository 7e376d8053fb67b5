using CsCheck;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Tests.Infrastructure;

public sealed class BuildScheduleTests
{
    private const double Month = TimeLength.MonthSeconds;
    private const double Week = 7 * 86_400.0;

    private static readonly Gen<BuildSchedule> AnySchedule =
        Gen.Select(Gen.Double[0, 60], Gen.Double[0, 90], Gen.Double[0, 60], Gen.Double[0, 48], Gen.Double[0, 36]).Select((construction, grid, transformers, ahead, ramp) =>
            BuildSchedule.Plan(construction * Month, grid * Month, transformers * Month, ahead * Month, ramp * Month));

    [Fact]
    public void TexasOrderedTwoYearsAheadIsBoundByConstruction()
    {
        // build-shell 20 months, lead-grid-texas 2.5 years, lead-substation-xfmr-2026 160 weeks, ordered 24 months ahead.
        BuildSchedule schedule = BuildSchedule.Plan(20 * Month, 30 * Month, 160 * Week, 24 * Month, 6 * Month);
        Assert.Equal(20, schedule.FirstPowerMonths, 1e-9);
        Assert.Equal(CriticalPath.Construction, schedule.CriticalPath);
        Assert.Equal(26, schedule.FullPowerMonth);
    }

    [Fact]
    public void OrderedLateTheTransformersBind()
    {
        BuildSchedule schedule = BuildSchedule.Plan(20 * Month, 30 * Month, 160 * Week, 0, 6 * Month);
        Assert.Equal(CriticalPath.Transformers, schedule.CriticalPath);
        Assert.Equal(160 * 7 / (365.0 / 12), schedule.FirstPowerMonths, 1e-9);
        Assert.Equal(37, schedule.FirstPowerMonth);
        Assert.Equal(20, schedule.ConstructionMonths);
    }

    [Fact]
    public void NorthernVirginiaWaitsForTheGrid()
    {
        BuildSchedule schedule = BuildSchedule.Plan(20 * Month, 84 * Month, 160 * Week, 24 * Month, 6 * Month); // lead-ct-grid-nova 7 years
        Assert.Equal(CriticalPath.GridConnection, schedule.CriticalPath);
        Assert.Equal(60, schedule.FirstPowerMonth);
    }

    [Fact]
    public void CapacityGrowsInEqualMonthlySteps()
    {
        BuildSchedule schedule = BuildSchedule.Plan(2 * Month, 0, 0, 0, 3 * Month);
        Assert.Equal([0, 0, 0.25, 0.5, 0.75, 1, 1], schedule.EnergisedShares(7));
        Assert.Equal([0, 1], BuildSchedule.Plan(Month, 0, 0, 0, 0).EnergisedShares(2));
    }

    [Fact]
    public void EnergisedSharesRiseFromNothingToAll() => AnySchedule.Holds(schedule =>
    {
        double[] shares = schedule.EnergisedShares(schedule.FullPowerMonth + 2);
        for (int month = 1; month < shares.Length; month++)
        {
            Assert.True(shares[month] >= shares[month - 1]);
        }

        Assert.Equal(1, shares[schedule.FullPowerMonth]);
        Assert.True(schedule.FirstPowerMonth == 0 || shares[schedule.FirstPowerMonth - 1] == 0);
        Assert.True(shares[schedule.FirstPowerMonth] > 0);
    });

    [Fact]
    public void OrderingEarlierNeverDelaysFirstPower() =>
        Gen.Select(Gen.Double[0, 60], Gen.Double[0, 90], Gen.Double[0, 60], Gen.Double[0, 48], Gen.Double[0, 12]).Holds((construction, grid, transformers, ahead, earlier) =>
            Assert.True(
                BuildSchedule.Plan(construction * Month, grid * Month, transformers * Month, (ahead + earlier) * Month, 0).FirstPowerMonths
                <= BuildSchedule.Plan(construction * Month, grid * Month, transformers * Month, ahead * Month, 0).FirstPowerMonths));

    [Fact]
    public void DrawsSumToTheCostExactly() =>
        Gen.Select(AnySchedule, Gen.Double[0, 1e11], Gen.Double[0, 1e11]).Holds((schedule, building, it) =>
        {
            CapexDraws draws = CapexDraws.Of(schedule, building, it);
            Assert.Equal(building, Sum(draws.BuildingUsd));
            Assert.Equal(it, Sum(draws.ItUsd));
            Assert.All(draws.BuildingUsd, d => Assert.True(d >= 0));
            Assert.All(draws.ItUsd, d => Assert.True(d >= 0));
        });

    [Fact]
    public void ItIsPaidInTheThreeMonthsBeforeItsHallIsEnergised()
    {
        BuildSchedule schedule = BuildSchedule.Plan(10 * Month, 0, 0, 0, Month); // halls energised in months 10 and 11
        double[] it = CapexDraws.Of(schedule, 0, 600).ItUsd;
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 100, 200, 200, 100, 0], it.Select(d => Math.Round(d, 9)));
    }

    [Fact]
    public void TheBuildingIsPaidAlongAnSCurve()
    {
        BuildSchedule schedule = BuildSchedule.Plan(4 * Month, 0, 0, 0, 0);
        double[] building = CapexDraws.Of(schedule, 64, 0).BuildingUsd;
        Assert.Equal([10, 22, 22, 10, 0], building);
    }

    [Fact]
    public void WithoutAnyWaitAllIsPaidAtOnce()
    {
        CapexDraws draws = CapexDraws.Of(BuildSchedule.Plan(0, 0, 0, 0, 0), 5, 7);
        Assert.Equal(12, draws.TotalUsd(0));
        Assert.Equal(0, draws.TotalUsd(1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1e12)]
    public void ImpossibleTimesAreRefused(double seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BuildSchedule.Plan(seconds, 0, 0, 0, 0));

    private static double Sum(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
