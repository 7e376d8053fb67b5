using Millwright.Catalog;
using Millwright.Operators;

namespace Millwright.Serving.Search;

/// <summary>An element of a system that can be replaced alone.</summary>
public enum SystemElement
{
    /// <summary>Chips of one scale-up domain.</summary>
    ScaleUp,

    /// <summary>Scale-up bandwidth of a chip one way, bytes/s.</summary>
    ScaleUpBandwidth,

    /// <summary>Memory of a chip, bytes.</summary>
    Memory,

    /// <summary>Memory bandwidth of a chip, bytes/s.</summary>
    MemoryBandwidth,

    /// <summary>Dense 16-bit peak of a chip, FLOP/s; narrower peaks move with it.</summary>
    Peak,

    /// <summary>Narrowest precision that the chip multiplies.</summary>
    Precision,

    /// <summary>Scale-out bandwidth of a chip one way, bytes/s.</summary>
    Nic,

    /// <summary>Time of the host's work between steps, over what it is.</summary>
    Host,
}

/// <summary>Replaces one element of a system.</summary>
public static class SystemElements
{
    /// <summary>A system with one element replaced; its name and its measured operators stay.</summary>
    /// <param name="system">The system.</param>
    /// <param name="element">The element, not <see cref="SystemElement.Precision"/> or <see cref="SystemElement.Host"/>.</param>
    /// <param name="value">Its new value, in the unit that the element names.</param>
    /// <returns>The system.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The element has no number, or the number is not above 0.</exception>
    public static SystemRecord Replace(SystemRecord system, SystemElement element, double value)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "must be above 0 and finite");
        }

        return element switch
        {
            SystemElement.ScaleUp => system with { ScaleUpDomain = (int)Math.Max(1, Math.Round(value)) },
            SystemElement.ScaleUpBandwidth => system with { ScaleUpBytesPerSecond = value },
            SystemElement.Memory => system with { MemoryBytes = value },
            SystemElement.MemoryBandwidth => system with { MemoryBytesPerSecond = value },
            SystemElement.Nic => system with { ScaleOutBytesPerSecond = value },
            SystemElement.Peak => WithPeak(system, value),
            _ => throw new ArgumentOutOfRangeException(nameof(element), element, "has no number"),
        };
    }

    /// <summary>A system whose chips multiply nothing narrower than a precision.</summary>
    /// <param name="system">The system.</param>
    /// <param name="narrowest">The narrowest: bf16 or fp8; any other changes nothing.</param>
    /// <returns>The system.</returns>
    public static SystemRecord WithoutNarrower(SystemRecord system, OperandPrecision narrowest)
    {
        ArgumentNullException.ThrowIfNull(system);
        return narrowest switch
        {
            OperandPrecision.Bf16 => system with { Fp8FlopsPerSecond = null, Fp4FlopsPerSecond = null },
            OperandPrecision.Fp8 or OperandPrecision.Fp8Block => system with { Fp4FlopsPerSecond = null },
            _ => system,
        };
    }

    /// <summary>The value of an element; null where the data sheet does not tell it, or it has no number.</summary>
    /// <param name="system">The system.</param>
    /// <param name="element">The element.</param>
    /// <returns>The value, in the unit that the element names.</returns>
    public static double? ValueOf(SystemRecord system, SystemElement element)
    {
        ArgumentNullException.ThrowIfNull(system);
        return element switch
        {
            SystemElement.ScaleUp => system.ScaleUpDomain,
            SystemElement.ScaleUpBandwidth => system.ScaleUpBytesPerSecond,
            SystemElement.Memory => system.MemoryBytes,
            SystemElement.MemoryBandwidth => system.MemoryBytesPerSecond,
            SystemElement.Nic => system.ScaleOutBytesPerSecond,
            SystemElement.Peak => PeakOf(system),
            _ => null,
        };
    }

    private static double? PeakOf(SystemRecord system) =>
        system.Bf16FlopsPerSecond ?? system.Fp8FlopsPerSecond / 2 ?? system.Fp4FlopsPerSecond / 4;

    private static SystemRecord WithPeak(SystemRecord system, double flopsPerSecond)
    {
        double ratio = flopsPerSecond / (PeakOf(system) ?? flopsPerSecond);
        return system with
        {
            Bf16FlopsPerSecond = flopsPerSecond,
            Fp8FlopsPerSecond = system.Fp8FlopsPerSecond * ratio,
            Fp4FlopsPerSecond = system.Fp4FlopsPerSecond * ratio,
        };
    }
}
