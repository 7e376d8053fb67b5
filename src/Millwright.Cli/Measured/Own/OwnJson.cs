using System.Globalization;
using System.Text.Json;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured.Own;

/// <summary>One JSON object of a result, with where it stands.</summary>
/// <param name="element">The object.</param>
/// <param name="file">File of the object.</param>
/// <param name="line">Line of the object.</param>
internal sealed class OwnJson(JsonElement element, string file, int line)
{
    /// <summary>File of the object.</summary>
    public string File { get; } = file;

    /// <summary>True when it is an object at all.</summary>
    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>True when there is a value of this name.</summary>
    public bool Has(string name) => IsObject && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The object inside.</summary>
    public OwnJson In(string name) => Has(name) && element.GetProperty(name).ValueKind == JsonValueKind.Object
        ? new OwnJson(element.GetProperty(name), File, line)
        : throw Wrong($"\"{name}\" is missing, or no object.");

    /// <summary>Text; empty where there is none.</summary>
    public string Text(string name) => Has(name) && element.GetProperty(name).ValueKind == JsonValueKind.String ? element.GetProperty(name).GetString()! : "";

    /// <summary>The first text of a list, or the text itself.</summary>
    public string First(string name) => Has(name) && element.GetProperty(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String
        ? list[0].GetString()!
        : Text(name);

    /// <summary>A number above 0, written as one or as text; null where there is none, or it is 0 or infinite.</summary>
    public double? Number(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        JsonElement value = element.GetProperty(name);
        double number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out double plain) => plain,
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double spelt) => spelt,
            JsonValueKind.String when value.GetString() is "inf" or "Infinity" or "nan" or "NaN" => double.PositiveInfinity,
            _ => throw Wrong($"\"{name}\" is no number."),
        };
        return number < 0 ? throw Wrong($"\"{name}\" is below 0.") : number > 0 && double.IsFinite(number) ? number : null;
    }

    /// <summary>A number that must be there.</summary>
    public double Needed(string name) => Number(name) ?? throw Wrong($"\"{name}\" is missing, or not above 0.");

    /// <summary>The mean of a statistic with a unit; times in seconds, microseconds and nanoseconds become ms.</summary>
    public double? Average(string name) => Statistic(name, "avg");

    /// <summary>One figure of a statistic, likewise.</summary>
    public double? Statistic(string name, string which)
    {
        if (!Has(name))
        {
            return null;
        }

        if (element.GetProperty(name).ValueKind != JsonValueKind.Object)
        {
            return Number(name);
        }

        OwnJson statistic = In(name);
        double scale = statistic.Text("unit") switch { "ns" => 1e-6, "us" => 1e-3, "s" or "seconds" => name.Contains("duration", StringComparison.Ordinal) ? 1 : 1e3, _ => 1 };
        return statistic.Number(which) * scale;
    }

    /// <summary>One mean over another.</summary>
    public double? Ratio(string name, string over) => Average(name) / Average(over);

    /// <summary>What is wrong, with its place.</summary>
    public InputException Wrong(string problem) => new(File, line, 1, problem);
}
