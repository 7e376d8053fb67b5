using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>All operator times of one chip under one engine. Immutable; safe to share between threads.</summary>
public sealed class OperatorTimes
{
    // bytes of one element of a gathered activation, with its scale
    private const double ActivationBytes = 2;
    private const double NarrowActivationBytes = 1 + 4.0 / 128;

    private readonly DecodeAttentionTimes _decodeAttention;
    private readonly PrefillAttentionTimes _prefillAttention;
    private readonly LatentAttentionTimes _latentAttention;
    private readonly ExpertTimes _experts;
    private readonly ExpertExchangeTimes _exchange;
    private readonly StateSpaceTimes _states;

    private OperatorTimes(OperatorClock clock, OperatorLibrary library)
    {
        Clock = clock;
        _decodeAttention = new DecodeAttentionTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _prefillAttention = new PrefillAttentionTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _latentAttention = new LatentAttentionTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _experts = new ExpertTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _exchange = new ExpertExchangeTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _states = new StateSpaceTimes(clock.Peaks, clock.Lender, clock.Engine, library);
    }

    /// <summary>Products, exchanges, elementwise work and power of the chip.</summary>
    public OperatorClock Clock { get; }

    /// <summary>Peaks of the chip.</summary>
    public ChipPeaks Peaks => Clock.Peaks;

    internal DecodeAttentionTimes DecodeAttention => _decodeAttention;

    internal PrefillAttentionTimes PrefillAttention => _prefillAttention;

    internal LatentAttentionTimes LatentAttention => _latentAttention;

    internal ExpertTimes Experts => _experts;

    internal StateSpaceTimes States => _states;

    /// <summary>Makes the times of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured operator grids.</param>
    /// <param name="reason">Why there are none, in words; empty on success.</param>
    /// <returns>The times, or null when the data sheet lacks what a time needs.</returns>
    public static OperatorTimes? Create(SystemRecord system, EngineFamily engine, OperatorLibrary library, out string reason) =>
        OperatorClock.Create(system, engine, library, out reason) is { } clock ? new OperatorTimes(clock, library) : null;

    /// <summary>
    /// Time of the exchange between attention ranks and experts: in a rack of one scale-up domain or across nodes by the measured kernels; inside a node
    /// of up to eight the quicker of those and an all-gather with a reduce-scatter, which engines use there.
    /// </summary>
    internal CallTime ExpertExchange(double tokensPerRank, double hidden, int top, int experts, int ranks, bool narrow, bool decode)
    {
        int domain = Math.Max(1, Peaks.ScaleUpDomain);
        double sent = narrow ? NarrowActivationBytes : ActivationBytes;
        CallTime direct = _exchange.At(tokensPerRank, hidden, top, experts, ranks, Math.Min(ranks, domain), sent, ActivationBytes, decode).Both;
        if (ranks > domain || ranks > 8)
        {
            return direct;
        }

        double gathered = tokensPerRank * ranks * hidden * ActivationBytes;
        CallTime gather = Clock.AllGather(gathered, ranks);
        CallTime scatter = Clock.ReduceScatter(gathered, ranks);
        CallTime both = new(
            gather.FloorSeconds + scatter.FloorSeconds, gather.ComputeSeconds + scatter.ComputeSeconds, gather.MemorySeconds + scatter.MemorySeconds);
        return both.TotalSeconds < direct.TotalSeconds ? both : direct;
    }
}
