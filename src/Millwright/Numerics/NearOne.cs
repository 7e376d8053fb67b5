namespace Millwright.Numerics;

/// <summary>Powers and logarithms of numbers near one, without the loss of digits that subtracting one brings.</summary>
/// <remarks>Source: W. Kahan's correction, as given by N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition (2002), section 1.14.1.</remarks>
public static class NearOne
{
    /// <summary>e to the power x, less one.</summary>
    /// <param name="x">The exponent.</param>
    /// <returns>exp(x) − 1, to a few units in the last place also where x is tiny.</returns>
    public static double ExpMinusOne(double x)
    {
        double power = Math.Exp(x);
        if (power == 1)
        {
            return x;
        }

        double difference = power - 1;
        return difference == -1 || double.IsInfinity(power) ? difference : difference * (x / Math.Log(power));
    }

    /// <summary>The natural logarithm of one plus x.</summary>
    /// <param name="x">A number above −1.</param>
    /// <returns>ln(1 + x), to a few units in the last place also where x is tiny.</returns>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsInfinity(sum) ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
