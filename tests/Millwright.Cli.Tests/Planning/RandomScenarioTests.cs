using System.Reflection;
using CsCheck;
using Millwright.Applications;
using Millwright.Economics;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Cli.Tests.Planning;

/// <summary>Any valid scenario is answered: the ledgers close, or a typed message says which key to state.</summary>
public sealed class RandomScenarioTests
{
    private const double WidestFactor = 1e6;

    // The engine steps by months: a plan of thousands of years is a question of patience, not of correctness.
    private const double LongestSeconds = 60 * 31_536_000.0;

    [Fact]
    public void Any_valid_scenario_is_answered_and_its_ledgers_close()
    {
        ScenarioInput scenario = Chain.Scenario("gigawatt");
        int planned = 0;
        Scenarios(scenario).Holds(
            s =>
            {
                try
                {
                    PlanRun run = Chain.Run(s);
                    run.AssertSound();
                    Interlocked.Increment(ref planned);
                }
                catch (MissingInputException missing)
                {
                    Assert.NotEqual("", missing.Key);
                    Assert.NotEqual("", missing.Message);
                }
            },
            iter: 300);
        Assert.True(planned > 100, $"{planned} of 300 planned");
    }

    // Numbers within their limits: some keys stated, spread over decades where the limits allow it, and the extremes themselves now and then.
    private static Gen<ScenarioInput> Scenarios(ScenarioInput start) => Gen.Select(Gen.Double[0, 1].Array[160], Gen.Bool, Gen.Int[0, 5]).Select((dice, tokens, workloads) =>
    {
        int next = 0;
        double Throw() => dice[next++ % dice.Length];
        object Change(object section)
        {
            object copy = section.GetType().GetMethod("<Clone>$")!.Invoke(section, null)!;
            foreach (PropertyInfo property in section.GetType().GetProperties())
            {
                if (property.PropertyType == typeof(Amount) && property.GetCustomAttribute<InputAttribute>() is { Kind: { } kind } input)
                {
                    (double choose, double size) = (Throw(), Throw());
                    if (choose < 0.25)
                    {
                        property.SetValue(copy, Number(input, kind, size, property.GetValue(section) as Amount));
                    }
                }
            }

            return copy;
        }

        ScenarioInput changed = start with
        {
            Site = (Millwright.Infrastructure.SiteInput)Change(start.Site),
            Energy = (Millwright.Energy.EnergyInput)Change(start.Energy),
            Chips = (Millwright.Chips.ChipsInput)Change(start.Chips),
            Network = (Millwright.Infrastructure.NetworkInput)Change(start.Network),
            Facility = (Millwright.Infrastructure.FacilityInput)Change(start.Facility),
            Economics = (EconomicsInput)Change(start.Economics),
            Finance = (Millwright.Finance.FinanceInput)Change(start.Finance),
            Revenue = (RevenueInput)Change(start.Revenue) with { Mode = tokens ? RevenueMode.Tokens : RevenueMode.Contract },
            Workloads = [.. start.Workloads.Take(workloads).Select(w => (WorkloadInput)Change(w))],
        };
        return changed;
    });

    private static Amount Number(InputAttribute input, QuantityKind kind, double size, Amount? before)
    {
        double most = double.IsFinite(input.Max) ? input.Max : 1e12;
        double least = double.IsFinite(input.Min) ? input.Min : -most;
        if (kind == QuantityKind.Duration)
        {
            most = Math.Min(most, LongestSeconds);
        }

        double value = size < 0.05
            ? least
            : size > 0.95
                ? most
                : before is { Mid: > 0 } known && size < 0.7
                    ? known.Mid * Math.Pow(10, (4 * size) - 1.6)
                    : least > 0 && most / least > 100
                        ? least * Math.Pow(Math.Min(most / least, WidestFactor * most / least), size)
                        : least + ((most - least) * Math.Pow(size, 6));
        PowerBasis? basis = input.NeedsPowerBasis ? before?.Basis ?? PowerBasis.Facility : null;
        return new Amount(Math.Clamp(value, least, most), Basis: basis);
    }
}
