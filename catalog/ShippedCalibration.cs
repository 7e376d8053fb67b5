using Millwright.Performance;

namespace Millwright.Catalog;

/// <summary>The overheads and factors of engines that ship with the program, fitted by "calibrate serving".</summary>
public static class ShippedCalibration
{
    /// <summary>Loads the calibration; a caller keeps it, each call reads it anew.</summary>
    /// <returns>The calibration.</returns>
    public static EngineCalibration Load()
    {
        using Stream stream = typeof(ShippedCalibration).Assembly.GetManifestResourceStream("engine-calibration.json")
            ?? throw new InvalidOperationException("the assembly was built without its engine calibration");
        using StreamReader reader = new(stream);
        return EngineCalibration.Parse(reader.ReadToEnd());
    }
}
