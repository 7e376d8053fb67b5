namespace Millwright.Planning;

/// <summary>One run of the chain: the book of its figures and, where it was recorded, the detail that reports show.</summary>
/// <param name="Book">The figures.</param>
/// <param name="SharedFigures">Number of figures that every run has; those after them are of a recorded run only and have no range.</param>
/// <param name="Series">Series over months; empty without recording.</param>
/// <param name="Checks">Checks of the run on itself; empty without recording.</param>
/// <param name="Workloads">What each workload gets and makes; empty without recording.</param>
public sealed record PlanRun(
    FigureBook Book, int SharedFigures, IReadOnlyList<PlanSeries> Series, IReadOnlyList<PlanCheck> Checks, IReadOnlyList<PlanWorkload> Workloads);
