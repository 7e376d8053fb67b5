namespace Millwright.Serving.Search;

/// <summary>How replicas fill what is asked for: so many chips, a rate on as few as possible, or neither: whole replicas of any number.</summary>
/// <param name="ChipsAtHand">Chips at hand; null where a rate is asked for.</param>
/// <param name="RequestsPerSecond">Requests a second to be served; null where chips are at hand.</param>
/// <param name="OutputTokens">Output tokens of a request.</param>
internal readonly record struct SearchGoal(int? ChipsAtHand, double? RequestsPerSecond, double OutputTokens)
{
    /// <summary>Replicas of a size and a rate that are run.</summary>
    public int Replicas(int chips, double requestsPerSecond) => RequestsPerSecond is { } rate
        ? (int)Math.Min(1e9, Math.Max(1, Math.Ceiling(rate / requestsPerSecond - 1e-9)))
        : ChipsAtHand is { } atHand ? atHand / chips : 1;

    /// <summary>Chips that are paid for: all at hand, or those of the replicas.</summary>
    public double ChipsPaid(int chips, double requestsPerSecond) => ChipsAtHand ?? (double)chips * Replicas(chips, requestsPerSecond);

    /// <summary>Output tokens a second for each chip that is paid for: at full load, or at the rate asked for.</summary>
    public double OutputPerChip(int chips, double requestsPerSecond) =>
        (RequestsPerSecond ?? Replicas(chips, requestsPerSecond) * requestsPerSecond) * OutputTokens / ChipsPaid(chips, requestsPerSecond);

    /// <summary>Output tokens a second and chip at full load: what the frontier compares. Chips at hand that no replica uses count.</summary>
    public double OutputPerChipAtFullLoad(int chips, double requestsPerSecond) => ChipsAtHand is { } atHand
        ? atHand / chips * requestsPerSecond * OutputTokens / atHand
        : requestsPerSecond * OutputTokens / chips;
}
