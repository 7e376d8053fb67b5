using System.Globalization;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>Answers of Excel; where the rows come from and their licence: Data/NOTICE.txt.</summary>
public sealed class ExcelRowsTests
{
    [Fact]
    public void Payments() => EachRow("pmt", 251, f =>
        Close(f[^1], TimeValue.Payment(Number(f[0]), Number(f[1]), Number(f[2]), Number(f[3]), Timing(f[4])), 1e-9));

    [Fact]
    public void InternalRates() => EachRow("irr", 11, f => Assert.Equal(Number(f[2]), CashFlowMeasures.InternalRate(List(f[0])).Rate, 1e-9));

    [Fact]
    public void ModifiedRates() => EachRow("mirr", 149, f =>
        Assert.Equal(Number(f[3]), CashFlowMeasures.ModifiedInternalRate(List(f[0]), Number(f[1]), Number(f[2])), 1e-9));

    [Fact]
    public void PresentValues() => EachRow("npv", 23, f =>
        Close(f[2], CashFlowMeasures.NetPresentValue(List(f[1]), Number(f[0])) / (1 + Number(f[0])), 1e-9));

    [Fact]
    public void Rates() => EachRow("rate", 8, f =>
        Assert.Equal(Number(f[6]), TimeValue.Rate((int)Number(f[0]), Number(f[1]), Number(f[2]), Number(f[3]), Timing(f[4])).Rate, 1e-8));

    // Excel's own answers differ after the ninth digit with the guess.
    [Fact]
    public void DatedRates() => EachRow("xirr", 26, f =>
    {
        DateOnly[] dates = [.. f[1].Split(';').Select(d => DateOnly.FromDateTime(DateTime.Parse(d, CultureInfo.InvariantCulture)))];
        Assert.Equal(Number(f[3]), CashFlowMeasures.DatedInternalRate(List(f[0]), dates).Rate, 1e-6);
    });

    private static void EachRow(string name, int rows, Action<string[]> check)
    {
        using Stream stream = typeof(ExcelRowsTests).Assembly.GetManifestResourceStream($"Millwright.Tests.Finance.Data.excel-{name}.csv")!;
        using StreamReader reader = new(stream);
        int read = 0;
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            try
            {
                check(line.Split(','));
            }
            catch (Xunit.Sdk.XunitException e)
            {
                throw new InvalidOperationException($"{name}: {line}", e);
            }

            read++;
        }

        Assert.Equal(rows, read);
    }

    private static void Close(string expected, double actual, double relative)
        => Assert.Equal(Number(expected), actual, Math.Max(1e-9, relative * Math.Abs(Number(expected))));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double[] List(string text) => [.. text.Split(';').Select(Number)];

    private static PaymentTiming Timing(string text) => text == "BeginningOfPeriod" ? PaymentTiming.Start : PaymentTiming.End;
}
