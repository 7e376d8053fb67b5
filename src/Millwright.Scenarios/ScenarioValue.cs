using System.Globalization;
using Millwright.Catalog;
using Millwright.Quantities;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios;

/// <summary>Reads and writes the value of one key.</summary>
internal static class ScenarioValue
{
    /// <summary>The word that leaves a key at its default; an overlay or --set takes back with it what a base states.</summary>
    public const string DefaultWord = "default";

    /// <summary>The word that leaves a value to be found.</summary>
    public const string AutoWord = "auto";

    /// <summary>Reads a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">Path to show, with the name of the workload.</param>
    /// <param name="node">The value as written.</param>
    /// <param name="catalog">Catalog that names are checked against, or null.</param>
    /// <param name="value">The value; null for "auto".</param>
    /// <returns>False where the word "default" stands: the key is to be left out.</returns>
    /// <exception cref="InputException">The value is not allowed.</exception>
    public static bool TryRead(KeyShape key, string path, YamlNode node, CatalogData? catalog, out object? value)
    {
        value = null;
        if (node is YamlMapping range && key.Form == ValueForm.Quantity)
        {
            value = Limited(key, path, ReadRange(key, path, range), node);
            return true;
        }

        if (node is not YamlScalar scalar)
        {
            throw node.Wrong($"{path}: {node.What} was found; wanted is one value, {Wanted(key)}");
        }

        if (scalar.IsEmpty || scalar.Text.Trim().Length == 0)
        {
            throw node.Wrong($"{path}: no value was found; give {Wanted(key)}, or leave the key out");
        }

        string text = scalar.Text.Trim();
        if (text.Contains('\n') && (key.Form != ValueForm.Text || key.Input.Refers is not null || key == ScenarioShape.WorkloadName || key == ScenarioShape.BasedOn))
        {
            throw node.Wrong($"{path}: {node.What} was found over several lines; wanted is {Wanted(key)}, in one line");
        }

        if (text == DefaultWord && !key.Input.Required)
        {
            return false;
        }

        switch (key.Form)
        {
            case ValueForm.Quantity when text == AutoWord && key.Input.AllowsAuto:
                return true;
            case ValueForm.Quantity:
                value = Limited(key, path, ReadAmount(key, path, text, node), node);
                return true;
            case ValueForm.Whole:
                value = ReadWhole(key, path, text, node);
                return true;
            case ValueForm.Choice:
                value = ReadChoice(key, path, text, node);
                return true;
            default:
                value = key.Input.Refers is { } collection && catalog is not null ? Referred(key, path, text, collection, catalog, node) : text;
                if (key == ScenarioShape.WorkloadName)
                {
                    CheckName(text, node);
                }

                return true;
        }
    }

    /// <summary>Writes a value as a scenario does.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The text, or null where the key is left out.</returns>
    public static string? Write(KeyShape key, object? value) => value switch
    {
        null => key.Input.AllowsAuto ? AutoWord : null,
        Amount amount => QuantityFormat.Print(amount, key.Input.Kind!.Value),
        string text => text,
        Enum choice => key.Choices.First(c => c.Value.Equals(choice)).Word,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{key.Path} holds a {value.GetType().Name}."),
    };

    /// <summary>What a key wants, in words.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Words such as "a price of energy, such as 7.5 c/kWh".</returns>
    public static string Wanted(KeyShape key) => key.Form switch
    {
        ValueForm.Quantity => $"{QuantityWords.Name(key.Input.Kind!.Value)}, such as {Example(key)}",
        ValueForm.Choice => $"one of {string.Join(", ", key.Choices.Select(c => c.Word))}",
        ValueForm.Whole => $"a whole number, such as {key.Input.Default}",
        _ when key.Input.Refers is { } collection => $"the id of a row of the catalog ({CatalogNames.Describe(collection)})",
        _ => "a text",
    };

    /// <summary>A text that is right for a quantity: its default, the example of its kind, or its least value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text.</returns>
    public static string Example(KeyShape key)
    {
        if (key.Input.Default is { } standard)
        {
            return standard;
        }

        string example = QuantityWords.Example(key.Input.Kind!.Value);
        bool inRange = QuantityText.TryParse(example, key.Input.Kind.Value, false, out Amount? amount, out _) && amount.Mid >= key.Input.Min && amount.Mid <= key.Input.Max;
        string text = inRange ? example : QuantityFormat.Print(key.Input.Min, key.Input);
        return key.Input.NeedsPowerBasis ? text + " IT" : text;
    }

    private static Amount ReadAmount(KeyShape key, string path, string text, YamlNode node)
    {
        if (!QuantityText.TryParse(text, key.Input.Kind!.Value, key.Input.NeedsPowerBasis, out Amount? amount, out string? problem))
        {
            string auto = key.Input.AllowsAuto ? $"; or \"{AutoWord}\"" : "";
            throw node.Wrong($"{path}: {problem}{auto}");
        }

        if (amount.Basis is { } basis && !key.Input.NeedsPowerBasis)
        {
            throw node.Wrong($"{path}: the basis \"{UnitTable.Write(basis)}\" was found; this key takes none, its meaning fixes it: {key.Input.Help}");
        }

        return amount;
    }

