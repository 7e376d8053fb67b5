using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>Cases C3 and C4: computed in 50-digit decimal arithmetic, apart from this program.</summary>
public sealed class ConstructionFundingTests
{
    private static readonly ConstructionTerms Terms = new(0.0875 / 12, 0.0075 / 12, 0.02);
    private static readonly double[] Draws = [0, .. Enumerable.Repeat(1e9 / 12, 12)];
    private static readonly double[] Cash = [310e6, 335e6, 322e6, 287e6, 241e6];

    [Fact]
    public void ReferenceCaseC3GearingBinds()
    {
        FundedConstruction built = ConstructionFunding.Solve(Draws, Terms, 0.7, SculptedDebt.Size(Cash, 1.35, 0.09).PrincipalUsd);
        Assert.False(built.CapacityBinds);
        Agreement.Usd(1047214785.14, built.TotalUsd);
        Agreement.Usd(733050349.60, built.DebtUsd);
        Agreement.Usd(314164435.54, built.EquityUsd);
        Agreement.Usd(14661006.99, built.UpfrontFeeUsd);
        Agreement.Usd(29592391.20, built.InterestUsd);
        Agreement.Usd(2961386.95, built.CommitmentFeeUsd);
        Agreement.Usd(733050349.60, built.DebtBalanceUsd[^1]);
    }

    [Fact]
    public void ReferenceCaseC4CoverBinds()
    {
        double capacity = SculptedDebt.Size(Cash, 1.6, 0.09).PrincipalUsd;
        FundedConstruction built = ConstructionFunding.Solve(Draws, Terms, 0.95, capacity);
        Assert.True(built.CapacityBinds);
        Agreement.Usd(734350654.83, capacity);
        Agreement.Usd(1047298844.53, built.TotalUsd);
        Agreement.Rate(0.70118540, built.DebtUsd / built.TotalUsd);
        Agreement.Usd(734350654.83, built.DebtUsd);
        Agreement.Usd(312948189.70, built.EquityUsd);
        Agreement.Usd(14687013.10, built.UpfrontFeeUsd);
        Agreement.Usd(29645220.41, built.InterestUsd);
        Agreement.Usd(2966611.02, built.CommitmentFeeUsd);
        Agreement.Usd(734350654.83, built.DebtBalanceUsd[^1]);
    }

    [Fact]
    public void WhatIsFundedIsWhatItCosts()
        => Gen.Select(Gen.Double[0, 1e9].Array[1, 48], Gen.Double[0, 0.015], Gen.Double[0, 0.001], Gen.Double[0, 0.05], Gen.Double[0, 1]).Holds(
            (cost, rate, commitment, fee, gearing) =>
            {
                FundedConstruction built = ConstructionFunding.Solve(cost, new ConstructionTerms(rate, commitment, fee), gearing, 1e15);
                double parts = cost.Sum() + built.InterestUsd + built.UpfrontFeeUsd + built.CommitmentFeeUsd;
                Assert.Equal(parts, built.TotalUsd, 1e-9 * parts);
                Assert.Equal(gearing * built.TotalUsd, built.DebtBalanceUsd[^1], 1e-9 * parts);
            });

    [Fact]
    public void FeesThatOutgrowTheCostHaveNoAnswer()
        => Assert.Throws<InvalidOperationException>(() =>
            ConstructionFunding.Solve([.. Enumerable.Repeat(1e6, 60)], new ConstructionTerms(0.2, 0, 0.05), 0.95, 1e300));
}
