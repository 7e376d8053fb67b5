namespace Millwright.Finance;

/// <summary>The series of a case as arrays, checked.</summary>
internal sealed class CaseSeries
{
    public required int Months { get; init; }

    public required double[] ItCapex { get; init; }

    public required double[] BuildingCapex { get; init; }

    public required double[] Revenue { get; init; }

    public required double[] OperatingCost { get; init; }

    public required double[] SizingRevenue { get; init; }

    public required double[] SizingOperatingCost { get; init; }

    public required double[] Energised { get; init; }

    public int Years => (Months + 11) / 12;

    public static CaseSeries Read(FinanceCase finance)
    {
        int months = finance.RevenueUsd.Count;
        CheckTerms(finance, months);
        double[] revenue = Copy(finance.RevenueUsd, months, nameof(finance.RevenueUsd), mayBeNegative: true);
        double[] operatingCost = Copy(finance.OperatingCostUsd, months, nameof(finance.OperatingCostUsd), mayBeNegative: true);
        return new CaseSeries
        {
            Months = months,
            ItCapex = Copy(finance.ItCapexUsd, months, nameof(finance.ItCapexUsd), mayBeNegative: false),
            BuildingCapex = Copy(finance.BuildingCapexUsd, months, nameof(finance.BuildingCapexUsd), mayBeNegative: false),
            Revenue = revenue,
            OperatingCost = operatingCost,
            SizingRevenue = finance.SizingRevenueUsd is null
                ? revenue
                : Copy(finance.SizingRevenueUsd, months, nameof(finance.SizingRevenueUsd), mayBeNegative: true),
            SizingOperatingCost = finance.SizingOperatingCostUsd is null
                ? operatingCost
                : Copy(finance.SizingOperatingCostUsd, months, nameof(finance.SizingOperatingCostUsd), mayBeNegative: true),
            Energised = ReadEnergised(finance, months),
        };
    }

    private static double[] ReadEnergised(FinanceCase finance, int months)
    {
        if (finance.EnergisedShare is null)
        {
            double[] atOnce = new double[months];
            atOnce[finance.FullPowerMonth] = 1;
            return atOnce;
        }

        double[] energised = Copy(finance.EnergisedShare, months, nameof(finance.EnergisedShare), mayBeNegative: false);
        double byFullPower = 0;
        for (int m = 0; m <= finance.FullPowerMonth; m++)
        {
            byFullPower += energised[m];
        }

        return Math.Abs(byFullPower - 1) <= 1e-9 && Math.Abs(energised.Sum() - 1) <= 1e-9
            ? energised
            : throw new ArgumentException("The energised shares must sum to 1 by the month of full power.", nameof(finance));
    }

    private static void CheckTerms(FinanceCase finance, int months)
    {
        string? wrong = Unless(finance.FullPowerMonth >= 1 && finance.FullPowerMonth < months, "full power must fall within the case, after month 0")
            ?? Unless(finance.ItBookLifeMonths > 0 && finance.BuildingBookLifeMonths > 0, "book lives must be above zero")
            ?? Unless(finance.Tax.BuildingLifeMonths > 0, "the tax life of the building must be above zero")
            ?? Unless(finance.Debt.LoanToCost is >= 0 and <= 1, "loan to cost must lie between 0 and 1")
            ?? Unless(finance.Debt.Dscr > 0 && double.IsFinite(finance.Debt.Dscr), "the cover ratio must be above zero")
            ?? Unless(finance.Debt.AnnualRate >= 0 && double.IsFinite(finance.Debt.AnnualRate), "the rate must not be negative")
            ?? Unless(finance.Debt.TermMonths >= 0, "the term must not be negative")
            ?? Unless(finance.Debt.UpfrontFee is >= 0 and < 1 && finance.Debt.CommitmentFee is >= 0 and < 1, "fees must lie between 0 and 1")
            ?? Unless(finance.Equity.SponsorCashUsd >= 0 && finance.Equity.SupplierUsd >= 0, "equity must not be negative")
            ?? Unless(finance.Equity.OutsideLimitUsd is null or >= 0, "the limit of outside equity must not be negative")
            ?? Unless(finance.Tax.NationalRate is >= 0 and < 1 && finance.Tax.StateRate is >= 0 and < 1, "tax rates must lie between 0 and 1")
            ?? Unless(finance.Tax.ItBonusShare is >= 0 and <= 1 && finance.Tax.LossUse is >= 0 and <= 1, "tax shares must lie between 0 and 1")
            ?? Unless(double.IsFinite(finance.ItResidualUsd) && double.IsFinite(finance.BuildingResidualUsd), "residuals must be finite");
        if (wrong is not null)
        {
            throw new ArgumentException("In a finance case " + wrong + ".", nameof(finance));
        }

        static string? Unless(bool holds, string message) => holds ? null : message;
    }

    private static double[] Copy(IReadOnlyList<double> values, int months, string name, bool mayBeNegative)
    {
        if (values.Count != months)
        {
            throw new ArgumentException($"{name} has {values.Count} months, the revenue {months}.", name);
        }

        double[] copy = new double[months];
        for (int m = 0; m < months; m++)
        {
            double value = values[m];
            copy[m] = double.IsFinite(value) && (mayBeNegative || value >= 0)
                ? value
                : throw new ArgumentException($"{name} of month {m} is {value:R}.", name);
        }

        return copy;
    }
}
