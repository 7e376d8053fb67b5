using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Planning.Stages;

/// <summary>When the site gets power, and how it fills.</summary>
internal readonly record struct ScheduleFigures(
    Figure Construction, Figure GridWait, Figure TransformerLead, Figure OrderedAhead, Figure Ramp, BuildSchedule Schedule)
{
    /// <summary>The inputs that make the schedule, in the order that <see cref="ScheduleStage.Of"/> reads them.</summary>
    public Figure[] Inputs => [Construction, GridWait, TransformerLead, OrderedAhead, Ramp];
}

/// <summary>From lead times to first power and full power.</summary>
internal sealed class ScheduleStage(ScenarioInput scenario, InputResolver inputs)
{
    private readonly UncertainValue _construction =
        inputs.Resolve("facility.construction_time", QuantityKind.Duration, scenario.Facility.ConstructionTime, "build-shell", least: 0).Value;

    private readonly UncertainValue _gridWait =
        inputs.Resolve("facility.grid_wait", QuantityKind.Duration, scenario.Facility.GridWait, inputs.Location.GridWait, least: 0).Value;

    private readonly UncertainValue _transformerLead =
        inputs.Resolve("facility.transformer_lead", QuantityKind.Duration, scenario.Facility.TransformerLead, "lead-substation-xfmr-2026", least: 0).Value;

    private readonly UncertainValue _orderedAhead =
        inputs.Resolve("facility.ordered_ahead", QuantityKind.Duration, scenario.Facility.OrderedAhead, least: 0).Value;

    private readonly UncertainValue _ramp = inputs.Resolve("facility.ramp_time", QuantityKind.Duration, scenario.Facility.RampTime, least: 0).Value;

    /// <summary>The schedule from its five times, s.</summary>
    public static BuildSchedule Of(ReadOnlySpan<double> seconds) => BuildSchedule.Plan(seconds[0], seconds[1], seconds[2], seconds[3], seconds[4]);

    public ScheduleFigures Run(FigureBook book)
    {
        Figure construction = book.Input("facility.construction_time", _construction);
        Figure grid = book.Input("facility.grid_wait", _gridWait);
        Figure transformers = book.Input("facility.transformer_lead", _transformerLead);
        Figure ahead = book.Input("facility.ordered_ahead", _orderedAhead);
        Figure ramp = book.Input("facility.ramp_time", _ramp);
        EngineRun<BuildSchedule> run = book.Run([construction, grid, transformers, ahead, ramp], static x => Of(x));
        run.Output(
            "schedule.first_power",
            "months",
            "greatest of construction, grid wait less ordered ahead, transformers less ordered ahead; from ground-break",
            static s => s.FirstPowerMonths,
            reason: "waits for " + WaitsFor(run.Result.CriticalPath));
        run.Output("schedule.full_power", "months", "first power + ramp, in whole halls a month", static s => s.FullPowerMonths);
        return new ScheduleFigures(construction, grid, transformers, ahead, ramp, run.Result);
    }

    private static string WaitsFor(CriticalPath path) => path switch
    {
        CriticalPath.Construction => "construction",
        CriticalPath.GridConnection => "the grid connection",
        _ => "the substation transformers",
    };
}
