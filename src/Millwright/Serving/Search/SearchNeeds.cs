namespace Millwright.Serving.Search;

/// <summary>What a deployment must do to matter beside what is known.</summary>
/// <param name="OutputPerChip">Output tokens a second and chip above which it matters.</param>
/// <param name="JoulesPerToken">Energy for a token below which it matters, J.</param>
internal readonly record struct SearchNeeds(double OutputPerChip, double JoulesPerToken)
{
    /// <summary>All matters.</summary>
    public static SearchNeeds None => new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>True when a deployment that makes at most so much, and takes at least so much energy, may matter.</summary>
    public bool IsMet(double mostPerChip, double leastJoules) => mostPerChip > OutputPerChip || leastJoules < JoulesPerToken;
}
