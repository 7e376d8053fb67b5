namespace Millwright.Models;

/// <summary>
/// Speculative decoding: drafts that one step of the model verifies together (Leviathan et al., arXiv 2211.17192). Drafts come from the model's own
/// <see cref="ModelArchitecture.DraftLayers"/> or from another model.
/// </summary>
/// <param name="DraftTokens">Tokens drafted for each sequence and step, at least 0.</param>
/// <param name="Acceptance">Chance that the model accepts a draft when it has accepted those before it, from 0 to 1.</param>
/// <param name="DraftModel">The model that drafts; null for the model's own modules.</param>
public sealed record SpeculativeDecoding(int DraftTokens, double Acceptance, ModelArchitecture? DraftModel = null)
{
    /// <summary>Tokens drafted for each sequence and step.</summary>
    public int DraftTokens { get; } = DraftTokens >= 0
        ? DraftTokens
        : throw new ArgumentOutOfRangeException(nameof(DraftTokens), DraftTokens, "must be at least 0");

    /// <summary>Chance that the model accepts a draft when it has accepted those before it.</summary>
    public double Acceptance { get; } = Acceptance is >= 0 and <= 1
        ? Acceptance
        : throw new ArgumentOutOfRangeException(nameof(Acceptance), Acceptance, "must be from 0 to 1");

    /// <summary>Tokens of each sequence that one step verifies: its own and the drafts.</summary>
    public int VerifiedTokens => 1 + DraftTokens;

    /// <summary>
    /// Mean tokens that a sequence gains in one step: (1 - a^(d+1)) / (1 - a), with acceptance a and d drafts (arXiv 2211.17192, equation 1); d + 1
    /// when each draft is accepted.
    /// </summary>
    public double TokensPerStep => TokensOf(DraftTokens, Acceptance);

    /// <summary>The acceptance at which a step gains a mean number of tokens: the inverse of <see cref="TokensPerStep"/>.</summary>
    /// <param name="draftTokens">Tokens drafted for each step, at least 1.</param>
    /// <param name="tokensPerStep">Mean tokens gained in a step, from 1 to <paramref name="draftTokens"/> + 1.</param>
    /// <returns>The acceptance, from 0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double AcceptanceOf(int draftTokens, double tokensPerStep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draftTokens, 1);
        if (!(tokensPerStep >= 1 && tokensPerStep <= draftTokens + 1))
        {
            throw new ArgumentOutOfRangeException(nameof(tokensPerStep), tokensPerStep, $"must be from 1 to {draftTokens + 1}");
        }

        // the mean grows strictly with the acceptance, from 1 to d + 1: halving closes on the last bit
        double low = 0, high = 1;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = TokensOf(draftTokens, middle) < tokensPerStep ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    // the geometric sum 1 + a + ... + a^d itself, which keeps its digits near a = 1
    private static double TokensOf(int draftTokens, double acceptance)
    {
        double sum = 1, power = 1;
        for (var i = 0; i < draftTokens; i++)
        {
            power *= acceptance;
            sum += power;
        }

        return sum;
    }
}
