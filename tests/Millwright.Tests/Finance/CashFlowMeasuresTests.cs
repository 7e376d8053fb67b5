using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>
/// Cases A1 to A8 were computed in 50-digit decimal arithmetic from the formulas, apart from this program; A1, A2, A6 and A8 agree with the examples
/// in the documentation of Excel's IRR, XIRR and MIRR.
/// </summary>
public sealed class CashFlowMeasuresTests
{
    private static readonly double[] TwoRoots = [-1000, 2500, -1540];

    [Theory]
    [InlineData(0.0866309480, -2683.31, -70e3, 12e3, 15e3, 18e3, 21e3, 26e3)]
    [InlineData(-0.0212448483, -18827.27, -70e3, 12e3, 15e3, 18e3, 21e3)]
    [InlineData(0.1107522597, 27844087.78, -1e9, 250e6, 310e6, 290e6, 240e6, 180e6, 90e6)]
    public void ReferenceCasesA1ToA3(double rate, double presentValueAtTenPercent, params double[] flows)
    {
        RateOfReturn found = CashFlowMeasures.InternalRate(flows);
        Assert.Equal(RateOfReturnKind.Unique, found.Kind);
        Assert.Null(found.Reason);
        Agreement.Rate(rate, found.Rate);
        Agreement.Usd(presentValueAtTenPercent, CashFlowMeasures.NetPresentValue(flows, 0.1));
    }

