using Millwright.Numerics;

namespace Millwright.Finance;

/// <summary>A present value and two derivatives by the logarithm of growth, up to their common sign.</summary>
/// <param name="Value">Σ cf·e^(k·x).</param>
/// <param name="Slope">Σ k·cf·e^(k·x).</param>
/// <param name="Curvature">Σ k²·cf·e^(k·x).</param>
internal readonly record struct PresentValueAt(double Value, double Slope, double Curvature);

/// <summary>
/// A present value as a function of u = ln(1 + rate): as of the first flow for u ≥ 0 (x = −u, k = time), of the last one for u &lt; 0 (x = u, k = time to the
/// end). So no exponent is positive, nothing overflows, and the zeros are the same.
/// </summary>
internal interface IPresentValueCurve : IScalarFunction
{
    /// <summary>Value and derivatives; with the sizes of the flows instead of the flows when a bound is asked for.</summary>
    PresentValueAt Expand(double u, bool fromFirst, bool sizes);
}

/// <summary>Flows one period apart.</summary>
internal readonly ref struct PeriodicFlows(ReadOnlySpan<double> flows) : IPresentValueCurve
{
    private readonly ReadOnlySpan<double> flows = flows;

    public double At(double u)
    {
        double sum = 0;
        if (u >= 0)
        {
            double factor = Math.Exp(-u);
            for (int t = flows.Length - 1; t >= 0; t--)
            {
                sum = (sum * factor) + flows[t];
            }
        }
        else
        {
            double factor = Math.Exp(u);
            foreach (double flow in flows)
            {
                sum = (sum * factor) + flow;
            }
        }

        return sum;
    }

    public PresentValueAt Expand(double u, bool fromFirst, bool sizes)
    {
        double factor = Math.Exp(-Math.Abs(u));
        double value = 0;
        double slope = 0;
        double curvature = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            double flow = fromFirst ? flows[flows.Length - 1 - i] : flows[i];
            curvature = factor * (curvature + (2 * slope) + value);
            slope = factor * (slope + value);
            value = (factor * value) + (sizes ? Math.Abs(flow) : flow);
        }

        return new PresentValueAt(value, slope, curvature);
    }
}

/// <summary>Flows at given times in years, sorted by time.</summary>
internal readonly ref struct DatedFlows(ReadOnlySpan<double> flows, ReadOnlySpan<double> years) : IPresentValueCurve
{
    private readonly ReadOnlySpan<double> flows = flows;
    private readonly ReadOnlySpan<double> years = years;

    public double At(double u) => Expand(u, u >= 0, sizes: false).Value;

    public PresentValueAt Expand(double u, bool fromFirst, bool sizes)
    {
        double value = 0;
        double slope = 0;
        double curvature = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            double time = fromFirst ? years[i] : years[^1] - years[i];
            double term = (sizes ? Math.Abs(flows[i]) : flows[i]) * Math.Exp(-Math.Abs(u) * time);
            value += term;
            slope += time * term;
            curvature += time * time * term;
        }

        return new PresentValueAt(value, slope, curvature);
    }
}

/// <summary>Every rate between −99 % and 1000 % a year that makes a present value zero.</summary>
/// <remarks>
/// By Descartes' rule of signs (and Laguerre's form of it for real exponents) flows with one change of sign have exactly one rate: one Brent search.
/// With more changes the range is halved until bounds on the first and second derivative prove each part to hold no root, or to rise or fall
/// throughout and so hold at most one. Rates nearer to each other than 1e-6 count as one.
/// </remarks>
internal static class InternalRateSearch
{
    private const double LowestGrowth = 0.01;
    private const double HighestGrowth = 11;
    private const double Tolerance = 1e-16;
    private const double SmallestHalf = 1e-8;
    private const double SameRate = 1e-6;

    // Above what summing rounds off, so that the proofs hold in doubles.
    private const double Rounding = 1e-14;

