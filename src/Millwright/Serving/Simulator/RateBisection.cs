namespace Millwright.Serving.Simulator;

/// <summary>What a search for a greatest rate found.</summary>
/// <param name="Rate">The greatest rate that was tried and holds, 1/s; 0 where none does.</param>
/// <param name="Beyond">The least rate that was tried above it, which does not hold, 1/s; infinite where every rate up to the greatest holds.</param>
/// <param name="Tried">Rates that were tried.</param>
public readonly record struct FoundRate(double Rate, double Beyond, int Tried);

/// <summary>Looks for the greatest rate at which something holds that stops to hold as the rate grows. The rates that it tries do not depend on the number of threads.</summary>
public static class RateBisection
{
    // rates tried at once: each round of three makes the span a fourth as wide
    private const int AtOnce = 3;

    /// <summary>Rates below a guess by more than this count as none.</summary>
    public const double LeastOverGuess = 1.0 / 1024;

    /// <summary>Rates above a guess by more than this are not looked for.</summary>
    public const double MostOverGuess = 1024;

    /// <summary>Looks for the greatest rate.</summary>
    /// <param name="holds">True where it holds at a rate, 1/s. Called from several threads at once.</param>
    /// <param name="guess">A rate near it, 1/s, above 0.</param>
    /// <param name="tolerance">Greatest distance of the rate beyond over the rate found, above 0.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Share of the work that is done, about.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>The rate found.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A guess or a tolerance that is not above 0.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FoundRate Find(
        Func<double, bool> holds, double guess, double tolerance, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(holds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(guess);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tolerance);
        ArgumentOutOfRangeException.ThrowIfNotEqual(double.IsFinite(guess), true, nameof(guess));
        int tried = 0;
        double low = 0;
        double high = double.PositiveInfinity;
        Try([guess / 1.5, guess, guess * 1.5]);
        for (double rate = guess / 1.5; low == 0; rate /= 8)
        {
            if (rate / 2 < guess * LeastOverGuess)
            {
                return new FoundRate(0, high, tried);
            }

            Try([rate / 8, rate / 4, rate / 2]);
        }

        for (double rate = guess * 1.5; double.IsPositiveInfinity(high); rate *= 8)
        {
            if (rate * 2 > guess * MostOverGuess)
            {
                return new FoundRate(low, high, tried);
            }

            Try([rate * 2, rate * 4, rate * 8]);
        }

        while (high > low * (1 + tolerance))
        {
            double step = Math.Pow(high / low, 1.0 / (AtOnce + 1));
            Try([low * step, low * step * step, low * step * step * step]);
            progress?.Report(Math.Min(1, tolerance / Math.Max(tolerance, high / low - 1)));
        }

        progress?.Report(1);
        return new FoundRate(low, high, tried);

        // where it does not hold at a lower rate, what holds above it is chance and does not count
        void Try(double[] rates)
        {
            bool[] held = new bool[rates.Length];
            Parallel.For(0, rates.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellation }, i => held[i] = holds(rates[i]));
            cancellation.ThrowIfCancellationRequested();
            tried += rates.Length;
            for (int i = 0; i < rates.Length; i++)
            {
                if (!held[i])
                {
                    high = rates[i];
                    return;
                }

                low = rates[i];
            }
        }
    }
}
