namespace Millwright.Tests.Finance;

/// <summary>The tolerance of the reference cases: half a cent up to a billion dollars, 1e-9 relative above, 1e-8 on rates.</summary>
internal static class Agreement
{
    public static void Usd(double expected, double actual)
        => Assert.Equal(expected, actual, Math.Abs(expected) <= 1e9 ? 0.005 : 1e-9 * Math.Abs(expected));

    public static void Usd(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Usd(expected[i], actual[i]);
        }
    }

    public static void Rate(double expected, double actual) => Assert.Equal(expected, actual, 1e-8);
}
