namespace Millwright.Numerics;

/// <summary>The gamma function.</summary>
public static class GammaFunction
{
    // Lanczos (1964), "A precision approximation of the gamma function", with g = 7 and the nine coefficients of Godfrey (2001)
    private const double G = 7;

    private static ReadOnlySpan<double> Coefficients =>
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
        9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The logarithm of the gamma function.</summary>
    /// <param name="x">A number above 0.</param>
    /// <returns>ln Γ(x), good to about 1e-14 of it or of 1, whichever is greater.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is not above 0, or not finite.</exception>
    public static double Log(double x)
    {
        if (!(x > 0 && double.IsFinite(x)))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "must be above 0 and finite");
        }

        if (x < 0.5)
        {
            // Γ(x) Γ(1 - x) = π / sin πx
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - Log(1 - x);
        }

        var z = x - 1;
        var sum = Coefficients[0];
        for (var i = 1; i < Coefficients.Length; i++)
        {
            sum += Coefficients[i] / (z + i);
        }

        var t = z + G + 0.5;
        return 0.5 * Math.Log(2 * Math.PI) + (z + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
