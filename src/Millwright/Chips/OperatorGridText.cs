using System.Globalization;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Operator grids as text that people can review. Each grid is a block of lines, the first word says what a line holds:
/// <c>grid,SYSTEM,ENGINE,VERSION,OPERATOR,PRECISION</c>; <c>source,TEXT</c>; <c>fit,POINTS,MEAN ERROR,P90 ERROR</c> (errors as fractions, on whole
/// shapes left out of the fit); <c>rates,FLOP/S,BYTES/S</c> that ideal times were computed with, 0 where none was; one <c>axis,COORDINATES</c> for each axis; then the values at the nodes, in thousandths, one line for each run of
/// the last axis; where the grid has a detail, its axes and values follow in the same way. Lines that begin with # are comments.
/// </summary>
public static class OperatorGridText
{
    /// <summary>Parts of one unit that the text and the binary resolve.</summary>
    public const double Resolution = 1000;

    private const int MostAxes = 8;
    private const int MostNodes = 1 << 20;

    /// <summary>Writes grids.</summary>
    /// <param name="grids">The grids; each keeps its place.</param>
    /// <param name="comments">Lines above the first grid: source and licence.</param>
    /// <param name="writer">Where the text goes.</param>
    public static void Write(IEnumerable<OperatorGrid> grids, IEnumerable<string> comments, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(grids);
        ArgumentNullException.ThrowIfNull(comments);
        ArgumentNullException.ThrowIfNull(writer);
        foreach (string comment in comments)
        {
            writer.Write($"# {comment}\n");
        }

        foreach (OperatorGrid grid in grids)
        {
            Write(grid, writer);
        }
    }

    /// <summary>Reads grids.</summary>
    /// <param name="reader">The text.</param>
    /// <returns>The grids, in the order of the text.</returns>
    /// <exception cref="OperatorGridException">The text is no such text; names the line.</exception>
    public static IReadOnlyList<OperatorGrid> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        List<OperatorGrid> grids = [];
        Lines lines = new(reader);
        while (lines.Peek() is not null)
        {
            grids.Add(ReadGrid(lines));
        }

