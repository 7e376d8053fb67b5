namespace Millwright.Performance;

/// <summary>How a replica spreads a model over its chips.</summary>
public enum ReplicaSpread
{
    /// <summary>Every product is cut over all chips (TP); each block ends in an all-reduce.</summary>
    Tensor,

    /// <summary>Each chip serves its own sequences through a whole copy of attention (attention-DP); routed experts are spread (EP) and tokens sent
    /// to them.</summary>
    Expert,
}

/// <summary>A replica: how a model is spread, and over how many chips of one scale-up domain.</summary>
/// <param name="Spread">How.</param>
/// <param name="Chips">Chips, at least 1.</param>
public readonly record struct ReplicaLayout(ReplicaSpread Spread, int Chips)
{
    /// <summary>Ranks that serve sequences of their own: 1 under tensor parallelism, one a chip with spread experts.</summary>
    public int SequenceRanks => Spread == ReplicaSpread.Expert ? Chips : 1;
}
