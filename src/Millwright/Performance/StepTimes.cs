using Millwright.Chips;

namespace Millwright.Performance;

/// <summary>Time of one step of one replica by what it is spent on.</summary>
/// <param name="HostSeconds">Scheduling, launch and sampling that no operator explains, s.</param>
/// <param name="Dense">Dense products, norms and activations.</param>
/// <param name="DecodeAttention">Attention of decoding sequences.</param>
/// <param name="PrefillAttention">Attention of prompts.</param>
/// <param name="Experts">Routed experts.</param>
/// <param name="Exchange">Exchanges between chips.</param>
public readonly record struct StepTimes(
    double HostSeconds, CallTime Dense, CallTime DecodeAttention, CallTime PrefillAttention, CallTime Experts, CallTime Exchange)
{
    /// <summary>Whole time, s.</summary>
    public double TotalSeconds =>
        HostSeconds + Dense.TotalSeconds + DecodeAttention.TotalSeconds + PrefillAttention.TotalSeconds + Experts.TotalSeconds + Exchange.TotalSeconds;

    /// <summary>The time by what the chip does meanwhile; the host's time is floor.</summary>
    public CallTime Division => new(
        HostSeconds + Dense.FloorSeconds + DecodeAttention.FloorSeconds + PrefillAttention.FloorSeconds + Experts.FloorSeconds + Exchange.FloorSeconds,
        Dense.ComputeSeconds + DecodeAttention.ComputeSeconds + PrefillAttention.ComputeSeconds + Experts.ComputeSeconds + Exchange.ComputeSeconds,
        Dense.MemorySeconds + DecodeAttention.MemorySeconds + PrefillAttention.MemorySeconds + Experts.MemorySeconds + Exchange.MemorySeconds);
}
