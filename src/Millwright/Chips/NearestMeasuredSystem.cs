using System.Globalization;
using Millwright.Catalog;

namespace Millwright.Chips;

/// <summary>How far a chip lies from the measured chip whose curves it borrows.</summary>
public enum CurveDistance
{
    /// <summary>Measured itself.</summary>
    Measured,

    /// <summary>Another generation or form of the same maker.</summary>
    SameMaker,

    /// <summary>Another maker: other kernels, other memory system, no measured operator at all.</summary>
    OtherMaker,
}

/// <summary>Which measured system lends its operator curves to which chip.</summary>
/// <param name="SystemId">Catalog id of the measured system.</param>
/// <param name="Distance">How far the chip lies from it.</param>
public readonly record struct NearestMeasuredSystem(string SystemId, CurveDistance Distance)
{
    private const string A100 = "hgx-a100-80";
    private const string H100 = "hgx-h100";
    private const string H200 = "hgx-h200";
    private const string B200 = "hgx-b200";
    private const string B300 = "hgx-b300";
    private const string Gb200 = "gb200-nvl72";
    private const string Gb300 = "gb300-nvl72";

    /// <summary>
    /// The measured system nearest to a chip. Rule: a measured system lends to itself; a rack of NVIDIA borrows from GB300 (GB200 when announced
    /// before 2025),
    /// another chip of NVIDIA from the system of its years (A100 before 2022, H100 to 2023 and H200 with HBM3e, then B200); a chip of another maker
    /// from A100 before 2022, H200 up to 2024, B200 after. Efficiencies are shares of the chip's own peaks.
    /// </summary>
    /// <param name="system">The chip's system.</param>
    /// <returns>The lender and how far it lies.</returns>
    public static NearestMeasuredSystem Of(SystemRecord system)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (system.Id is A100 or H100 or H200 or B200 or B300 or Gb200 or Gb300)
        {
            return new(system.Id, CurveDistance.Measured);
        }

        var year = Year(system.Announced) ?? Year(system.Available) ?? 2025;
        if (!string.Equals(system.Vendor, "NVIDIA", StringComparison.OrdinalIgnoreCase))
        {
            return new(year < 2022 ? A100 : year <= 2024 ? H200 : B200, CurveDistance.OtherMaker);
        }

        var lender = (system.Kind, year) switch
        {
            ("rack", < 2025) => Gb200,
            ("rack", _) => Gb300,
            (_, < 2022) => A100,
            (_, < 2024) when system.MemoryType.Contains("HBM3e", StringComparison.OrdinalIgnoreCase) => H200,
            (_, < 2024) => H100,
            (_, 2024) when system.MemoryType.StartsWith("HBM3e", StringComparison.OrdinalIgnoreCase) && system.Fp4FlopsPerSecond is null => H200,
            _ => B200,
        };
        return new(lender, CurveDistance.SameMaker);
    }

    /// <summary>The oldest system whose kernels were measured with their power.</summary>
    internal static NearestMeasuredSystem OldestWithPower => new(H200, CurveDistance.SameMaker);

    /// <summary>The system whose curve stands in where a measured system lacks one: the same chip in another form, else the generation before or
    /// after.</summary>
    /// <param name="systemId">A measured system.</param>
    /// <returns>The next system to look at, or null at the end of the line.</returns>
    internal static string? StandIn(string systemId) => systemId switch
    {
        Gb300 => Gb200,
        Gb200 => B200,
        B300 => B200,
        B200 => H200,
        H200 => H100,
        A100 => H100,
        _ => null,
    };

    private static int? Year(string date) =>
        date.Length >= 4 && int.TryParse(date.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : null;
}