        return grids;
    }

    /// <summary>A value as the text holds it.</summary>
    /// <param name="value">A value at a node.</param>
    /// <returns>Thousandths, within 16 bits.</returns>
    internal static short Thousandths(double value) => double.IsFinite(value)
        ? (short)Math.Clamp(Math.Round(value * Resolution), short.MinValue, short.MaxValue)
        : throw new ArgumentException("a value at a node is not a number", nameof(value));

    private static void Write(OperatorGrid grid, TextWriter writer)
    {
        CheckWord(grid.SystemId);
        CheckWord(grid.EngineVersion);
        CheckWord(grid.Operator);
        writer.Write(
            $"grid,{grid.SystemId},{OperatorNames.Of(grid.Engine)},{grid.EngineVersion},{grid.Operator},{OperatorNames.Of(grid.Precision)}\n");
        writer.Write($"source,{grid.Source.ReplaceLineEndings(" ")}\n");
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"fit,{grid.Points},{grid.HeldOutMeanError:0.####},{grid.HeldOutP90Error:0.####}\n"));
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"rates,{grid.FlopsPerSecond:R},{grid.BytesPerSecond:R}\n"));
        Write(grid.LogFactor, writer);
        if (grid.Detail is { } detail)
        {
            Write(detail, writer);
        }
    }

    private static void Write(SmoothGrid grid, TextWriter writer)
    {
        foreach (double[] axis in grid.Axes)
        {
            writer.Write("axis");
            foreach (double coordinate in axis)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $",{coordinate:0.######}"));
            }

            writer.Write('\n');
        }

        int last = grid.Axes[^1].Length;
        for (int node = 0; node < grid.Values.Count; node++)
        {
            writer.Write(Thousandths(grid.Values[node]).ToString(CultureInfo.InvariantCulture));
            writer.Write((node + 1) % last == 0 ? '\n' : ',');
        }
    }

    private static void CheckWord(string word)
    {
        if (word.AsSpan().IndexOfAny(',', '\n', '\r') >= 0 || word.Length == 0)
        {
            throw new ArgumentException($"'{word}' cannot stand in a line of a grid", nameof(word));
        }
    }

    private static OperatorGrid ReadGrid(Lines lines)
    {
        string[] head = lines.Next("grid").Split(',');
        if (head.Length != 5)
        {
            throw lines.Wrong("a grid line is grid,SYSTEM,ENGINE,VERSION,OPERATOR,PRECISION");
        }

        EngineFamily engine = OperatorNames.Engine(head[1]) ?? throw lines.Wrong($"unknown engine '{head[1]}'");
        OperandPrecision precision = OperatorNames.Precision(head[4]) ?? throw lines.Wrong($"unknown precision '{head[4]}'");
        string source = lines.Next("source");
        double[] fit = Numbers(lines, lines.Next("fit"));
        if (fit.Length != 3 || !(fit[0] is >= 0 and <= int.MaxValue) || !(fit[1] >= 0) || !(fit[2] >= 0))
        {
            throw lines.Wrong("a fit line is fit,POINTS,MEAN ERROR,P90 ERROR, none below 0");
        }

        double[] rates = Numbers(lines, lines.Next("rates"));
        if (rates.Length != 2 || !(rates[0] >= 0) || !(rates[1] >= 0))
        {
            throw lines.Wrong("a rates line is rates,FLOP/S,BYTES/S, none below 0");
        }

        SmoothGrid values = ReadValues(lines);
        SmoothGrid? detail = StartsGrid(lines) ? ReadValues(lines) : null;
        return new OperatorGrid(head[0], engine, head[2], head[3], precision, values, (int)fit[0], fit[1], fit[2], source)
        {
            Detail = detail,
            FlopsPerSecond = rates[0],
            BytesPerSecond = rates[1],
        };
    }

    private static bool StartsGrid(Lines lines) => (lines.Peek() ?? "").StartsWith("axis,", StringComparison.Ordinal);

    private static SmoothGrid ReadValues(Lines lines)
    {
        List<double[]> axes = [];
        long nodes = 1;
        while (axes.Count == 0 || StartsGrid(lines))
        {
            double[] axis = Numbers(lines, lines.Next("axis"));
            for (int i = 1; i < axis.Length; i++)
            {
                if (!(axis[i] > axis[i - 1]))
                {
                    throw lines.Wrong("the coordinates of an axis must rise");
                }
            }

            axes.Add(axis);
            nodes *= axis.Length;
            if (axes.Count > MostAxes || nodes > MostNodes)
            {
                throw lines.Wrong($"a grid has at most {MostAxes} axes and {MostNodes} nodes");
            }
        }

        double[] values = new double[nodes];
        int last = axes[^1].Length;
        for (int at = 0; at < values.Length; at += last)
        {
            double[] row = Numbers(lines, lines.Next(null));
            if (row.Length != last)
            {
                throw lines.Wrong($"a line of values must hold {last}, found {row.Length}");
            }

            for (int i = 0; i < last; i++)
            {
                values[at + i] = row[i] is >= short.MinValue and <= short.MaxValue && row[i] == Math.Round(row[i])
                    ? row[i] / Resolution
                    : throw lines.Wrong("a value must be a whole number of thousandths within 16 bits");
            }
        }

        return new SmoothGrid(axes, values);
    }

    private static double[] Numbers(Lines lines, string text)
    {
        double[] numbers = new double[text.AsSpan().Count(',') + 1];
        int i = 0;
        foreach (Range part in text.AsSpan().Split(','))
        {
            ReadOnlySpan<char> word = text.AsSpan()[part];
            numbers[i++] = double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number
                : throw lines.Wrong($"'{word}' is not a number");
        }

        return numbers;
    }

    /// <summary>Lines without comments and empty ones, one ahead.</summary>
    private sealed class Lines(TextReader reader)
    {
        private string? _ahead;
        private bool _isAhead;
        private int _aheadLine;
        private int _line;

        public string? Peek()
        {
            while (!_isAhead)
            {
                _ahead = reader.ReadLine();
                _aheadLine++;
                _isAhead = _ahead is null || (_ahead.Length > 0 && _ahead[0] != '#');
            }

            return _ahead;
        }

        /// <summary>The next line, without its first word and comma where one is wanted.</summary>
        public string Next(string? word)
        {
            string? line = Peek();
            _line = _aheadLine;
            _isAhead = false;
            if (line is null)
            {
                throw Wrong($"the text ends where {(word is null ? "a line of values" : $"a line '{word},...'")} should follow");
            }

            if (word is null)
            {
                return line;
            }

            return line.StartsWith(word + ",", StringComparison.Ordinal)
                ? line[(word.Length + 1)..]
                : throw Wrong($"expected a line '{word},...'");
        }

        public OperatorGridException Wrong(string problem) => new(_line, problem);
    }
}
