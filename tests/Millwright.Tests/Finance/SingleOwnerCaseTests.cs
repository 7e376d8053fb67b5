using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>
/// A yearly project put together from the kernel, against the cash flows that NREL's System Advisor Model core (ssc, snapshot e97a19f of 2025-06-04, BSD-3)
/// gives for the same inputs: sculpted term loan, reserves, two levels of tax, five-year depreciation.
/// </summary>
public sealed class SingleOwnerCaseTests
{
    [Fact]
    public void AgreesWithTheSystemAdvisorModelToOnePartInAMillion()
    {
        const int Years = 7;
        double[] revenue = new double[Years + 1];
        double[] costs = new double[Years + 1];
        double[] ebitda = new double[Years + 1];
        for (int y = 1; y <= Years; y++)
        {
            revenue[y] = (876e6 * 1.20 * Math.Pow(0.95, y - 1)) + (y == Years ? 320e6 : 0);
            costs[y] = (180e6 + 16e6) * Math.Pow(1.025, y - 1);
            ebitda[y] = revenue[y] - costs[y];
        }

        LoanSchedule loan = SculptedDebt.Size(ebitda.AsSpan(1, 5), 1.35, 0.09);
        Close(2173643211.24, loan.PrincipalUsd);
        Close(434836319.02, loan.Balance[3]);
        double[] service = [0, .. loan.Payment, 0, 0, 0];
        double[] interest = [0, .. loan.Interest, 0, 0];
        double[] reserves = new double[Years + 1];
        for (int y = 0; y < Years; y++)
        {
            reserves[y] = (service[y + 1] / 2) + (costs[y + 1] / 4);
        }

        double totalCost = 3.2e9 + 120e6 + 20e6 + (0.02 * loan.PrincipalUsd) + reserves[0];
        Close(3749213604.97, totalCost);
        double[] shares = [0, .. Depreciation.MacrsHalfYear(5, 2), 0];
        double[] equity = new double[Years + 1];
        equity[0] = loan.PrincipalUsd - totalCost;
        for (int y = 1; y <= Years; y++)
        {
            double reserveInterest = 0.02 * reserves[y - 1];
            double taxable = ebitda[y] + reserveInterest - interest[y] - (3.32e9 * shares[y]);
            TaxTerms tax = new() { NationalRate = 0.21, StateRate = 0.05 };
            equity[y] = ebitda[y] + reserveInterest - service[y] - reserves[y] + reserves[y - 1] - (tax.CombinedRate * taxable);
        }

        double[] expected =
            [-1575570393.73, 248369526.83, 336117921.62, 218596743.06, 143605550.34, 351436216.40, 491186253.45, 707182148.84];
        for (int y = 0; y <= Years; y++)
        {
            Close(expected[y], equity[y]);
        }

        Close(0.10787159, CashFlowMeasures.InternalRate(equity).Rate);
        Close(5283489.15, CashFlowMeasures.NetPresentValue(equity, (1.08 * 1.025) - 1));
    }

    private static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-6 * Math.Abs(expected));
}
