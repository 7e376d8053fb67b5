using Millwright.Quantities;

namespace Millwright.Planning;

/// <summary>A figure of a plan: its place in the book and its value.</summary>
/// <param name="Index">Place in the book.</param>
/// <param name="Value">Value in the figure's unit; NaN where there is none.</param>
public readonly record struct Figure(int Index, double Value);

/// <summary>How one figure came about.</summary>
/// <param name="Name">Name of the figure, such as "capex.per_gw".</param>
/// <param name="Unit">Unit of the value.</param>
/// <param name="Formula">Formula in words and names; empty for an input.</param>
/// <param name="Value">The value.</param>
/// <param name="Inputs">Places in the book of the figures it was computed from.</param>
/// <param name="Input">The resolved input, for a leaf; else null.</param>
/// <param name="Recompute">Computes the value again from the values of its inputs; null for a leaf.</param>
/// <param name="Basis">Power basis, where the figure is a power or per power.</param>
/// <param name="Reason">Why there is no value, or what a reader should know; else null.</param>
public sealed record FigureNode(
    string Name,
    string Unit,
    string Formula,
    double Value,
    IReadOnlyList<int> Inputs,
    UncertainValue? Input,
    Func<double[], double>? Recompute,
    PowerBasis? Basis,
    string? Reason);

/// <summary>Gives the value of an uncertain input in one run of the plan.</summary>
/// <param name="name">Name of the input figure.</param>
/// <param name="value">The input with its range.</param>
/// <returns>The value to plan with.</returns>
public delegate double InputSampler(string name, UncertainValue value);

/// <summary>
/// The book of one run of a plan. Each figure is defined once, from figures defined before it, by a formula that the book itself evaluates: what a
/// report shows and what <c>explain</c> prints are one and the same computation. With recording on it keeps every node; without, only the values.
/// </summary>
/// <param name="sampler">Gives the value of each uncertain input.</param>
/// <param name="recording">True to keep the nodes.</param>
public sealed class FigureBook(InputSampler sampler, bool recording)
{
    private readonly List<double> _values = new(512);
    private readonly List<FigureNode> _nodes = recording ? new(512) : [];
    private readonly Dictionary<string, int> _byName = recording ? new(512, StringComparer.Ordinal) : new(0, StringComparer.Ordinal);

    /// <summary>Values by place.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>Nodes by place; empty without recording.</summary>
    public IReadOnlyList<FigureNode> Nodes => _nodes;

    /// <summary>The node with this name, or null.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <returns>The node, or null.</returns>
    public FigureNode? Find(string name) => _byName.TryGetValue(name, out int index) ? _nodes[index] : null;

    /// <summary>Enters an input.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="value">The input with its range and origin.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <returns>The figure.</returns>
    public Figure Input(string name, UncertainValue value, PowerBasis? basis = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        double sampled = sampler(name, value);
        return Add(name, value.Unit, "", sampled, [], value, null, basis, null);
    }

    /// <summary>Enters a figure computed from one other.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="unit">Unit of the value.</param>
    /// <param name="formula">Formula in words and names.</param>
    /// <param name="a">The figure it is computed from.</param>
    /// <param name="compute">The computation.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <returns>The figure.</returns>
    public Figure Define(string name, string unit, string formula, Figure a, Func<double, double> compute, PowerBasis? basis = null)
    {
        ArgumentNullException.ThrowIfNull(compute);
        return Add(name, unit, formula, compute(a.Value), recording ? [a.Index] : [], null, recording ? x => compute(x[0]) : null, basis, null);
    }

    /// <summary>Enters a figure computed from two others.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="unit">Unit of the value.</param>
    /// <param name="formula">Formula in words and names.</param>
    /// <param name="a">First figure it is computed from.</param>
    /// <param name="b">Second figure it is computed from.</param>
    /// <param name="compute">The computation.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <returns>The figure.</returns>
    public Figure Define(string name, string unit, string formula, Figure a, Figure b, Func<double, double, double> compute, PowerBasis? basis = null)
    {
        ArgumentNullException.ThrowIfNull(compute);
        return Add(
            name, unit, formula, compute(a.Value, b.Value), recording ? [a.Index, b.Index] : [], null, recording ? x => compute(x[0], x[1]) : null, basis, null);
    }

