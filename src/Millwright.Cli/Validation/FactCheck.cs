namespace Millwright.Cli.Validation;

/// <summary>What a check proves when it holds.</summary>
internal enum FactKind
{
    /// <summary>A formula of ours gives the outside result from the outside inputs.</summary>
    Formula,

    /// <summary>The whole chain, set to the inputs of a study, ends where the study ends: nothing is dropped or counted twice.</summary>
    Chain,

    /// <summary>Our own inputs and method meet an outside figure that went into neither.</summary>
    Independent,
}

/// <summary>One check against a figure that nobody here made.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Kind">What it proves.</param>
/// <param name="Unit">Inside unit of both values.</param>
/// <param name="Expected">The outside figure.</param>
/// <param name="Tolerance">How far ours may lie from it.</param>
/// <param name="Reached">Our figure; NaN where the product gave none.</param>
/// <param name="Source">Whose figure it is, and its date.</param>
internal sealed record FactCheck(string Name, FactKind Kind, string Unit, double Expected, FactTolerance Tolerance, double Reached, string Source)
{
    /// <summary>True when our figure lies within the tolerance.</summary>
    public bool Holds => Tolerance.Holds(Expected, Reached);
}
