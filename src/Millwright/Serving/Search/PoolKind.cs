namespace Millwright.Serving.Search;

/// <summary>How prefill and decode share chips.</summary>
public enum PoolKind
{
    /// <summary>On the same chips.</summary>
    Together,

    /// <summary>On chips of their own.</summary>
    Apart,

    /// <summary>On chips of their own, and in decode attention and feed-forward too.</summary>
    Split,
}
