using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>One chip under one engine: compiles deployments and tells the power of its kernels. The one place where the search meets operator times and fits.</summary>
internal sealed class SearchChip
{
    private readonly OperatorTimes _times;
    private readonly EngineFactors _factors;
    private readonly EngineSettings _narrow;
    private readonly EngineSettings _wide;

    private SearchChip(SystemRecord system, OperatorTimes times, EngineFamily engine, EngineFactors factors, double powerCap)
    {
        PowerCap = powerCap;
        System = system;
        _times = times;
        _factors = factors;
        Engine = engine;
        _narrow = EngineDefaults.For(engine, "", "", times.Peaks.MemoryBytes, 1);
        _wide = EngineDefaults.For(engine, "", "", times.Peaks.MemoryBytes, 8);
    }

    public SystemRecord System { get; }

    public EngineFamily Engine { get; }

    public ChipPeaks Peaks => _times.Peaks;

    public NearestMeasuredSystem Lender => _times.Clock.Lender;

    /// <summary>What borrowed operator times add to an error, as a fraction.</summary>
    public double BorrowedError => _times.Clock.BorrowedError;

    /// <summary>
    /// A chip, whole or capped. Under a cap the clock falls until the dynamic power of full compute fits, and that power goes with the third power of the
    /// clock (f V^2 with V in proportion to f; an assumption): peak compute and what it draws shrink, memory and links do not, and nothing draws more than the cap.
    /// </summary>
    public static SearchChip? Create(
        SystemRecord system, EngineFamily engine, OperatorLibrary library, EngineFactors factors, out string reason, double powerCap = 1)
    {
        if (OperatorTimes.Create(system, engine, library, out reason) is not { } times)
        {
            return null;
        }

        if (powerCap >= 1)
        {
            return new SearchChip(system, times, engine, factors, 1);
        }

        double idle = times.Clock.IdleWatts / times.Peaks.RatedWatts;
        if (!(powerCap > idle))
        {
            reason = double.IsNaN(idle)
                ? $"{system.Name}: no rated power is published that could be capped"
                : FormattableString.Invariant($"{system.Name}: a cap of {powerCap * 100:0} % lies below the {idle * 100:0} % that it draws when it waits");
            return null;
        }

        double clock = Math.Cbrt((powerCap - idle) / (1 - idle));
        SystemRecord capped = SystemElements.Replace(system, SystemElement.Peak, times.Peaks.Bf16FlopsPerSecond * clock);
        return OperatorTimes.Create(capped, engine, library, out reason) is { } slower ? new SearchChip(system, slower, engine, factors, powerCap) : null;
    }

    /// <summary>Settings that the engine starts with, at a budget of tokens.</summary>
    public EngineSettings SettingsOf(int tensorWays, int maxBatchedTokens) => (tensorWays < 4 ? _narrow : _wide) with { MaxBatchedTokens = maxBatchedTokens };

    public StepModel Compile(Deployment deployment, int draftTokens) => StepModel.Compile(deployment, _times, _factors, draftTokens);

    public StepModel Compile(Deployment deployment, int draftTokens, StepCurveCache cache) => StepModel.Compile(deployment, _times, _factors, draftTokens, cache);

    /// <summary>Joins the two parts of a decode step that run apart.</summary>
    public SplitStepModel Join(SplitLayout layout, StepModel rank, StepModel feedForward) => SplitStepModel.Join(layout, rank, feedForward, _times);

    /// <summary>Power of its kernels.</summary>
    public OperatorClock Clock => _times.Clock;

    /// <summary>Cap of its power over the rated power; 1 for none.</summary>
    public double PowerCap { get; }

    /// <summary>Power of a chip that waits, W.</summary>
    public double IdleWatts => _times.Clock.IdleWatts;
}
