using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Tokens that a step makes of a request whose next tokens are drafted (speculative decoding, multi-token prediction): one, and those of the draft that are accepted.
/// In the mean of each request by default: after n steps ⌊n (1 + accepted)⌋ tokens. Or drawn: each token of the draft is accepted with one chance while those before it were,
/// the chance at which the mean is the one stated.
/// </summary>
public sealed class DraftedTokens
{
    // a mean is held in whole parts of a token, so that no sum is rounded
    private const long PartsOfToken = 1 << 20;

    private static readonly ulong s_draft = RandomStream.KeyOf("simulator.draft");

    private readonly long _parts;
    private readonly double _chance;
    private readonly RandomStream _random;

    /// <summary>Sets up drafts.</summary>
    /// <param name="drafted">Draft length and mean number of accepted tokens.</param>
    /// <param name="seed">Seed of drawn acceptance; null for the mean.</param>
    /// <exception cref="ArgumentOutOfRangeException">No draft, or more accepted than drafted.</exception>
    public DraftedTokens(Speculation drafted, ulong? seed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drafted.DraftTokens, 1, nameof(drafted));
        ArgumentOutOfRangeException.ThrowIfNegative(drafted.AcceptedTokens, nameof(drafted));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drafted.AcceptedTokens, drafted.DraftTokens, nameof(drafted));
        Drafted = drafted;
        IsDrawn = seed is not null;
        _parts = (long)Math.Round((1 + drafted.AcceptedTokens) * PartsOfToken);
        _random = new RandomStream(seed ?? 0);
        _chance = ChanceOf(drafted);
    }

    /// <summary>Draft length and mean number of accepted tokens.</summary>
    public Speculation Drafted { get; }

    /// <summary>True when acceptance is drawn.</summary>
    public bool IsDrawn { get; }

    /// <summary>Tokens that a request makes in a step.</summary>
    /// <param name="request">The request.</param>
    /// <param name="step">Its decode steps before this one.</param>
    /// <returns>Tokens, at least 1.</returns>
    public int Made(int request, long step)
    {
        if (!IsDrawn)
        {
            return (int)((step + 1) * _parts / PartsOfToken - step * _parts / PartsOfToken);
        }

        // one draw for the whole draft: the chance that n tokens or more are accepted is the chance of one to the n
        double drawn = _random.Uniform(s_draft ^ RandomStream.Mix((ulong)request), step);
        int accepted = 0;
        double chance = _chance;
        while (accepted < Drafted.DraftTokens && drawn < chance)
        {
            accepted++;
            chance *= _chance;
        }

        return 1 + accepted;
    }

    /// <summary>Decode steps that a request takes for so many tokens.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <returns>Steps.</returns>
    public long StepsFor(int request, int tokens)
    {
        if (!IsDrawn)
        {
            return (tokens * PartsOfToken + _parts - 1) / _parts;
        }

        long steps = 0;
        for (long made = 0; made < tokens; steps++)
        {
            made += Made(request, steps);
        }

        return steps;
    }

    // c + c^2 + ... + c^n is the mean of accepted tokens
    private static double ChanceOf(Speculation drafted)
    {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            double sum = 0;
            double power = 1;
            for (int n = 0; n < drafted.DraftTokens; n++)
            {
                power *= middle;
                sum += power;
            }

            (low, high) = sum < drafted.AcceptedTokens ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
