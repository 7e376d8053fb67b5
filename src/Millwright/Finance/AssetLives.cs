namespace Millwright.Finance;

/// <summary>Tax and book depreciation per dollar of cost funded by the sources, and of the late capex; made once per case.</summary>
internal sealed class AssetLives
{
    private static readonly double[] FiveYear = Depreciation.MacrsHalfYear(5, 2);

    /// <summary>Tax deduction by tax year per dollar of IT funded by the sources.</summary>
    public double[] ItTax { get; }

    /// <summary>Tax deduction by tax year per dollar of building funded by the sources.</summary>
    public double[] BuildingTax { get; }

    /// <summary>Tax deduction by tax year of late capex, USD.</summary>
    public double[] LateTax { get; }

    /// <summary>Late capex not yet deducted at the end, USD.</summary>
    public double LateTaxLeft { get; }

    /// <summary>Share of the IT funded by the sources not yet deducted at the end.</summary>
    public double ItTaxLeft { get; }

    /// <summary>Share of the building funded by the sources not yet deducted at the end.</summary>
    public double BuildingTaxLeft { get; }

    private readonly double[] itBook;
    private readonly double[] buildingBook;
    private readonly double[] lateBook;

    public AssetLives(FinanceCase finance, double[] energised, double[] itCapex, double[] buildingCapex, int years)
    {
        int months = energised.Length;
        int full = finance.FullPowerMonth;
        double bonus = finance.Tax.ItBonusShare;
        double[] lateIt = new double[months];
        double[] lateBuilding = new double[months];
        for (int m = full; m < months; m++)
        {
            lateIt[m] = itCapex[m];
            lateBuilding[m] = buildingCapex[m];
        }

        ItTax = new double[years];
        BuildingTax = new double[years];
        LateTax = new double[years];
        AddFiveYear(energised, bonus, ItTax);
        AddFiveYear(lateIt, bonus, LateTax);
        AddMidMonth(energised, finance.Tax.BuildingLifeMonths, BuildingTax);
        AddMidMonth(lateBuilding, finance.Tax.BuildingLifeMonths, LateTax);
        ItTaxLeft = 1 - ItTax.Sum();
        BuildingTaxLeft = 1 - BuildingTax.Sum();
        LateTaxLeft = lateIt.Sum() + lateBuilding.Sum() - LateTax.Sum();

        itBook = new double[months];
        buildingBook = new double[months];
        lateBook = new double[months];
        AddStraightLine(energised, finance.ItBookLifeMonths, itBook);
        AddStraightLine(energised, finance.BuildingBookLifeMonths, buildingBook);
        AddStraightLine(lateIt, finance.ItBookLifeMonths, lateBook);
        AddStraightLine(lateBuilding, finance.BuildingBookLifeMonths, lateBook);
    }

    /// <summary>Book depreciation of a month, USD.</summary>
    public double Book(int month, double itCostUsd, double buildingCostUsd)
        => (itCostUsd * itBook[month]) + (buildingCostUsd * buildingBook[month]) + lateBook[month];

    private static void AddFiveYear(double[] placed, double bonus, double[] deductions)
    {
        for (int m = 0; m < placed.Length; m++)
        {
            if (placed[m] == 0)
            {
                continue;
            }

            int first = m / 12;
            deductions[first] += placed[m] * bonus;
            for (int age = 0; age < FiveYear.Length && first + age < deductions.Length; age++)
            {
                deductions[first + age] += placed[m] * (1 - bonus) * FiveYear[age];
            }
        }
    }

    // Straight line from the middle of the month in which an asset is placed in service.
    private static void AddMidMonth(double[] placed, int lifeMonths, double[] deductions)
    {
        double inService = 0;
        for (int m = 0; m < placed.Length; m++)
        {
            double before = inService;
            inService += placed[m] - (m >= lifeMonths ? placed[m - lifeMonths] : 0);
            deductions[m / 12] += 0.5 * (before + inService) / lifeMonths;
        }
    }

    private static void AddStraightLine(double[] placed, int lifeMonths, double[] depreciation)
    {
        double inService = 0;
        for (int m = 0; m < placed.Length; m++)
        {
            inService += placed[m] - (m >= lifeMonths ? placed[m - lifeMonths] : 0);
            depreciation[m] += inService / lifeMonths;
        }
    }
}