    /// <summary>Enters a figure computed from three others.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="unit">Unit of the value.</param>
    /// <param name="formula">Formula in words and names.</param>
    /// <param name="a">First figure it is computed from.</param>
    /// <param name="b">Second figure it is computed from.</param>
    /// <param name="c">Third figure it is computed from.</param>
    /// <param name="compute">The computation.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <returns>The figure.</returns>
    public Figure Define(
        string name, string unit, string formula, Figure a, Figure b, Figure c, Func<double, double, double, double> compute, PowerBasis? basis = null)
    {
        ArgumentNullException.ThrowIfNull(compute);
        return Add(
            name,
            unit,
            formula,
            compute(a.Value, b.Value, c.Value),
            recording ? [a.Index, b.Index, c.Index] : [],
            null,
            recording ? x => compute(x[0], x[1], x[2]) : null,
            basis,
            null);
    }

    /// <summary>Enters a figure computed from any number of others.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="unit">Unit of the value.</param>
    /// <param name="formula">Formula in words and names.</param>
    /// <param name="inputs">The figures it is computed from.</param>
    /// <param name="compute">The computation, from the values of the inputs in order.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <param name="reason">Why there is no value, or what a reader should know.</param>
    /// <returns>The figure.</returns>
    public Figure Define(
        string name, string unit, string formula, ReadOnlySpan<Figure> inputs, Func<double[], double> compute, PowerBasis? basis = null, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(compute);
        double[] values = ValuesOf(inputs);
        return Add(name, unit, formula, compute(values), recording ? PlacesOf(inputs) : [], null, recording ? compute : null, basis, reason);
    }

    /// <summary>Enters the sum of any number of figures.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="unit">Unit of the value.</param>
    /// <param name="formula">What is summed, in words.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <returns>The figure.</returns>
    public Figure Sum(string name, string unit, string formula, ReadOnlySpan<Figure> parts, PowerBasis? basis = null) =>
        Define(name, unit, formula, parts, static values =>
        {
            double sum = 0;
            foreach (double value in values)
            {
                sum += value;
            }

            return sum;
        }, basis);

    /// <summary>Runs an engine once, so that several figures can be entered from its result.</summary>
    /// <typeparam name="T">Result of the engine.</typeparam>
    /// <param name="inputs">The figures it is computed from.</param>
    /// <param name="run">The engine: a pure function of the values of the inputs, in order.</param>
    /// <returns>The run.</returns>
    public EngineRun<T> Run<T>(ReadOnlySpan<Figure> inputs, Func<double[], T> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        double[] values = ValuesOf(inputs);
        return new EngineRun<T>(this, recording ? PlacesOf(inputs) : [], run, run(values));
    }

    internal Figure AddFromRun<T>(string name, string unit, string formula, EngineRun<T> run, Func<T, double> select, PowerBasis? basis, string? reason) =>
        Add(name, unit, formula, select(run.Result), run.Places, null, recording ? x => select(run.Engine(x)) : null, basis, reason);

    private static double[] ValuesOf(ReadOnlySpan<Figure> inputs)
    {
        double[] values = new double[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            values[i] = inputs[i].Value;
        }

        return values;
    }

    private static int[] PlacesOf(ReadOnlySpan<Figure> inputs)
    {
        int[] places = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            places[i] = inputs[i].Index;
        }

        return places;
    }

    private Figure Add(
        string name,
        string unit,
        string formula,
        double value,
        int[] inputs,
        UncertainValue? input,
        Func<double[], double>? recompute,
        PowerBasis? basis,
        string? reason)
    {
        int index = _values.Count;
        _values.Add(value);
        if (recording)
        {
            if (!_byName.TryAdd(name, index))
            {
                throw new InvalidOperationException($"The figure {name} is defined twice.");
            }

            _nodes.Add(new FigureNode(name, unit, formula, value, inputs, input, recompute, basis, reason));
        }

        return new Figure(index, value);
    }
}

/// <summary>One run of an engine inside a book.</summary>
/// <typeparam name="T">Result of the engine.</typeparam>
public sealed class EngineRun<T>
{
    private readonly FigureBook _book;

    internal EngineRun(FigureBook book, int[] places, Func<double[], T> engine, T result)
    {
        _book = book;
        Places = places;
        Engine = engine;
        Result = result;
    }

    /// <summary>What the engine returned.</summary>
    public T Result { get; }

    internal int[] Places { get; }

    internal Func<double[], T> Engine { get; }

    /// <summary>Enters one figure of the result.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="unit">Unit of the value.</param>
    /// <param name="formula">How the engine gets it, in words.</param>
    /// <param name="select">Takes the value from the result.</param>
    /// <param name="basis">Power basis, if any.</param>
    /// <param name="reason">Why there is no value, or what a reader should know.</param>
    /// <returns>The figure.</returns>
    public Figure Output(string name, string unit, string formula, Func<T, double> select, PowerBasis? basis = null, string? reason = null) =>
        _book.AddFromRun(name, unit, formula, this, select, basis, reason);
}
