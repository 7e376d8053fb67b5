using Millwright.Finance;

namespace Millwright.Cli.Validation;

/// <summary>
/// Rates of return and loans whose results were worked out in 50-digit decimal arithmetic, apart from this program. Tolerances: half a cent up to a
/// billion dollars, 1e-9 above, 1e-8 on rates.
/// </summary>
internal static class FinanceFacts
{
    private const string Decimal = "50-digit decimal arithmetic";
    private const string Excel = Decimal + "; example in Excel's documentation";

    public static IEnumerable<FactCheck> Run() => [.. Returns(), .. Loans()];

    private static IEnumerable<FactCheck> Returns()
    {
        double[] five = [-70e3, 12e3, 15e3, 18e3, 21e3, 26e3];
        double[] four = [-70e3, 12e3, 15e3, 18e3, 21e3];
        double[] six = [-1e9, 250e6, 310e6, 290e6, 240e6, 180e6, 90e6];
        yield return Rate("A1 rate of return", 0.0866309480, CashFlowMeasures.InternalRate(five).Rate, Excel);
        yield return Money("A1 present value at 10 %", -2_683.31, CashFlowMeasures.NetPresentValue(five, 0.1), Decimal);
        yield return Rate("A2 rate of return", -0.0212448483, CashFlowMeasures.InternalRate(four).Rate, Excel);
        yield return Money("A2 present value at 10 %", -18_827.27, CashFlowMeasures.NetPresentValue(four, 0.1), Decimal);
        yield return Rate("A3 rate of return", 0.1107522597, CashFlowMeasures.InternalRate(six).Rate, Decimal);
        yield return Money("A3 present value at 10 %", 27_844_087.78, CashFlowMeasures.NetPresentValue(six, 0.1), Decimal);

        IReadOnlyList<double> both = CashFlowMeasures.InternalRate([-1000, 2500, -1540]).Roots;
        yield return Rate("A4 two rates of return: the first", 0.1, both.Count == 2 ? both[0] : double.NaN, Decimal);
        yield return Rate("A4 two rates of return: the second", 0.4, both.Count == 2 ? both[1] : double.NaN, Decimal);
        yield return new("A5 flows without a rate of return: rates found", FactKind.Formula, "1", 0, FactTolerance.Exact, CashFlowMeasures.InternalRate([-1000, 3000, -2500]).Roots.Count, Decimal);

        double[] dated = [-10_000, 2_750, 4_250, 3_250, 2_750];
        DateOnly[] days = [new(2008, 1, 1), new(2008, 3, 1), new(2008, 10, 30), new(2009, 2, 15), new(2009, 4, 1)];
        yield return Rate("A6 dated rate of return", 0.3733625335, CashFlowMeasures.DatedInternalRate(dated, days).Rate, Excel);
        yield return Money("A6 dated present value at 9 %", 2_086.647602, CashFlowMeasures.DatedNetPresentValue(dated, days, 0.09), Decimal);

        double[] staged = [-400e6, -350e6, -150e6, 310e6, 335e6, 300e6, 260e6];
        DateOnly[] draws = [new(2026, 1, 15), new(2026, 7, 15), new(2027, 1, 31), new(2028, 2, 29), new(2029, 2, 28), new(2030, 2, 28), new(2031, 2, 28)];
        yield return Rate("A7 staged draws and a leap day", 0.0976890097, CashFlowMeasures.DatedInternalRate(staged, draws).Rate, Decimal);
        yield return Money("A7 dated present value at 12 %", -51_804_578.66, CashFlowMeasures.DatedNetPresentValue(staged, draws, 0.12), Decimal);
        yield return Rate("A7 multiple on invested capital", 1.33888889, CashFlowMeasures.MultipleOnInvestedCapital(staged), Decimal);
        yield return Rate("A8 modified rate of return", 0.1260941304, CashFlowMeasures.ModifiedInternalRate([-120e3, 39e3, 30e3, 21e3, 37e3, 46e3], 0.1, 0.12), Excel);
    }

    private static IEnumerable<FactCheck> Loans()
    {
        yield return Money("B1 level payment", -1_037.03, TimeValue.Payment(0.08 / 12, 10, 10_000), Excel);
        LoanSchedule level = LevelPaymentLoan.Schedule(500e6, 0.095 / 12, 0, 60, 0);
        yield return Money("B2 loan on GPUs: payment", 10_500_930.65, level.Payment[0], Decimal);
        yield return Money("B2 loan on GPUs: interest in all", 130_055_839.29, level.TotalInterestUsd, Decimal);
        yield return Money("B2 loan on GPUs: balance after 36 months", 228_706_231.33, level.Balance[35], Decimal);
        yield return Money("B2 loan on GPUs: balance at the end", 0, level.Balance[59], Decimal);
        LoanSchedule balloon = LevelPaymentLoan.Schedule(2.3e9, 0.11 / 12, 6, 48, 345e6);
        yield return Money("B3 interest only, then a balloon: payment", 53_690_496.71, balloon.Payment[6], Decimal);
        yield return Money("B3 interest only, then a balloon: interest in all", 748_643_841.86, balloon.TotalInterestUsd, Decimal);
        yield return Money("B3 interest only, then a balloon: balance after 30 months", 1_429_109_425.81, balloon.Balance[29], Decimal);
        yield return Money("B3 interest only, then a balloon: balloon", 345e6, balloon.Balance[53], Decimal);
    }

    private static FactCheck Rate(string name, double expected, double reached, string source) =>
        new(name, FactKind.Formula, "number", expected, FactTolerance.Units(1e-8), reached, source);

    private static FactCheck Money(string name, double usd, double reached, string source) =>
        new(name, FactKind.Formula, "cents", usd, Math.Abs(usd) <= 1e9 ? FactTolerance.Units(0.005) : FactTolerance.Share(1e-9), reached, source);
}
