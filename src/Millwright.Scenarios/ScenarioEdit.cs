using Millwright.Catalog;
using Millwright.Planning;

namespace Millwright.Scenarios;

/// <summary>Changes one input of a scenario in memory.</summary>
public static class ScenarioEdit
{
    /// <summary>The scenario with one input changed.</summary>
    /// <param name="input">The scenario; it is left as it is.</param>
    /// <param name="key">Path of the key, such as "chips.system" or "workloads.chat.precision".</param>
    /// <param name="text">Value as a file would write it; "default" takes the default.</param>
    /// <param name="catalog">Catalog that ids are checked against; null to leave ids unchecked.</param>
    /// <param name="origin">What messages and origins show as the file.</param>
    /// <returns>The changed scenario.</returns>
    /// <exception cref="InputException">The key is not known or the value not allowed.</exception>
    public static ScenarioInput Set(ScenarioInput input, string key, string text, CatalogData? catalog = null, string origin = "--set")
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(text);
        ScenarioBag bag = ScenarioBag.From(input);
        new ScenarioLayer(bag, catalog).LayOne(key.Trim(), text, origin);
        ScenarioCheck.Whole(bag, catalog, origin);
        return bag.ToInput();
    }

    /// <summary>Splits "KEY=A,B,C" into the key and its values, for columns side by side.</summary>
    /// <param name="comparison">The text, such as "chips.system=gb200-nvl72,vr200-nvl72".</param>
    /// <returns>The key and the values, one at least.</returns>
    /// <exception cref="InputException">The text has no "=", or a value is missing.</exception>
    public static (string Key, IReadOnlyList<string> Values) SplitComparison(string comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        int equals = comparison.IndexOf('=');
        string[] values = equals <= 0 ? [] : comparison[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries);
        if (values.Length == 0 || values.Any(v => v.Length == 0))
        {
            throw new InputException("--compare", 0, 0, $"\"{comparison.ReplaceLineEndings(" ")}\" is not a comparison; write KEY=A,B, such as chips.system=gb200-nvl72,vr200-nvl72");
        }

        return (comparison[..equals].Trim(), values);
    }
}
