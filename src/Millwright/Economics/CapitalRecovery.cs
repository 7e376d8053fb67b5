using Millwright.Numerics;

namespace Millwright.Economics;

/// <summary>
/// The level yearly payment that returns a capital with interest over its life. With a real rate of return the result is in real dollars.
/// </summary>
public static class CapitalRecovery
{
    /// <summary>The capital recovery factor, r / (1 - (1 + r)^-n); its limit 1 / n at r = 0.</summary>
    /// <remarks>
    /// Source: Short, Packey and Holt, "A manual for the economic evaluation of energy efficiency and renewable energy technologies", NREL/TP-462-5173
    /// (1995), uniform capital recovery factor. Evaluated so that no digits are lost at small rates.
    /// </remarks>
    /// <param name="ratePerYear">Rate of return (WACC), 1/yr; more than -1.</param>
    /// <param name="lifeYears">Life, years; more than zero.</param>
    /// <returns>Payment a year over capital, 1/yr.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not above -1, or the life is not positive and finite.</exception>
    public static double Factor(double ratePerYear, double lifeYears)
    {
        if (!(ratePerYear > -1 && double.IsFinite(ratePerYear)))
        {
            throw new ArgumentOutOfRangeException(nameof(ratePerYear), ratePerYear, "A rate above -100 % a year is needed.");
        }

        if (!(lifeYears > 0 && double.IsFinite(lifeYears)))
        {
            throw new ArgumentOutOfRangeException(nameof(lifeYears), lifeYears, "A life above zero years is needed.");
        }

        double paidBack = -NearOne.ExpMinusOne(-lifeYears * NearOne.LogOnePlus(ratePerYear));
        return paidBack == 0 ? 1 / lifeYears : ratePerYear / paidBack;
    }

    /// <summary>The level yearly charge of a capital of which a share is worth something at the end of its life.</summary>
    /// <remarks>(C - S (1 + r)^-n) x factor = (C - S) x factor + S r, with S the residual value.</remarks>
    /// <param name="capitalUsd">Capital, USD.</param>
    /// <param name="ratePerYear">Rate of return (WACC), 1/yr.</param>
    /// <param name="lifeYears">Life, years.</param>
    /// <param name="residualShare">Value at the end of life over the capital.</param>
    /// <returns>USD/yr.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not above -1, or the life is not positive and finite.</exception>
    public static double ChargeUsd(double capitalUsd, double ratePerYear, double lifeYears, double residualShare = 0) =>
        capitalUsd * (((1 - residualShare) * Factor(ratePerYear, lifeYears)) + (residualShare * ratePerYear));
}
