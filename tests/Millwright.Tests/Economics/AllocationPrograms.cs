using CsCheck;
using Google.OrTools.LinearSolver;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

/// <summary>One allocation problem.</summary>
internal sealed record AllocationProgram(AllocationCandidate[] Candidates, double Chips, double Watts)
{
    public AllocationResult Solve() => Allocation.Solve(Candidates, Chips, Watts);

    /// <summary>A scale for errors: the most that the limits could bring.</summary>
    public double Scale => Math.Max(1e-6, Candidates.Sum(c => Math.Abs(c.UsdPerChipSecond) * Math.Min(c.DemandChips, Chips)));
}

internal static class AllocationPrograms
{
    /// <summary>Small whole numbers: equal values, equal powers, no power, no demand and no value are all common.</summary>
    public static readonly Gen<AllocationProgram> WithTies = Gen.Select(
        Gen.Select(Gen.Int[-1, 4], Gen.Int[0, 3], Gen.Int[0, 5], (v, p, d) => new AllocationCandidate(v, p, d)).Array[0, 5],
        Gen.Int[0, 12],
        Gen.Int[0, 20],
        (candidates, chips, watts) => new AllocationProgram(candidates, chips, watts));

    /// <summary>Sizes as in a plan: dollars per chip-second, kilowatts, hundreds of thousands of chips.</summary>
    public static readonly Gen<AllocationProgram> AtScale = Gen.Select(
        Gen.Select(Between(-1e-4, 2e-3), Between(200, 2500), Between(0, 2e5), (v, p, d) => new AllocationCandidate(v, p, d)).Array[1, 8],
        Between(0, 3e5),
        Between(0, 4e8),
        (candidates, chips, watts) => new AllocationProgram(candidates, chips, watts));

    /// <summary>More workloads than fit the buffers on the stack.</summary>
    public static readonly Gen<AllocationProgram> WithManyWorkloads = Gen.Select(
        Gen.Select(Between(0, 3), Between(0, 3), Between(0, 4), (v, p, d) => new AllocationCandidate(v, p, d)).Array[17, 40],
        Between(0, 60),
        Between(0, 60),
        (candidates, chips, watts) => new AllocationProgram(candidates, chips, watts));

    /// <summary>Numbers of any size, 1e-90 beside 1e9: no matter for the greedy, too hard for a solver that works to a tolerance.</summary>
    public static readonly Gen<AllocationProgram> OfAnySize = Gen.Select(
        Gen.Select(Gen.Double[-1, 5], Gen.Double[0, 2500], Gen.Double[0, 2e5], (v, p, d) => new AllocationCandidate(v, p, d)).Array[0, 20],
        Gen.Double[0, 3e5],
        Gen.Double[0, 4e8],
        (candidates, chips, watts) => new AllocationProgram(candidates, chips, watts));

    /// <summary>
    /// The optimum by GLOP, the simplex solver of OR-Tools, with its own dual prices; in units in which all numbers are near one, since its
    /// tolerances are absolute.
    /// </summary>
    public static (double Objective, double Dual) ByGlop(AllocationProgram program)
    {
        double valueUnit = program.Candidates.Select(c => Math.Abs(c.UsdPerChipSecond)).Append(1e-9).Max();
        double chipUnit = Math.Max(1e-9, program.Chips);
        double powerUnit = program.Candidates.Select(c => c.ChipWatts).Append(1e-9).Max();
        double wattLimit = program.Watts / powerUnit / chipUnit;
        using Solver solver = Solver.CreateSolver("GLOP");
        using Constraint chips = solver.MakeConstraint(double.NegativeInfinity, program.Chips / chipUnit, "chips");
        using Constraint watts = solver.MakeConstraint(double.NegativeInfinity, wattLimit, "watts");
        using Objective objective = solver.Objective();
        objective.SetMaximization();
        var variables = new Variable[program.Candidates.Length];
        for (int w = 0; w < variables.Length; w++)
        {
            AllocationCandidate candidate = program.Candidates[w];
            variables[w] = solver.MakeNumVar(0, candidate.DemandChips / chipUnit, $"x{w}");
            objective.SetCoefficient(variables[w], candidate.UsdPerChipSecond / valueUnit);
            chips.SetCoefficient(variables[w], 1);
            watts.SetCoefficient(variables[w], candidate.ChipWatts / powerUnit);
        }

        Assert.Equal(Solver.ResultStatus.OPTIMAL, solver.Solve());
        double dual = (chips.DualValue() * program.Chips / chipUnit) + (watts.DualValue() * wattLimit);
        for (int w = 0; w < variables.Length; w++)
        {
            dual += Math.Max(0, variables[w].ReducedCost()) * program.Candidates[w].DemandChips / chipUnit;
        }

        return (objective.Value() * valueUnit * chipUnit, dual * valueUnit * chipUnit);
    }

    /// <summary>
    /// The optimum by looking at every vertex: at most two workloads lie strictly between nothing and their demand, as many as there are limits drawn fully.
    /// </summary>
    public static double ByVertices(AllocationProgram program)
    {
        AllocationCandidate[] all = program.Candidates;
        double best = 0;
        if (all.Length == 0)
        {
            return best;
        }

        double[] x = new double[all.Length];
        for (int full = 0; full < 1 << all.Length; full++)
        {
            for (int i = -1; i < all.Length; i++)
            {
                for (int j = i < 0 ? -1 : i; j < all.Length; j++)
                {
                    // i < 0: none between; j == i: one between, bound by chips or by power; j > i: two, bound by both.
                    foreach (bool byPower in new[] { false, true })
                    {
                        if (TryVertex(program, full, i, j, byPower, x))
                        {
                            best = Math.Max(best, all.Select((c, w) => c.UsdPerChipSecond * x[w]).Sum());
                        }
                    }

                    if (i < 0)
                    {
                        break;
                    }
                }
            }
        }

        return best;
    }

    private static bool TryVertex(AllocationProgram program, int full, int i, int j, bool byPower, double[] x)
    {
        AllocationCandidate[] all = program.Candidates;
        double chips = program.Chips;
        double watts = program.Watts;
        for (int w = 0; w < all.Length; w++)
        {
            x[w] = w != i && w != j && (full & (1 << w)) != 0 ? all[w].DemandChips : 0;
            chips -= x[w];
            watts -= x[w] * all[w].ChipWatts;
        }

        if (i >= 0 && i == j)
        {
            x[i] = byPower ? watts / all[i].ChipWatts : chips;
        }
        else if (i >= 0)
        {
            x[j] = (watts - (all[i].ChipWatts * chips)) / (all[j].ChipWatts - all[i].ChipWatts);
            x[i] = chips - x[j];
        }

        double chipSlack = 1e-11 * (program.Chips + all.Max(c => c.DemandChips));
        double wattSlack = 1e-11 * (program.Watts + all.Max(c => c.DemandChips * c.ChipWatts));
        return all.Select((c, w) => x[w] >= -chipSlack && x[w] <= c.DemandChips + chipSlack).All(ok => ok)
            && x.Sum() <= program.Chips + chipSlack
            && all.Select((c, w) => c.ChipWatts * x[w]).Sum() <= program.Watts + wattSlack;
    }

    private static Gen<double> Between(double low, double high) => Gen.Int[0, 1_000_000].Select(i => low + ((high - low) * i / 1e6));
}