    private static Amount ReadRange(KeyShape key, string path, YamlMapping range)
    {
        Amount?[] parts = new Amount?[3];
        string[] names = ["low", "mid", "high"];
        foreach ((YamlScalar name, YamlNode part) in range.Entries)
        {
            int place = Array.IndexOf(names, name.Text);
            if (place < 0)
            {
                throw name.Wrong($"{path}: the key {name.What} is not known in a range; allowed: low, mid, high{Spelling.Hint(name.Text, names)}");
            }

            if (part is not YamlScalar scalar || scalar.IsEmpty)
            {
                throw part.Wrong($"{path}.{name.Text}: {part.What} was found; wanted is one value, {Wanted(key)}");
            }

            Amount value = ReadAmount(key, $"{path}.{name.Text}", scalar.Text.Trim(), part);
            parts[place] = value.Low is null ? value : throw part.Wrong($"{path}.{name.Text}: a range was found inside a range; wanted is one value");
        }

        if (parts is not [{ } low, { } mid, { } high])
        {
            throw range.Wrong($"{path}: a range needs low, mid and high; missing: {string.Join(", ", names.Where((_, i) => parts[i] is null))}");
        }

        if (low.Basis != mid.Basis || high.Basis != mid.Basis)
        {
            throw range.Wrong($"{path}: low, mid and high have different power bases; allowed is one");
        }

        return QuantityText.TryMakeRange(low.Mid, mid.Mid, high.Mid, mid.Basis, out Amount? amount, out string? problem) ? amount : throw range.Wrong($"{path}: {problem}");
    }

    private static Amount Limited(KeyShape key, string path, Amount amount, YamlNode node)
    {
        foreach (double value in new[] { amount.Low ?? amount.Mid, amount.Mid, amount.High ?? amount.Mid })
        {
            if (value < key.Input.Min || value > key.Input.Max || (key.Input.MinExcluded && value <= key.Input.Min))
            {
                throw node.Wrong($"{path}: {QuantityFormat.Print(value, key.Input)} is out of range; allowed: {QuantityFormat.PrintLimits(key.Input)}");
            }
        }

        return amount with { Origin = node.Origin };
    }

    private static object ReadWhole(KeyShape key, string path, string text, YamlNode node)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            throw node.Wrong($"{path}: {node.What} was found; wanted is {Wanted(key)}");
        }

        if (number < key.Input.Min || number > key.Input.Max)
        {
            throw node.Wrong($"{path}: {number} is out of range; allowed: {QuantityFormat.PrintLimits(key.Input)}");
        }

        return key.Property.PropertyType == typeof(int)
            ? number is >= int.MinValue and <= int.MaxValue ? (object)(int)number : throw node.Wrong($"{path}: {number} is out of range")
            : number;
    }

    private static object ReadChoice(KeyShape key, string path, string text, YamlNode node)
    {
        foreach ((string word, object value) in key.Choices)
        {
            if (word == text)
            {
                return value;
            }
        }

        string[] words = [.. key.Choices.Select(c => c.Word)];
        string hint = Spelling.Nearest(text, words) is { } near ? $"did you mean \"{near}\"? " : "";
        throw node.Wrong($"{path}: {node.What} is not known; {hint}allowed: {string.Join(", ", words)}");
    }

    private static string Referred(KeyShape key, string path, string text, string collection, CatalogData catalog, YamlNode node)
    {
        if (collection == CatalogNames.Models && catalog.FindModel(text) is { } model)
        {
            return model.Id;
        }

        IReadOnlyList<string> allowed = CatalogNames.Of(collection, key.Name, catalog);
        if (allowed.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        string hint = Spelling.Nearest(text, allowed) is { } near ? $"did you mean \"{near}\"? " : "";
        IReadOnlyList<string> alike = allowed.Count <= 20 ? allowed : Spelling.Alike(text, allowed, 8);
        string list = alike.Count == 0
            ? $"\"millwright catalog list\" shows the {allowed.Count} that there are"
            : $"{(allowed.Count <= 20 ? "allowed" : "near it")}: {string.Join(", ", alike)}";
        throw node.Wrong($"{path}: {node.What} is not in the catalog ({CatalogNames.Describe(collection)}); {hint}{list}");
    }

    private static void CheckName(string name, YamlNode node)
    {
        if (!char.IsAsciiLetter(name[0]) || name.Length > 60 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw node.Wrong($"{node.What} is not a name for a workload; allowed are letters, digits, \"-\" and \"_\", a letter first, 60 at most");
        }
    }
}
