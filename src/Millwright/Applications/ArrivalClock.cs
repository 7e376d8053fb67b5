using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>
/// Arrivals one after another. A process of mean gap 1 runs on the integral of the rate: arrival n is the time t at which the integral from 0 to t reaches
/// the sum of the first n gaps (Gerhardt and Nelson, "Transforming renewal processes for simulation of nonstationary arrival processes", INFORMS Journal on
/// Computing 21, 2009, inversion method); for Poisson gaps this is the Poisson process of that rate (Çinlar, 1975). The first request comes
/// what is left of a gap after the start, so that the rate holds from there on; one whole gap for the constant process.
/// </summary>
public sealed class ArrivalClock
{
    private readonly ArrivalProcess _process;
    private readonly RateProfile _profile;
    private readonly RandomStream _random;
    private readonly ulong _variable;
    private long _gap;
    private long _last;

    // where the clock stands: turn of the period, line of the profile, integral of the rate since the line began
    private double _turnSeconds;
    private int _line;
    private double _within;

    /// <summary>Starts a clock.</summary>
    /// <param name="process">How requests follow each other.</param>
    /// <param name="profile">Their rate.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="variable">Name of the random variable: clocks of one seed and unlike names are independent.</param>
    public ArrivalClock(ArrivalProcess process, RateProfile profile, ulong seed, string variable = "arrivals")
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(profile);
        _process = process;
        _profile = profile;
        _random = new RandomStream(seed);
        _variable = RandomStream.KeyOf(variable);
    }

    /// <summary>The next arrival.</summary>
    /// <param name="picoseconds">Arrival, ps from the start; never before the last.</param>
    /// <returns>False where the rate stays 0 from here on.</returns>
    /// <exception cref="InvalidOperationException">The arrival is more than 105 days off.</exception>
    public bool TryNext(out long picoseconds)
    {
        picoseconds = 0;
        _within += _gap == 0 ? _process.FirstGap(_random, _variable) : _process.Gap(_random, _variable, _gap);
        _gap++;
        while (true)
        {
            var points = _profile.Points;
            var (begin, rate) = points[_line];
            var end = _line + 1 < points.Count ? points[_line + 1] : new RatePoint(_profile.PeriodSeconds ?? double.PositiveInfinity, rate);
            var length = end.TimeSeconds - begin;
            var area = rate == 0 && end.RatePerSecond == 0 ? 0 : length * (rate + end.RatePerSecond) / 2;
            if (_within < area)
            {
                // rate τ + slope τ² / 2 = within, in the form that loses no digits
                var slope = double.IsInfinity(length) ? 0 : (end.RatePerSecond - rate) / length;
                var time = 2 * _within / (rate + Math.Sqrt(Math.Max(0, rate * rate + 2 * slope * _within)));
                return TryTime(_turnSeconds + begin + Math.Min(time, length), out picoseconds);
            }

            if (double.IsInfinity(length))
            {
                return false;
            }

            _within -= area;
            _line++;
            if (_line == points.Count)
            {
                _line = 0;
                _turnSeconds += end.TimeSeconds;
            }

            if (_turnSeconds + begin > LoadTime.GreatestSeconds)
            {
                throw TooLate();
            }
        }
    }

    private bool TryTime(double seconds, out long picoseconds)
    {
        if (seconds > LoadTime.GreatestSeconds)
        {
            throw TooLate();
        }

        _last = Math.Max(_last, (long)Math.Round(seconds * TraceStamp.SecondPicoseconds));
        picoseconds = _last;
        return true;
    }

    private static InvalidOperationException TooLate() => new("the next request would arrive more than 105 days after the start; ask for fewer requests or a greater rate");
}
