using Millwright.Chips;
using Millwright.Models;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>A layout at a precision, compiled.</summary>
/// <param name="Step">Its step at the least token budget.</param>
internal sealed record CompiledDeployment(StepModel Step)
{
    public ParallelLayout Layout => Step.Deployment.Layout;

    public PrecisionPlan Precision => Step.Deployment.Precision;
}

/// <summary>All deployments of one model on one chip whose weights fit, compiled once: request lengths and limits do not matter to them.</summary>
internal sealed class CompiledDeployments
{
    private CompiledDeployments(ModelArchitecture model, SearchChip chip, List<ParallelLayout> layouts, IReadOnlyList<PrecisionPlan> precisions, IReadOnlyList<CompiledDeployment> fitting, StepCurveCache curves)
    {
        Model = model;
        Chip = chip;
        Layouts = layouts;
        Precisions = precisions;
        Fitting = fitting;
        Curves = curves;
    }

    public ModelArchitecture Model { get; }

    public SearchChip Chip { get; }

    public IReadOnlyList<ParallelLayout> Layouts { get; }

    public IReadOnlyList<PrecisionPlan> Precisions { get; }

    public IReadOnlyList<CompiledDeployment> Fitting { get; }

    /// <summary>Curves that all deployments share.</summary>
    public StepCurveCache Curves { get; }

    public static CompiledDeployments Make(
        ModelArchitecture model, SearchChip chip, IReadOnlyList<PrecisionPlan> precisions, int mostChips, SearchSpace space, int draftTokens, int threads, double skew = ExpertLoad.UsualSkew)
    {
        int chips = space.AcrossDomains ? mostChips : Math.Min(mostChips, chip.Peaks.ScaleUpDomain);
        List<ParallelLayout> layouts = LayoutOptions.All(model, chips, space.MostPipelineStages, space.Apart || space.Split ? space.MostContextWays : 1);
        if (space.PureLayouts)
        {
            layouts.RemoveAll(static l => l.AttentionRanks > 1 ? l.TensorWays > 1 || l.ExpertWays != l.AttentionRanks : l.ExpertWays > 1);
        }

        List<Deployment> fitting = [];
        foreach (PrecisionPlan precision in precisions)
        {
            foreach (ParallelLayout layout in layouts)
            {
                Deployment deployment = new(model, chip.System, layout, precision, chip.SettingsOf(layout.TensorWays, space.TokenBudgets[0])) { RoutingSkew = skew };
                if (MemoryPlanner.Plan(deployment, chip.Peaks).Fits)
                {
                    fitting.Add(deployment);
                }
            }
        }

        StepCurveCache cache = new();
        CompiledDeployment[] compiled = new CompiledDeployment[fitting.Count];
        Parallel.For(0, compiled.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => compiled[i] = new CompiledDeployment(chip.Compile(fitting[i], draftTokens, cache)));
        return new CompiledDeployments(model, chip, layouts, precisions, compiled, cache);
    }
}
