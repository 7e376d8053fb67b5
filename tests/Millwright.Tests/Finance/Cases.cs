using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>Cases for the tests: one like a gigawatt, and random ones of every structure.</summary>
internal static class Cases
{
    public const int BuildMonths = 18;

    /// <summary>A gigawatt of 55 B$: 65 % IT, 18 months of building, five years of a contract.</summary>
    public static FinanceCase Gigawatt(double revenuePerYearUsd = 13.3e9, int operatingMonths = 60)
    {
        int months = BuildMonths + operatingMonths;
        return new FinanceCase
        {
            ItCapexUsd = During(months, 6, BuildMonths, 35.75e9 / 12),
            BuildingCapexUsd = During(months, 0, BuildMonths, 19.25e9 / BuildMonths),
            RevenueUsd = During(months, BuildMonths, months, revenuePerYearUsd / 12),
            OperatingCostUsd = During(months, BuildMonths, months, 1.5e9 / 12),
            FullPowerMonth = BuildMonths,
            BuildingResidualUsd = 19.25e9 * 15 / 20,
            Debt = new DebtTerms { AnnualRate = 0.083 },
            Equity = new EquityTerms { SupplierUsd = 10e9 },
            Tax = new TaxTerms(),
        };
    }

    public static double[] During(int months, int from, int to, double value)
    {
        double[] series = new double[months];
        Array.Fill(series, value, from, to - from);
        return series;
    }

    /// <summary>The same case with all money multiplied.</summary>
    public static FinanceCase Times(this FinanceCase finance, double factor) => finance with
    {
        ItCapexUsd = finance.ItCapexUsd.Times(factor),
        BuildingCapexUsd = finance.BuildingCapexUsd.Times(factor),
        RevenueUsd = finance.RevenueUsd.Times(factor),
        OperatingCostUsd = finance.OperatingCostUsd.Times(factor),
        ItResidualUsd = finance.ItResidualUsd * factor,
        BuildingResidualUsd = finance.BuildingResidualUsd * factor,
        Equity = finance.Equity with
        {
            SponsorCashUsd = finance.Equity.SponsorCashUsd * factor,
            SupplierUsd = finance.Equity.SupplierUsd * factor,
            OutsideLimitUsd = finance.Equity.OutsideLimitUsd * factor,
        },
    };

    public static double[] Times(this IReadOnlyList<double> series, double factor) => [.. series.Select(x => x * factor)];

    /// <summary>Random structures: length, split, ramp with early revenue, falling prices, odd terms, tax, limits, late capex and lumpy operation.</summary>
    public static Gen<FinanceCase> Any { get; } = Gen.Select(Gen.Int[1, 30], Gen.Int[1, 100], Gen.Int[0, int.MaxValue], Gen.Double[6, 11]).Select(Build);

    private static FinanceCase Build(int full, int operating, int seed, double logCost)
    {
        Millwright.Numerics.RandomStream stream = new((ulong)seed);
        ulong next = 0;
        double Between(double low, double high) => low + ((high - low) * stream.Uniform(next++, 0));
        int months = full + operating;
        double cost = Math.Pow(10, logCost);
        double itShare = Between(0, 1);
        double[] it = new double[months];
        double[] building = new double[months];
        double[] revenue = new double[months];
        double[] operatingCost = new double[months];
        double[] energised = new double[months];
        double weights = 0;
        for (int m = 0; m < full; m++)
        {
            double weight = Between(0.01, 1);
            weights += weight;
            it[m] = weight;
            building[m] = weight;
        }

        for (int m = 0; m < full; m++)
        {
            it[m] *= cost * itShare / weights;
            building[m] *= cost * (1 - itShare) / weights;
        }

        int ramp = (int)Between(0, Math.Min(full, 8) + 0.99);
        for (int m = full - ramp; m <= full; m++)
        {
            energised[m] = 1.0 / (ramp + 1);
        }

        double yield = Between(0.05, 0.6);
        double priceChange = Between(-0.2, 0.05);
        double costShare = Between(0, 0.7);
        double noise = Between(0, 1) < 0.3 ? Between(0, 1.5) : 0;
        double inService = 0;
        for (int m = 0; m < months; m++)
        {
            inService += energised[m];
            revenue[m] = inService * cost * yield / 12 * Math.Pow(1 + priceChange, m / 12.0) * (1 + (noise * Between(-1, 1)));
            operatingCost[m] = inService * cost * yield * costShare / 12;
        }

        if (Between(0, 1) < 0.2)
        {
            it[(int)Between(full, months - 0.01)] += 0.05 * cost;
        }

        return new FinanceCase
        {
            ItCapexUsd = it,
            BuildingCapexUsd = building,
            RevenueUsd = revenue,
            OperatingCostUsd = operatingCost,
            FullPowerMonth = full,
            EnergisedShare = Between(0, 1) < 0.8 ? energised : null,
            ItResidualUsd = Between(0, 0.1) * cost * itShare,
            BuildingResidualUsd = Between(0, 1) * cost * (1 - itShare),
            ItBookLifeMonths = (int)Between(12, 100),
            BuildingBookLifeMonths = (int)Between(60, 400),
            Debt = new DebtTerms
            {
                LoanToCost = Between(0, 1) < 0.1 ? 0 : Between(0.1, 0.95),
                Dscr = Between(1, 2.5),
                AnnualRate = Between(0, 0.15),
                TermMonths = (int)Between(1, 120),
                UpfrontFee = Between(0, 0.03),
                CommitmentFee = Between(0, 0.01),
            },
            Equity = new EquityTerms
            {
                SponsorCashUsd = Between(0, 1) < 0.5 ? 0 : Between(0, 0.5) * cost,
                SupplierUsd = Between(0, 1) < 0.3 ? 0 : Between(0, 0.5) * cost,
                OutsideLimitUsd = Between(0, 1) < 0.6 ? null : Between(0, 0.6) * cost,
            },
            Tax = new TaxTerms
            {
                NationalRate = Between(0, 0.35),
                StateRate = Between(0, 0.1),
                ItBonusShare = Between(0, 1),
                BuildingLifeMonths = (int)Between(60, 480),
                LossUse = Between(0.5, 1),
            },
        };
    }
}
