namespace Millwright.Chips;

/// <summary>What the busiest rank of a mixture-of-experts layer works on.</summary>
/// <param name="Rows">Pairs of token and expert on it.</param>
/// <param name="Touched">Distinct experts that they touch.</param>
public readonly record struct ExpertLoad(double Rows, double Touched)
{
    // the law that the loads of the tables were drawn from: 0.01 to 2 where there are fewer pairs than experts, else 1 to 0.8 of the tokens
    private const double RangeOfFewPairs = 200;
    private const double ShareOfTokens = 0.8;
    private const double LeastMeasuredSkew = 1.01;
    private const double MostMeasuredSkew = 1.2;
    private const int Quantiles = 6;

    /// <summary>Skew of the tables that times of experts were measured with, unless told otherwise. Source: NVIDIA AIConfigurator (095f58a5), the rows
    /// "power_law_1.01"; near what routers show on real text.</summary>
    public const double UsualSkew = LeastMeasuredSkew;

    /// <summary>Greatest skew that is taken.</summary>
    public const double MostSkew = 2;

    /// <summary>Each rank gets the same rows, spread over as many experts as there are rows: the "balanced" rows of the tables.</summary>
    /// <param name="tokens">Tokens of the whole group.</param>
    /// <param name="topExperts">Experts of each token.</param>
    /// <param name="experts">Experts of the layer.</param>
    /// <param name="expertWays">Ranks that the experts are divided over.</param>
    /// <returns>The load.</returns>
    public static ExpertLoad Spread(double tokens, double topExperts, double experts, double expertWays)
    {
        var rows = Math.Max(1, tokens * topExperts / expertWays);
        return new ExpertLoad(rows, Math.Min(experts / expertWays, rows));
    }

    /// <summary>The load of the busiest rank when tokens choose experts at random, some more popular than others.</summary>
    /// <param name="tokens">Tokens of the whole group.</param>
    /// <param name="topExperts">Experts of each token.</param>
    /// <param name="experts">Experts of the layer.</param>
    /// <param name="expertWays">Ranks that the experts are divided over.</param>
    /// <param name="skew">
    /// Exponent of the power law that the loads of the experts are drawn from (density ~ load^-skew), as in the tables: 1.01 and 1.2; 0 for experts of
    /// equal popularity; between 0 and 1.01 the excess of the busiest rank is in proportion, between 1.01 and 1.2 on a straight line. Beyond 1.2, up to
    /// <see cref="MostSkew"/>, it grows in proportion again, with the experts touched at 1.2: an extrapolation, since a law of greater exponents has a
    /// thinner tail, so that its exponent would no longer tell more skew from less.
    /// </param>
    /// <returns>
    /// The load. Rows: mean x (1 + the greater of two excesses). One is c m / sqrt(experts of a rank), with c the coefficient of variation of the law and
    /// m the expected greatest of as many normal numbers as ranks, near 0.564 log2(ways)^0.81 (within 5 % of normal order statistics up to 256). The
    /// other, for ranks of few experts, is that of the rank which has the most popular expert, whose load is the law's quantile 1 - 1 / (2 experts).
    /// Touched: the mean of
    /// 1 - exp(-rows of an expert) over quantiles of the law; with equal popularity 1 - (1 - top / experts)^tokens.
    /// </returns>
    public static ExpertLoad Busiest(double tokens, double topExperts, double experts, double expertWays, double skew)
    {
        var local = experts / expertWays;
        var pairs = tokens * topExperts;
        var mean = pairs / expertWays;
        var uniform = local * (1 - Math.Exp(tokens * Math.Log(Math.Max(1e-12, 1 - topExperts / experts))));
        if (!(skew > 0))
        {
            return Bounded(mean, uniform, local, tokens);
        }

        var (excess, touched) = Skewed(tokens, topExperts, experts, expertWays, LeastMeasuredSkew);
        if (skew <= LeastMeasuredSkew)
        {
            var part = Math.Min(1, skew / LeastMeasuredSkew);
            return Bounded(mean * (1 + part * excess), uniform + part * (touched - uniform), local, tokens);
        }

        var (most, fewest) = Skewed(tokens, topExperts, experts, expertWays, MostMeasuredSkew);
        most = Math.Max(most, excess);
        if (skew >= MostMeasuredSkew)
        {
            return Bounded(mean * (1 + skew / MostMeasuredSkew * most), fewest, local, tokens);
        }

        var share = (skew - LeastMeasuredSkew) / (MostMeasuredSkew - LeastMeasuredSkew);
        return Bounded(mean * (1 + excess + share * (most - excess)), touched + share * (fewest - touched), local, tokens);
    }

    // excess of the busiest rank over the mean, and experts that it touches, at a skew of the law
    private static (double Excess, double Touched) Skewed(double tokens, double topExperts, double experts, double expertWays, double exponent)
    {
        var local = experts / expertWays;
        var pairs = tokens * topExperts;
        var mean = pairs / expertWays;
        var range = pairs > experts ? Math.Max(2, ShareOfTokens * tokens) : RangeOfFewPairs;
        var (lawMean, variation) = Law(range, exponent);
        var greatest = expertWays <= 1 ? 0 : 0.564 * Math.Pow(Math.Log2(expertWays), 0.81);
        var least = Math.Pow(range, 1 - exponent);
        var top = Math.Pow(1 - (1 - 0.5 / experts) * (1 - least), 1 / (1 - exponent)) / lawMean;
        var excess = expertWays <= 1 ? 0 : Math.Max(variation * greatest / Math.Sqrt(local), (top - 1) / local);
        var perExpert = mean / local * (1 + excess) / lawMean;
        double missed = 0;
        for (var i = 0; i < Quantiles; i++)
        {
            var share = (i + 0.5) / Quantiles;
            missed += Math.Exp(-perExpert * Math.Pow(1 - share * (1 - least), 1 / (1 - exponent)));
        }

        return (excess, local * (1 - missed / Quantiles));
    }

    private static ExpertLoad Bounded(double rows, double touched, double local, double tokens)
    {
        // no expert sees a token twice
        rows = Math.Clamp(rows, Math.Min(1, tokens * local), tokens * local);
        return new ExpertLoad(rows, Math.Clamp(touched, Math.Min(1, local), Math.Min(local, Math.Max(1, rows))));
    }

    // mean over least, and coefficient of variation, of density ~ x^-a on [1, range]
    private static (double Mean, double Variation) Law(double range, double exponent)
    {
        var all = (1 - Math.Pow(range, 1 - exponent)) / (exponent - 1);
        var first = (Math.Pow(range, 2 - exponent) - 1) / (2 - exponent) / all;
        var second = (Math.Pow(range, 3 - exponent) - 1) / (3 - exponent) / all;
        return (first, Math.Sqrt(Math.Max(0, second / (first * first) - 1)));
    }
}
