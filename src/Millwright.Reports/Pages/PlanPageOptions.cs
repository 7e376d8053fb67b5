namespace Millwright.Reports.Pages;

/// <summary>Returns at one contract price and term.</summary>
/// <param name="ContractUsdPerWattYear">Contract price, USD/(W yr), which is B$/GW-yr.</param>
/// <param name="TermYears">Term of the contract, years.</param>
/// <param name="ProjectIrr">Internal rate of return of the project, 1/yr; null where there is none.</param>
/// <param name="EquityIrr">Internal rate of return of equity, 1/yr; null where there is none.</param>
/// <param name="MinDscr">Lowest debt service cover ratio; null without debt.</param>
/// <param name="Status">What becomes of the debt, in few words; may be empty.</param>
/// <param name="IsPlanned">True for the case that the scenario states.</param>
public sealed record ReturnCase(
    double ContractUsdPerWattYear, double TermYears, double? ProjectIrr, double? EquityIrr, double? MinDscr, string Status, bool IsPlanned = false);

/// <summary>What a page says beyond the plan itself. Everything may be left out.</summary>
public sealed record PlanPageOptions
{
    /// <summary>Name of the system in full; null to show its id.</summary>
    public string? SystemName { get; init; }

    /// <summary>Name of the place in full; null to show its id.</summary>
    public string? LocationName { get; init; }

    /// <summary>The command that made the page, to be run again; null to leave out.</summary>
    public string? Command { get; init; }

    /// <summary>Returns at several contract prices and terms.</summary>
    public IReadOnlyList<ReturnCase> Returns { get; init; } = [];

    /// <summary>What to run next, as commands.</summary>
    public IReadOnlyList<string> NextSteps { get; init; } = [];
}
