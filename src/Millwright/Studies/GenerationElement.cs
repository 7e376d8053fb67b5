using Millwright.Catalog;
using Millwright.Serving.Search;

namespace Millwright.Studies;

/// <summary>What differs between two generations of systems, cut so that each part can be replaced alone.</summary>
public enum GenerationElement
{
    /// <summary>Process and peak: 16-bit peak and rated power of a chip.</summary>
    ProcessAndPeak,

    /// <summary>Narrower precisions: which a chip multiplies, and how much faster than 16 bits.</summary>
    Precision,

    /// <summary>Memory size and bandwidth.</summary>
    Memory,

    /// <summary>Scale-up domain: its chips and its bandwidth.</summary>
    ScaleUp,

    /// <summary>Scale-out network.</summary>
    ScaleOut,

    /// <summary>The host: its time between steps.</summary>
    Host,

    /// <summary>Software: how much of its peaks the kernels and the engine reach.</summary>
    Software,
}

/// <summary>Makes systems that take some elements from one and the others from another.</summary>
public static class SystemHybrids
{
    /// <summary>Number of elements.</summary>
    public const int Elements = 7;

    /// <summary>A system with some elements of a newer one.</summary>
    /// <param name="older">The older.</param>
    /// <param name="newer">The newer.</param>
    /// <param name="elements">The elements taken from the newer, a bit for each in the order of <see cref="GenerationElement"/>.</param>
    /// <returns>The offer: with all bits the newer in all that counts for its speed, with none the older.</returns>
    public static SystemOffer Mix(SystemRecord older, SystemRecord newer, int elements)
    {
        ArgumentNullException.ThrowIfNull(older);
        ArgumentNullException.ThrowIfNull(newer);
        SystemRecord Of(GenerationElement element) => (elements & (1 << (int)element)) != 0 ? newer : older;
        SystemRecord peak = Of(GenerationElement.ProcessAndPeak);
        SystemRecord precision = Of(GenerationElement.Precision);
        SystemRecord memory = Of(GenerationElement.Memory);
        SystemRecord scaleUp = Of(GenerationElement.ScaleUp);
        SystemRecord software = Of(GenerationElement.Software);
        double? bf16 = SystemElements.ValueOf(peak, SystemElement.Peak);
        double? own = SystemElements.ValueOf(precision, SystemElement.Peak);

        // the kernels that were measured, or stand in, are those of the software: it keeps the name that they are found by
        SystemRecord system = software with
        {
            Bf16FlopsPerSecond = bf16,
            Fp8FlopsPerSecond = bf16 * precision.Fp8FlopsPerSecond / own,
            Fp4FlopsPerSecond = bf16 * precision.Fp4FlopsPerSecond / own,
            ChipWatts = peak.ChipWatts,
            MemoryBytes = memory.MemoryBytes,
            MemoryBytesPerSecond = memory.MemoryBytesPerSecond,
            ScaleUpDomain = scaleUp.ScaleUpDomain,
            ScaleUpBytesPerSecond = scaleUp.ScaleUpBytesPerSecond,
            ScaleOutBytesPerSecond = Of(GenerationElement.ScaleOut).ScaleOutBytesPerSecond,
        };
        return new SystemOffer(system) { HostSystemId = Of(GenerationElement.Host).Id };
    }

    /// <summary>The elements in which two systems differ.</summary>
    /// <param name="older">The older.</param>
    /// <param name="newer">The newer.</param>
    /// <returns>The elements.</returns>
    public static IReadOnlyList<GenerationElement> Differing(SystemRecord older, SystemRecord newer)
    {
        SystemRecord none = Mix(older, newer, 0).System;
        List<GenerationElement> differing = [];
        foreach (GenerationElement element in Enum.GetValues<GenerationElement>())
        {
            if (element == GenerationElement.Host ? older.Id != newer.Id : Mix(older, newer, 1 << (int)element).System != none)
            {
                differing.Add(element);
            }
        }

        return differing;
    }
}