    public static int SignChanges(ReadOnlySpan<double> flows)
    {
        int changes = 0;
        int sign = 0;
        foreach (double flow in flows)
        {
            int here = Math.Sign(flow);
            if (here != 0)
            {
                changes += sign != 0 && here != sign ? 1 : 0;
                sign = here;
            }
        }

        return changes;
    }

    public static RateOfReturn Find<TCurve>(TCurve curve, int signChanges, int periodsPerYear)
        where TCurve : IPresentValueCurve, allows ref struct
    {
        double lowest = Math.Log(LowestGrowth) / periodsPerYear;
        double highest = Math.Log(HighestGrowth) / periodsPerYear;
        if (signChanges == 0)
        {
            return NoRate("the cash flows never change sign, so no rate makes their present value zero");
        }

        if (signChanges == 1)
        {
            return Math.Sign(curve.At(lowest)) == Math.Sign(curve.At(highest))
                ? NoRate("the rate lies outside −99 % to 1000 % a year")
                : Unique(NearOne.ExpMinusOne(RootFinding.Brent(curve, lowest, highest, Tolerance)));
        }

        List<double> roots = [];
        double atZero = curve.At(0);
        double atHighest = curve.At(highest);
        Isolate(curve, lowest, curve.At(lowest), 0, atZero, fromFirst: false, roots);
        Isolate(curve, 0, atZero, highest, atHighest, fromFirst: true, roots);
        if (atHighest == 0)
        {
            roots.Add(HighestGrowth - 1);
        }

        Join(roots);
        return roots.Count switch
        {
            0 => NoRate("no rate between −99 % and 1000 % a year makes the present value zero"),
            1 => Unique(roots[0]),
            _ => new RateOfReturn(RateOfReturnKind.Several, double.NaN, roots, $"not unique: {roots.Count} rates make the present value zero"),
        };
    }

    // Roots from left, included, to right, left to the next part. Parts are visited from left to right, so roots come in order.
    private static void Isolate<TCurve>(TCurve curve, double left, double atLeft, double right, double atRight, bool fromFirst, List<double> roots)
        where TCurve : IPresentValueCurve, allows ref struct
    {
        double middle = 0.5 * (left + right);
        double half = 0.5 * (right - left);
        PresentValueAt here = curve.Expand(middle, fromFirst, sizes: false);

        // Every exponent grows toward u = 0, so the largest sizes in the part are at its end nearest to 0.
        PresentValueAt most = curve.Expand(fromFirst ? left : right, fromFirst, sizes: true);
        double reach = Math.Min(most.Slope, Math.Abs(here.Slope) + (0.5 * most.Curvature * half)) * half;
        if (Math.Abs(here.Value) > reach + (Rounding * most.Value))
        {
            return;
        }

        bool monotone = Math.Abs(here.Slope) > (most.Curvature * half) + (Rounding * most.Slope);
        if (!monotone && half > SmallestHalf)
        {
            Isolate(curve, left, atLeft, middle, here.Value, fromFirst, roots);
            Isolate(curve, middle, here.Value, right, atRight, fromFirst, roots);
        }
        else if (atLeft == 0)
        {
            roots.Add(NearOne.ExpMinusOne(left));
        }
        else if (atRight != 0 && atLeft > 0 != atRight > 0)
        {
            roots.Add(NearOne.ExpMinusOne(RootFinding.Brent(curve, left, right, Tolerance)));
        }
        else if (!monotone)
        {
            // Too small to halve and not proved free: the curve touches zero here as far as doubles can tell.
            roots.Add(NearOne.ExpMinusOne(middle));
        }
    }

    private static void Join(List<double> roots)
    {
        for (int i = roots.Count - 1; i > 0; i--)
        {
            if (roots[i] - roots[i - 1] <= SameRate * (1 + roots[i]))
            {
                roots.RemoveAt(i);
            }
        }
    }

    private static RateOfReturn Unique(double rate) => new(RateOfReturnKind.Unique, rate, [rate], null);

    private static RateOfReturn NoRate(string reason) => new(RateOfReturnKind.None, double.NaN, [], reason);
}
