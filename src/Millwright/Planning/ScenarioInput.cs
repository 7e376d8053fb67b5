using Millwright.Applications;
using Millwright.Chips;
using Millwright.Economics;
using Millwright.Energy;
using Millwright.Finance;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Planning;

/// <summary>A scenario: what is asked. Each part is the input record of one engine.</summary>
public sealed record ScenarioInput
{
    /// <summary>Name of the scenario, for people.</summary>
    [Input("Name of the scenario, for people.", Default = "unnamed")]
    public string Name { get; init; } = "unnamed";

    /// <summary>What is asked, in a sentence.</summary>
    [Input("What is asked, in a sentence.")]
    public string? Description { get; init; }

    /// <summary>Path of a scenario that this one changes, relative to this file.</summary>
    [Input("A scenario that this one is based on: only the keys given here differ.")]
    public string? BasedOn { get; init; }

    /// <summary>Year of the dollars.</summary>
    [Input("Year of the dollars.", Min = 2000, Max = 2100, Default = "2026")]
    public int BaseYear { get; init; } = 2026;

    /// <summary>Seed of the draws.</summary>
    [Input("Seed of the draws: same scenario and seed, same bits.", Min = 0, Default = "1")]
    public long Seed { get; init; } = 1;

    /// <summary>The site.</summary>
    [Input("The site.")]
    public SiteInput Site { get; init; } = new();

    /// <summary>Power price, carbon and water.</summary>
    [Input("Power price, carbon and water.")]
    public EnergyInput Energy { get; init; } = new();

    /// <summary>The chips.</summary>
    [Input("The chips.")]
    public ChipsInput Chips { get; init; } = new();

    /// <summary>The network and storage.</summary>
    [Input("The network and storage.")]
    public NetworkInput Network { get; init; } = new();

    /// <summary>The building and the schedule.</summary>
    [Input("The building and the schedule.")]
    public FacilityInput Facility { get; init; } = new();

    /// <summary>The work that is served.</summary>
    [Input("The work that is served.")]
    public IReadOnlyList<WorkloadInput> Workloads { get; init; } = [];

    /// <summary>What customers pay for.</summary>
    [Input("What customers pay for.")]
    public RevenueInput Revenue { get; init; } = new();

    /// <summary>Lives and operating costs.</summary>
    [Input("Lives and operating costs.")]
    public EconomicsInput Economics { get; init; } = new();

    /// <summary>Who pays, and on which terms.</summary>
    [Input("Who pays, and on which terms.")]
    public FinanceInput Finance { get; init; } = new();
}
