using Millwright.Numerics;
using Millwright.Performance;
using Millwright.Serving.Search;

namespace Millwright.Studies;

/// <summary>
/// Seeded draws of a gain and of its factors. The error of a mixture is that of the system whose software it runs, since kernels and calibration are its
/// own, and an error for each element that is not: a mixture with all other elements strange is off as a chip that the fit has not seen. Systems that take
/// their kernels from one measured system share that part of the error.
/// </summary>
internal sealed class GainDraws
{
    /// <summary>Draws of a band.</summary>
    public const int Draws = 1024;

    private readonly double[] _logs;
    private readonly IReadOnlyList<GenerationElement> _elements;
    private readonly PredictionError _older;
    private readonly PredictionError _newer;
    private readonly int _software;
    private readonly RandomStream _random;

    /// <summary>Makes the draws of one step.</summary>
    /// <param name="logs">Logarithm of the output of each mixture, by its bits.</param>
    /// <param name="elements">The element of each bit.</param>
    /// <param name="older">Errors on the older system.</param>
    /// <param name="newer">Errors on the newer.</param>
    /// <param name="seed">The seed.</param>
    public GainDraws(double[] logs, IReadOnlyList<GenerationElement> elements, PredictionError older, PredictionError newer, ulong seed)
    {
        _logs = logs;
        _elements = elements;
        _older = older;
        _newer = newer;
        _random = new RandomStream(seed);
        _software = -1;
        for (int i = 0; i < elements.Count; i++)
        {
            _software = elements[i] == GenerationElement.Software ? i : _software;
        }
    }

    /// <summary>One draw.</summary>
    /// <param name="draw">Its number, from 0.</param>
    /// <returns>Logarithm of the gain, and of the factor of each element: they sum to it.</returns>
    public (double Gain, double[] Factors) At(long draw)
    {
        double older = ErrorOf(_older, draw);
        double newer = ErrorOf(_newer, draw);
        int strangers = Math.Max(1, _elements.Count - (_software < 0 ? 0 : 1));
        double[] onOlder = new double[_elements.Count];
        double[] onNewer = new double[_elements.Count];
        for (int i = 0; i < _elements.Count; i++)
        {
            onOlder[i] = StrangeError(_older, _elements[i], strangers, draw);
            onNewer[i] = StrangeError(_newer, _elements[i], strangers, draw);
        }

        double[] values = new double[_logs.Length];
        for (int subset = 0; subset < values.Length; subset++)
        {
            bool runsNewer = _software >= 0 && (subset >> _software & 1) != 0;
            double error = runsNewer ? newer : older;
            for (int i = 0; i < _elements.Count; i++)
            {
                bool isNewer = (subset >> i & 1) != 0;
                error += i == _software || isNewer == runsNewer ? 0 : runsNewer ? onNewer[i] : onOlder[i];
            }

            values[subset] = _logs[subset] - error;
        }

        return (values[^1] - values[0], ShapleyValues.Of(values));
    }

    /// <summary>p10 and p90 of the gain and of each factor.</summary>
    /// <returns>The bands, as factors.</returns>
    public (FactorBand Gain, FactorBand[] Factors) Bands()
    {
        double[] gains = new double[Draws];
        double[][] factors = [.. _elements.Select(static _ => new double[Draws])];
        for (int draw = 0; draw < Draws; draw++)
        {
            (gains[draw], double[] parts) = At(draw);
            for (int i = 0; i < parts.Length; i++)
            {
                factors[i][draw] = parts[i];
            }
        }

        return (BandOf(gains), [.. factors.Select(BandOf)]);
    }

    private static FactorBand BandOf(double[] logs)
    {
        Array.Sort(logs);
        return new FactorBand(Math.Exp(logs[(int)(0.1 * (Draws - 1))]), Math.Exp(logs[(int)Math.Ceiling(0.9 * (Draws - 1))]));
    }

    // logarithm of measured over predicted time: what the lender's kernels are off by, and what the system adds, so that its own band comes out
    private double ErrorOf(PredictionError error, long draw)
    {
        double own = HalfWidth(error.Own);
        double shared = own > 0 ? Math.Min(1, HalfWidth(error.Lender) / own) : 0;
        double deviate = shared * _random.Normal(RandomStream.KeyOf("kernels of " + error.LenderId), draw)
            + Math.Sqrt(1 - shared * shared) * _random.Normal(RandomStream.KeyOf("system " + error.SystemId), draw);
        return deviate / NormalDistribution.Quantile90 * (deviate < 0 ? -Math.Log(error.Own.Low) : Math.Log(error.Own.High));
    }

    // what one element of another system adds to the error where this system's software runs
    private double StrangeError(PredictionError error, GenerationElement element, int strangers, long draw)
    {
        double seen = HalfWidth(error.Lender);
        double unseen = HalfWidth(error.NeverSeen);
        double more = Math.Sqrt(Math.Max(0, unseen * unseen - seen * seen) / strangers);
        return more / NormalDistribution.Quantile90 * _random.Normal(RandomStream.KeyOf($"{element} strange to {error.SystemId}"), draw);
    }

    private static double HalfWidth(ErrorBand band) => (Math.Log(band.High) - Math.Log(band.Low)) / 2;
}
