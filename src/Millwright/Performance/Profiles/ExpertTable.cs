namespace Millwright.Performance.Profiles;

/// <summary>
/// Measured time of one layer of routed experts over its tokens and the experts that they touch: linear in both, since the weights of each touched expert
/// are read once and each token is multiplied once. Rows of few tokens touch few experts: beyond, the next row that reaches so many stands in. Immutable.
/// </summary>
public sealed class ExpertTable
{
    private readonly double[] _tokens;
    private readonly LayerTable[] _rows;

    /// <summary>Makes a table.</summary>
    /// <param name="points">Tokens, experts touched, time, s; at least one.</param>
    /// <exception cref="ArgumentException">No point, or two of one place.</exception>
    public ExpertTable(IEnumerable<(double Tokens, double Experts, double Seconds)> points)
    {
        (double Tokens, LayerTable Row)[] rows =
        [
            .. points.GroupBy(static p => p.Tokens).OrderBy(static g => g.Key).Select(static g => (g.Key, new LayerTable(g.Select(static p => (p.Experts, p.Seconds))))),
        ];
        if (rows.Length == 0)
        {
            throw new ArgumentException("no points", nameof(points));
        }

        _tokens = [.. rows.Select(static r => r.Tokens)];
        _rows = [.. rows.Select(static r => r.Row)];
    }

    /// <summary>Time of a layer, s.</summary>
    /// <param name="tokens">Tokens, each with as many experts as when it was measured.</param>
    /// <param name="experts">Experts that they touch on the chip.</param>
    /// <returns>Seconds.</returns>
    public double At(double tokens, double experts)
    {
        int least = 0;
        while (least < _rows.Length - 1 && _rows[least].Counts[^1] < experts)
        {
            least++;
        }

        int cell = Math.Max(least, LayerTable.CellOf(_tokens, tokens));
        double below = _rows[cell].At(experts);
        if (tokens <= _tokens[cell] || least == _rows.Length - 1)
        {
            return below;
        }

        if (cell == _rows.Length - 1)
        {
            double before = _rows[cell - 1].At(experts);
            return below + Math.Max(0, below - before) * (tokens - _tokens[cell]) / (_tokens[cell] - _tokens[cell - 1]);
        }

        return below + (_rows[cell + 1].At(experts) - below) * (tokens - _tokens[cell]) / (_tokens[cell + 1] - _tokens[cell]);
    }
}
