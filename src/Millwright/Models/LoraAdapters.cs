using Millwright.Operators;

namespace Millwright.Models;

/// <summary>
/// Low-rank adapters (Hu et al., arXiv 2106.09685): each adapted matrix of <c>in x out</c> gains a product of <c>in x rank</c> and one of
/// <c>rank x out</c>, and a sequence uses the adapter that its request names. Routed experts are not adapted.
/// </summary>
/// <param name="Adapters">Distinct adapters among the sequences of a step, at least 0.</param>
/// <param name="Rank">Rank of each, at least 1.</param>
/// <param name="Targets">
/// Names of the projections adapted, as operators carry them ("qkv", "attention-output", "ffn-up", "ffn-down", ...); empty for every projection of
/// attention and of dense and shared feed-forwards.
/// </param>
public sealed record LoraAdapters(double Adapters, int Rank, IReadOnlyList<string> Targets)
{
    /// <summary>Distinct adapters among the sequences of a step.</summary>
    public double Adapters { get; } = Adapters >= 0 && double.IsFinite(Adapters)
        ? Adapters
        : throw new ArgumentOutOfRangeException(nameof(Adapters), Adapters, "must be at least 0 and finite");

    /// <summary>Rank of each adapter.</summary>
    public int Rank { get; } = Rank >= 1 ? Rank : throw new ArgumentOutOfRangeException(nameof(Rank), Rank, "must be at least 1");

    /// <summary>Parameters of one adapter.</summary>
    /// <param name="model">The model that it adapts.</param>
    /// <returns>Parameters.</returns>
    /// <exception cref="ArgumentException">The model has no projection of a target's name.</exception>
    public double ParametersOf(ModelArchitecture model) => Pairs(model).Sum(pair => pair.Layers * (pair.Down.MatrixParameters + pair.Up.MatrixParameters));

    /// <summary>Bytes of one adapter: 2 for each parameter.</summary>
    /// <param name="model">The model that it adapts.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="ArgumentException">The model has no projection of a target's name.</exception>
    public double WeightBytesOf(ModelArchitecture model) => ParametersOf(model) * WeightFormat.KeptBytes;

    /// <summary>
    /// Operators that the adapters add to a step in which all tokens use an adapter: two products for each adapted projection, grouped by adapter.
    /// Each distinct adapter is read once; rows are those of one adapter, taken as even.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="shape">Sequences and tokens of the step.</param>
    /// <returns>The operators; empty without adapters or tokens.</returns>
    /// <exception cref="ArgumentException">The model has no projection of a target's name.</exception>
    public IReadOnlyList<StepOperator> OperatorsOf(ModelArchitecture model, StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(model);
        var builder = new StepOperatorBuilder(
            shape, new WeightFormat(OperandPrecision.Bf16, OperandPrecision.Bf16, WeightFormat.Nvfp4Bytes), WeightFormat.KeptBytes);
        if (Adapters <= 0 || builder.Tokens <= 0)
        {
            return [];
        }

        foreach (var (down, up, layers) in Pairs(model))
        {
            builder.Adapters(down, Adapters, layers);
            builder.Adapters(up, Adapters, layers);
        }

        return builder.Operators;
    }

    // engines adapt the parts of a fused projection (query, key, value; gate, up) each with its own down matrix
    private IReadOnlyList<(Projection Down, Projection Up, double Layers)> Pairs(ModelArchitecture model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var pairs = new List<(Projection Down, Projection Up, double Layers)>();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (projection, layers) in model.LayerProjections)
        {
            if (Targets.Count == 0 ? projection.Role != WeightRole.Matrix : !Targets.Contains(projection.Name, StringComparer.Ordinal))
            {
                continue;
            }

            found.Add(projection.Name);
            var copies = projection.Copies;
            var parts = projection.Name switch
            {
                "qkv" => 3,
                "ffn-up" or "shared-expert-up" => model.GatedFeedForward ? 2 : 1,
                _ => 1,
            };
            pairs.Add((
                new Projection("lora-down-" + projection.Name, WeightRole.Kept, projection.Inputs, parts * (double)Rank, ProjectionCut.Whole, copies),
                new Projection("lora-up-" + projection.Name, WeightRole.Kept, Rank, projection.Outputs, ProjectionCut.Columns, copies),
                layers));
        }

        return Targets.FirstOrDefault(target => !found.Contains(target)) is { } missing
            ? throw new ArgumentException($"model '{model.Id}' has no projection '{missing}' to adapt", nameof(model))
            : pairs;
    }
}
