using Millwright.Models;

namespace Millwright.Tests.Models;

public sealed class SpeculativeDecodingTests
{
    [Theory]

    // (1 - a^(d+1)) / (1 - a)
    [InlineData(0, 0.7, 1)]
    [InlineData(1, 0.85, 1.85)]
    [InlineData(3, 0.5, 1.875)]
    [InlineData(4, 0, 1)]
    [InlineData(4, 1, 5)]
    public void A_step_gains_the_geometric_sum_of_acceptance(int drafts, double acceptance, double tokens)
    {
        var speculation = new SpeculativeDecoding(drafts, acceptance);

        Assert.Equal(tokens, speculation.TokensPerStep, 12);
        Assert.Equal(drafts + 1, speculation.VerifiedTokens);
    }

    [Theory]
    [InlineData(1, 0.85)]
    [InlineData(3, 0.62)]
    [InlineData(5, 0.01)]
    [InlineData(2, 0.999)]
    public void Acceptance_is_found_again_from_the_tokens_gained(int drafts, double acceptance) =>
        Assert.Equal(acceptance, SpeculativeDecoding.AcceptanceOf(drafts, new SpeculativeDecoding(drafts, acceptance).TokensPerStep), 1e-12);

    [Fact]
    public void Impossible_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpeculativeDecoding(-1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpeculativeDecoding(1, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpeculativeDecoding(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpeculativeDecoding.AcceptanceOf(2, 3.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpeculativeDecoding.AcceptanceOf(2, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpeculativeDecoding.AcceptanceOf(0, 1));
    }
}
