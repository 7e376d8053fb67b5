using Millwright.Numerics;

namespace Millwright.Finance;

/// <summary>A present value as a function of u = ln(1 + rate), scaled by a positive factor so that it neither overflows nor loses its sign.</summary>
internal interface IPresentValueCurve : IScalarFunction
{
    /// <summary>Derivative of the scaled present value by u. It jumps at u = 0, where the scale changes; −0 side for negative u.</summary>
    double SlopeAt(double u);
}

/// <summary>Flows one period apart. For u &lt; 0 the value is taken at the last flow instead of the first.</summary>
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

    public double SlopeAt(double u)
    {
        double sum = 0;
        double slope = 0;
        if (u >= 0)
        {
            double factor = Math.Exp(-u);
            for (int t = flows.Length - 1; t >= 0; t--)
            {
                slope = (slope * factor) + sum;
                sum = (sum * factor) + flows[t];
            }

            return -factor * slope;
        }

        double growth = Math.Exp(u);
        foreach (double flow in flows)
        {
            slope = (slope * growth) + sum;
            sum = (sum * growth) + flow;
        }

        return growth * slope;
    }
}

/// <summary>Flows at given times in years, sorted by time.</summary>
internal readonly ref struct DatedFlows(ReadOnlySpan<double> flows, ReadOnlySpan<double> years) : IPresentValueCurve
{
    private readonly ReadOnlySpan<double> flows = flows;
    private readonly ReadOnlySpan<double> years = years;

    public double At(double u)
    {
        double last = u >= 0 ? 0 : years[^1];
        double sum = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            sum += flows[i] * Math.Exp(u * (last - years[i]));
        }

        return sum;
    }

    public double SlopeAt(double u)
    {
        double last = u >= 0 ? 0 : years[^1];
        double sum = 0;
        for (int i = 0; i < flows.Length; i++)
        {
            double exponent = last - years[i];
            sum += exponent * flows[i] * Math.Exp(u * exponent);
        }

        return sum;
    }
}

/// <summary>Every rate between −99 % and 1000 % a year that makes a present value zero.</summary>
/// <remarks>
/// By Descartes' rule of signs (and Laguerre's form of it for real exponents) flows with one change of sign have exactly one rate: one Brent search.
/// With more changes the range is cut into intervals in ln(1 + rate); an interval whose ends have one sign is searched for an extremum that
/// reaches across zero, so that pairs of close roots are found as well.
/// </remarks>
internal static class InternalRateSearch
{
    private const double LowestGrowth = 0.01;
    private const double HighestGrowth = 11;
    private const int Intervals = 64;
    private const double Tolerance = 1e-16;

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

    public static RateOfReturn Find<TCurve>(TCurve curve, int signChanges, double scale, int periodsPerYear)
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
        Scan(curve, lowest, 0, scale, roots);
        Scan(curve, 0, highest, scale, roots);
        roots.Sort();
        Join(roots);
        return roots.Count switch
        {
            0 => NoRate("no rate between −99 % and 1000 % a year makes the present value zero"),
            1 => Unique(roots[0]),
            _ => new RateOfReturn(RateOfReturnKind.Several, double.NaN, roots, $"not unique: {roots.Count} rates make the present value zero"),
        };
    }

    private static void Scan<TCurve>(TCurve curve, double from, double to, double scale, List<double> roots)
        where TCurve : IPresentValueCurve, allows ref struct
    {
        double left = from;
        double atLeft = curve.At(left);
        double slopeLeft = curve.SlopeAt(left);
        for (int i = 1; i <= Intervals; i++)
        {
            double right = i == Intervals ? to : from + ((to - from) * i / Intervals);
            double atRight = curve.At(right);

            // The slope at the end of the negative half must be the one of the negative side's scale.
            double slopeRight = curve.SlopeAt(right == 0 ? -double.Epsilon : right);
            if (atLeft == 0)
            {
                roots.Add(NearOne.ExpMinusOne(left));
            }

            if (i == Intervals && atRight == 0)
            {
                roots.Add(NearOne.ExpMinusOne(right));
            }

            Inside(curve, left, atLeft, slopeLeft, right, atRight, slopeRight, scale, roots);
            (left, atLeft, slopeLeft) = (right, atRight, slopeRight);
        }
    }

    // The roots strictly inside an interval; an end that is itself a root is stepped over.
    private static void Inside<TCurve>(
        TCurve curve, double left, double atLeft, double slopeLeft, double right, double atRight, double slopeRight, double scale, List<double> roots)
        where TCurve : IPresentValueCurve, allows ref struct
    {
        double step = 1e-7 * (right - left);
        if (atLeft == 0)
        {
            left += step;
            atLeft = curve.At(left);
        }

        if (atRight == 0)
        {
            right -= step;
            atRight = curve.At(right);
        }

        if (atLeft == 0 || atRight == 0)
        {
            return;
        }

        if (atLeft > 0 != atRight > 0)
        {
            roots.Add(NearOne.ExpMinusOne(RootFinding.Brent(curve, left, right, Tolerance)));
        }
        else if (atLeft > 0 ? slopeLeft < 0 && slopeRight > 0 : slopeLeft > 0 && slopeRight < 0)
        {
            Turn(curve, left, right == 0 ? -double.Epsilon : right, atLeft, scale, roots);
        }
    }

    private static void Turn<TCurve>(TCurve curve, double left, double right, double atLeft, double scale, List<double> roots)
        where TCurve : IPresentValueCurve, allows ref struct
    {
        double turn = RootFinding.Brent(new Slope<TCurve>(curve), left, right, Tolerance);
        double atTurn = curve.At(turn);
        if (Math.Abs(atTurn) <= 1e-15 * scale)
        {
            roots.Add(NearOne.ExpMinusOne(turn));
        }
        else if (atTurn > 0 != atLeft > 0)
        {
            roots.Add(NearOne.ExpMinusOne(RootFinding.Brent(curve, left, turn, Tolerance)));
            roots.Add(NearOne.ExpMinusOne(RootFinding.Brent(curve, turn, right, Tolerance)));
        }
    }

    // A root on the border of the two halves is found from both sides.
    private static void Join(List<double> roots)
    {
        for (int i = roots.Count - 1; i > 0; i--)
        {
            if (roots[i] == roots[i - 1])
            {
                roots.RemoveAt(i);
            }
        }
    }

    private static RateOfReturn Unique(double rate) => new(RateOfReturnKind.Unique, rate, [rate], null);

    private static RateOfReturn NoRate(string reason) => new(RateOfReturnKind.None, double.NaN, [], reason);

    private readonly ref struct Slope<TCurve>(TCurve curve) : IScalarFunction
        where TCurve : IPresentValueCurve, allows ref struct
    {
        private readonly TCurve curve = curve;

        public double At(double x) => curve.SlopeAt(x);
    }
}
