using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

public sealed class TimeValueTests
{
    private static readonly Gen<PaymentTiming> Timing = Gen.Bool.Select(atStart => atStart ? PaymentTiming.Start : PaymentTiming.End);

    [Fact]
    public void ReferenceCaseB1() => Agreement.Usd(-1037.03, TimeValue.Payment(0.08 / 12, 10, 10000));

    // Examples in the documentation of Excel's IPMT, PPMT, FV, PV, NPER and RATE.
    [Fact]
    public void DocumentedExamplesOfExcel()
    {
        Agreement.Usd(-66.67, TimeValue.InterestPayment(0.1 / 12, 1, 36, 8000));
        Agreement.Usd(-292.45, TimeValue.InterestPayment(0.1, 3, 3, 8000));
        Agreement.Usd(-75.62, TimeValue.PrincipalPayment(0.1 / 12, 1, 24, 2000));
        Agreement.Usd(2581.40, TimeValue.FutureValue(0.06 / 12, 10, -200, -500, PaymentTiming.Start));
        Agreement.Usd(-59777.15, TimeValue.PresentValue(0.08 / 12, 240, 500));
        Assert.Equal(59.6738657, TimeValue.Periods(0.01, -100, -1000, 10000, PaymentTiming.Start), 1e-7);
        Assert.Equal(0.0077014725, TimeValue.Rate(48, -200, 8000).Rate, 1e-8);
    }

    [Fact]
    public void EachFunctionUndoesTheOthers()
        => Gen.Select(Gen.Double[-0.2, 0.5], Gen.Int[1, 60], Gen.Double[1, 1e4], Gen.Double[-1e4, 0], Timing).Holds((rate, periods, present, future, timing) =>
        {
            double payment = TimeValue.Payment(rate, periods, present, future, timing);
            double scale = Math.Abs(present) + Math.Abs(future) + (Math.Abs(payment) * periods);
            double growth = Math.Max(Math.Pow(1 + rate, periods), Math.Pow(1 + rate, -periods));
            Assert.Equal(future, TimeValue.FutureValue(rate, periods, payment, present, timing), 1e-12 * scale * growth);
            Assert.Equal(present, TimeValue.PresentValue(rate, periods, payment, future, timing), 1e-12 * scale * growth);
        });

    [Fact]
    public void PeriodsUndoPayments()
        => Gen.Select(Gen.Double[0.001, 0.2], Gen.Int[1, 80], Timing).Holds((rate, periods, timing) =>
            Math.Abs(TimeValue.Periods(rate, TimeValue.Payment(rate, periods, 1000, 0, timing), 1000, 0, timing) - periods) < 1e-5);

    [Fact]
    public void PrincipalPaymentsSumToWhatIsRepaid()
        => Gen.Select(Gen.Double[0, 0.2], Gen.Int[1, 40], Gen.Double[0, 900], Timing).Holds((rate, periods, balloon, timing) =>
        {
            double repaid = 0;
            for (int t = 1; t <= periods; t++)
            {
                repaid -= TimeValue.PrincipalPayment(rate, t, periods, 1000, -balloon, timing);
            }

            // In advance, the last period's interest is still due at the end: Excel's IPMT has it within the balloon.
            double interestLeft = timing == PaymentTiming.Start ? balloon * rate / (1 + rate) : 0;
            Assert.Equal(1000 - balloon + interestLeft, repaid, 1e-8);
        });

    [Fact]
    public void ATinyRateGivesWhatNoRateGives()
    {
        Assert.Equal(-100, TimeValue.Payment(0, 10, 1000), 1e-12);
        Assert.Equal(-100, TimeValue.Payment(1e-15, 10, 1000), 1e-9);
        Assert.Equal(10, TimeValue.Periods(0, -100, 1000), 1e-12);
    }
}
