namespace Millwright.Applications;

/// <summary>Whole numbers with their probabilities, drawn by inverse transform through a guide table (Chen and Asau, AIIE Transactions 6, 1974): about one look a draw.</summary>
internal sealed class DiscreteTable
{
    private readonly int[] _values;
    private readonly double[] _upTo;
    private readonly int[] _guide;

    /// <summary>Makes the table.</summary>
    /// <param name="values">Values.</param>
    /// <param name="weights">Weights, at least 0 and not all 0; they need not sum to 1.</param>
    public DiscreteTable(int[] values, double[] weights)
    {
        _values = values;
        _upTo = new double[weights.Length];
        double sum = 0, product = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            product += weights[i] * values[i];
            _upTo[i] = sum;
        }

        Mean = product / sum;
        _guide = new int[values.Length];
        for (int i = 0, at = 0; i < _guide.Length; i++)
        {
            while (at < values.Length - 1 && _upTo[at] <= sum * i / _guide.Length)
            {
                at++;
            }

            _guide[i] = at;
        }
    }

    /// <summary>Mean of the values.</summary>
    public double Mean { get; }

    /// <summary>The value at a place.</summary>
    /// <param name="uniform">Place in (0, 1).</param>
    public int At(double uniform)
    {
        var wanted = uniform * _upTo[^1];
        var at = _guide[Math.Min((int)(uniform * _guide.Length), _guide.Length - 1)];
        while (at < _values.Length - 1 && _upTo[at] <= wanted)
        {
            at++;
        }

        return _values[at];
    }
}