    [Fact]
    public void ReferenceCaseA4SaysThatTheRateIsNotUniqueAndGivesBoth()
    {
        RateOfReturn found = CashFlowMeasures.InternalRate(TwoRoots);
        Assert.Equal(RateOfReturnKind.Several, found.Kind);
        Assert.True(double.IsNaN(found.Rate));
        Assert.Equal(2, found.Roots.Count);
        Agreement.Rate(0.1, found.Roots[0]);
        Agreement.Rate(0.4, found.Roots[1]);
        Assert.Contains("not unique", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ReferenceCaseA5HasNoRate()
    {
        RateOfReturn found = CashFlowMeasures.InternalRate([-1000, 3000, -2500]);
        Assert.Equal(RateOfReturnKind.None, found.Kind);
        Assert.True(double.IsNaN(found.Rate));
        Assert.Empty(found.Roots);
        Assert.NotNull(found.Reason);
    }

    [Fact]
    public void ReferenceCaseA6DatedFlows()
    {
        double[] flows = [-10000, 2750, 4250, 3250, 2750];
        DateOnly[] dates = [new(2008, 1, 1), new(2008, 3, 1), new(2008, 10, 30), new(2009, 2, 15), new(2009, 4, 1)];
        Agreement.Rate(0.3733625335, CashFlowMeasures.DatedInternalRate(flows, dates).Rate);
        Agreement.Usd(2086.647602, CashFlowMeasures.DatedNetPresentValue(flows, dates, 0.09));
    }

    [Fact]
    public void ReferenceCaseA7StagedDrawsAndALeapDay()
    {
        double[] flows = [-400e6, -350e6, -150e6, 310e6, 335e6, 300e6, 260e6];
        DateOnly[] dates =
        [
            new(2026, 1, 15), new(2026, 7, 15), new(2027, 1, 31), new(2028, 2, 29), new(2029, 2, 28), new(2030, 2, 28), new(2031, 2, 28),
        ];
        Agreement.Rate(0.0976890097, CashFlowMeasures.DatedInternalRate(flows, dates).Rate);
        Agreement.Usd(-51804578.66, CashFlowMeasures.DatedNetPresentValue(flows, dates, 0.12));
        Agreement.Rate(1.33888889, CashFlowMeasures.MultipleOnInvestedCapital(flows));
    }

    [Fact]
    public void ReferenceCaseA8ModifiedRate()
        => Agreement.Rate(0.1260941304, CashFlowMeasures.ModifiedInternalRate([-120e3, 39e3, 30e3, 21e3, 37e3, 46e3], 0.1, 0.12));

    [Fact]
    public void ARateBeyondTheRangeIsNotReported()
    {
        Assert.Equal(RateOfReturnKind.None, CashFlowMeasures.InternalRate([-1, 12]).Kind);
        Assert.Equal(RateOfReturnKind.None, CashFlowMeasures.InternalRate([-1000, 1]).Kind);
        Agreement.Rate(9.9, CashFlowMeasures.InternalRate([-1, 10.9]).Rate);
        Agreement.Rate(-0.98, CashFlowMeasures.InternalRate([-1000, 20]).Rate);
    }

    [Fact]
    public void TheRangeIsOneOfYearsWhateverThePeriod()
    {
        // 20 % a month is 792 % a year, 23 % a month 1099 %.
        Agreement.Rate(0.2, CashFlowMeasures.InternalRate([-1, 1.2], 12).Rate);
        Assert.Equal(RateOfReturnKind.None, CashFlowMeasures.InternalRate([-1, 1.23], 12).Kind);
    }

    [Fact]
    public void ARateThatIsADoubleRootIsOneRate()
    {
        // −(1.2·x − 1)² in the discount factor x touches zero at 20 % and is negative elsewhere.
        RateOfReturn found = CashFlowMeasures.InternalRate([-1, 2.4, -1.44]);
        Assert.Equal(RateOfReturnKind.Unique, found.Kind);
        Assert.Equal(0.2, found.Rate, 1e-6);
    }

    [Fact]
    public void RatesAreFoundWhereAnotherLiesAtZero()
    {
        // (x − 1)·(x·0.98 − 1)·(x·0.94 − 1): three rates, one of them 0, within six points.
        double[] flows = [-1, 1 + 0.98 + 0.94, -(0.98 + 0.94 + (0.98 * 0.94)), 0.98 * 0.94];
        RateOfReturn found = CashFlowMeasures.InternalRate(flows);
        Assert.Equal(3, found.Roots.Count);
        Assert.Equal(-0.06, found.Roots[0], 1e-8);
        Assert.Equal(-0.02, found.Roots[1], 1e-8);
        Assert.Equal(0, found.Roots[2], 1e-8);
    }

    [Theory]
    [InlineData(1.0, 2.0)]
    [InlineData(-1.0, -2.0)]
    [InlineData(0.0, 0.0)]
    public void FlowsOfOneSignHaveNoRate(double first, double second)
        => Assert.Equal(RateOfReturnKind.None, CashFlowMeasures.InternalRate([first, second]).Kind);

    [Fact]
    public void FindsEveryRateOfAnyPolynomialBuiltFromItsRates()
        => Gen.Double[-0.8, 3].Array[2, 5].Holds(rates =>
        {
            Array.Sort(rates);
            for (int i = 1; i < rates.Length; i++)
            {
                if ((1 + rates[i]) / (1 + rates[i - 1]) < 1.02)
                {
                    return;
                }
            }

            // cf(x) = prod (x·(1 + r_i) − 1) in the discount factor x has the rates r_i.
            double[] flows = [-1];
            foreach (double rate in rates)
            {
                double[] next = new double[flows.Length + 1];
                for (int t = 0; t < flows.Length; t++)
                {
                    next[t] -= flows[t];
                    next[t + 1] += flows[t] * (1 + rate);
                }

                flows = next;
            }

            RateOfReturn found = CashFlowMeasures.InternalRate(flows);
            Assert.Equal(RateOfReturnKind.Several, found.Kind);
            Assert.Equal(rates.Length, found.Roots.Count);
            for (int i = 0; i < rates.Length; i++)
            {
                Assert.Equal(rates[i], found.Roots[i], 1e-5);
            }
        });

    [Fact]
    public void TheRateIsARootOfThePresentValue()
        => Gen.Select(Gen.Double[1, 1000].Array[1, 6], Gen.Double[0.1, 500].Array[1, 60]).Holds((spent, earned) =>
        {
            double[] flows = [.. spent.Select(x => -x), .. earned];
            RateOfReturn found = CashFlowMeasures.InternalRate(flows);
            if (found.Kind == RateOfReturnKind.Unique)
            {
                double scale = 0;
                for (int t = 0; t < flows.Length; t++)
                {
                    scale += Math.Abs(flows[t]) * Math.Pow(1 + found.Rate, -t);
                }

                Assert.True(Math.Abs(CashFlowMeasures.NetPresentValue(flows, found.Rate)) < 1e-11 * scale);
            }
            else
            {
                // With one change of sign there is no rate only when it lies outside the range.
                Assert.Equal(Math.Sign(CashFlowMeasures.NetPresentValue(flows, -0.99)), Math.Sign(CashFlowMeasures.NetPresentValue(flows, 10)));
            }
        });

    [Fact]
    public void DatesAYearOfDaysApartGiveTheRateOfYears()
        => Gen.Double[1, 500].Array[2, 12].Holds(earned =>
        {
            double[] flows = [-700, .. earned];
            DateOnly[] dates = [.. Enumerable.Range(0, flows.Length).Select(y => new DateOnly(2026, 1, 1).AddDays(365 * y))];
            Assert.Equal(CashFlowMeasures.InternalRate(flows).Rate, CashFlowMeasures.DatedInternalRate(flows, dates).Rate, 1e-11);
        });

    [Fact]
    public void FlowsOfOneDayCountAsOne()
    {
        DateOnly[] dates = [new(2026, 1, 1), new(2026, 1, 1), new(2026, 1, 1), new(2027, 1, 1)];
        RateOfReturn found = CashFlowMeasures.DatedInternalRate([-150, 100, -50, 110], dates);
        Agreement.Rate(0.1, found.Rate);
    }

    [Fact]
    public void DatesBeforeTheFirstOrMissingAreRefused()
    {
        DateOnly[] dates = [new(2026, 1, 2), new(2026, 1, 1)];
        Assert.Throws<ArgumentException>(() => CashFlowMeasures.DatedInternalRate([-1, 2], dates));
        Assert.Throws<ArgumentException>(() => CashFlowMeasures.DatedInternalRate([-1, 2, 3], dates));
    }

    [Fact]
    public void PaybackFallsWithinThePeriodThatCompletesIt()
    {
        Assert.Equal(2.5, CashFlowMeasures.PaybackPeriods([-100, 40, 40, 40])!.Value, 1e-12);
        Assert.Equal(2, CashFlowMeasures.PaybackPeriods([-100, 50, 50])!.Value, 1e-12);
        Assert.Null(CashFlowMeasures.PaybackPeriods([-100, 50, 49]));
        Assert.Null(CashFlowMeasures.PaybackPeriods([10, 20]));
    }
}
