using System.Globalization;
using Millwright.Catalog;
using Millwright.Quantities;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>One row of a catalog file: gives typed values by key and refuses what does not belong there.</summary>
internal sealed class CatalogRow
{
    private static readonly string[] RangeKeys = ["low", "mid", "high"];
    private static readonly string[] EvidenceNames = [.. Enum.GetNames<Evidence>().Select(n => n.ToLowerInvariant())];

    private readonly YamlMapping _map;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    /// <summary>Takes a row.</summary>
    /// <param name="what">What the row is, for messages: "figure".</param>
    /// <param name="node">The row.</param>
    /// <param name="allowed">Keys that may stand in it.</param>
    /// <exception cref="InputException">The row is no mapping or holds an unknown key.</exception>
    public CatalogRow(string what, YamlNode node, IReadOnlyList<string> allowed)
    {
        What = what;
        _map = node as YamlMapping ?? throw node.Wrong($"a {what} must be keys with values, such as \"{allowed[0]}: …\"");
        foreach (YamlEntry entry in _map.Entries)
        {
            string key = entry.Key.Text;
            if (!allowed.Contains(key))
            {
                throw entry.Key.Wrong($"unknown key \"{key}\" in a {what}; allowed: {string.Join(", ", allowed)}{Spelling.Hint(key, allowed)}");
            }

            _values.Add(key, entry.Value);
        }
    }

    /// <summary>What the row is.</summary>
    public string What { get; }

    /// <summary>An error at the row as a whole.</summary>
    /// <param name="message">What is wrong.</param>
    /// <returns>The exception to throw.</returns>
    public InputException Wrong(string message) => _map.Wrong(message);

    /// <summary>The node of a key, or null.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The node, or null where the key is absent or has no value (nothing, null or ~).</returns>
    public YamlNode? Find(string key) =>
        _values.GetValueOrDefault(key) is { } node && node is not YamlScalar { IsEmpty: true } ? node : null;

    /// <summary>A text that must be there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text, not empty.</returns>
    public string Required(string key) =>
        OptionalText(key) is { Length: > 0 } text ? text : throw _map.Wrong($"{What} {Name()}needs a \"{key}\"");

    /// <summary>A text, empty where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text.</returns>
    public string Text(string key) => OptionalText(key) ?? "";

    /// <summary>A text, null where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text or null.</returns>
    public string? OptionalText(string key) => Find(key) switch
    {
        null => null,
        YamlScalar scalar => scalar.Text,
        var other => throw other.Wrong($"\"{key}\" must be a text"),
    };

    /// <summary>A finite number, null where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number or null.</returns>
    public double? Number(string key) => Find(key) is { } node ? Number(node, key) : null;

    /// <summary>A finite number that must be there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number.</returns>
    public double RequiredNumber(string key) => Number(key) ?? throw _map.Wrong($"{What} {Name()}needs a \"{key}\"");

    /// <summary>A number of at least zero, null where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number or null.</returns>
    public double? NotNegative(string key)
    {
        double? value = Number(key);
        return value is not < 0 ? value : throw Find(key)!.Wrong($"\"{key}\" is {Say(value)}; allowed: 0 or more");
    }

    /// <summary>A number above zero, null where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number or null.</returns>
    public double? Positive(string key)
    {
        double? value = Number(key);
        return value is not <= 0 ? value : throw Find(key)!.Wrong($"\"{key}\" is {Say(value)}; allowed: above 0");
    }

    /// <summary>A whole number of at least one, null where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number or null.</returns>
    public int? Count(string key)
    {
        double? value = Number(key);
        return value is null || (value is >= 1 and <= int.MaxValue && value == Math.Floor(value.Value))
            ? (int?)value
            : throw Find(key)!.Wrong($"\"{key}\" is {Say(value)}; allowed: a whole number from 1");
    }

    /// <summary>True or false; false where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    public bool Flag(string key) => Find(key) switch
    {
        null => false,
        YamlScalar { Text: "true" } => true,
        YamlScalar { Text: "false" } => false,
        var other => throw other.Wrong($"\"{key}\" must be true or false"),
    };

    /// <summary>One of a few words that must be there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="allowed">The words.</param>
    /// <returns>The word.</returns>
    public string Choice(string key, IReadOnlyList<string> allowed)
    {
        string word = Required(key);
        return allowed.Contains(word) ? word : throw Find(key)!.Wrong($"unknown {key} \"{word}\"; allowed: {string.Join(", ", allowed)}{Spelling.Hint(word, allowed)}");
    }

    /// <summary>A kind of evidence that must be there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The evidence.</returns>
    public Evidence Evidence(string key) => (Evidence)Array.IndexOf(EvidenceNames, Choice(key, EvidenceNames));

    /// <summary>The source of a row. A recalled or assumed one may leave it out: then file and row are its source.</summary>
    /// <param name="evidence">The evidence of the row.</param>
    /// <param name="id">The id of the row.</param>
    /// <returns>The source.</returns>
    public string Source(Evidence evidence, string id) => Text("source") switch
    {
        { Length: > 0 } source => source,
        _ when evidence is Millwright.Catalog.Evidence.Recalled or Millwright.Catalog.Evidence.Assumption => $"catalog/{Path.GetFileName(_map.File)} row {id}",
        _ => throw _map.Wrong($"{What} \"{id}\" needs a \"source\"; only recalled and assumption rows may leave it out"),
    };

    /// <summary>A list of texts, empty where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The texts.</returns>
    public string[] Texts(string key) =>
        [.. Items(key).Select(i => i is YamlScalar { Text.Length: > 0 } s ? s.Text : throw i.Wrong($"\"{key}\" must be a list of texts"))];

    /// <summary>A list of finite numbers, empty where absent.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The numbers.</returns>
    public double[] Numbers(string key) => [.. Items(key).Select(i => Number(i, key))];

    /// <summary>A mapping inside the row, null where absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="allowed">Keys that may stand in it.</param>
    /// <returns>The mapping or null.</returns>
    public CatalogRow? Map(string key, IReadOnlyList<string> allowed) =>
        Find(key) is { } node ? new CatalogRow(key, node, allowed) : null;

    /// <summary>Checks that the stated ones of low, mid and high ascend.</summary>
    /// <returns>Low, mid and high, each null where not stated.</returns>
    public PriceRange OrderedRange()
    {
        var range = new PriceRange(Number("low"), Number("mid"), Number("high"));
        Ascend("low", range.Low, "mid", range.Mid);
        Ascend("mid", range.Mid, "high", range.High);
        Ascend("low", range.Low, "high", range.High);
        return range;
    }

    /// <summary>A price: one number, or low, mid and high; not negative.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The price; all null where absent.</returns>
    public PriceRange Price(string key)
    {
        if (Find(key) is YamlScalar)
        {
            return new PriceRange(null, NotNegative(key), null);
        }

        if (Map(key, RangeKeys) is not { } map)
        {
            return default;
        }

        map.NotNegative("low");
        map.NotNegative("mid");
        map.NotNegative("high");
        return map.OrderedRange();
    }

    private static string Say(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private void Ascend(string lowerKey, double? lower, string upperKey, double? upper)
    {
        if (lower > upper)
        {
            throw Find(lowerKey)!.Wrong($"{lowerKey} {Say(lower)} is greater than {upperKey} {Say(upper)}; allowed: low, mid, high in ascending order");
        }
    }

    private IReadOnlyList<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlSequence list => list.Items,
        var other => throw other.Wrong($"\"{key}\" must be a list, such as [a, b]"),
    };

    private static double Number(YamlNode node, string key)
    {
        if (node is not YamlScalar scalar)
        {
            throw node.Wrong($"\"{key}\" must be a number");
        }

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(scalar.Text, Styles, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw node.Wrong($"\"{key}\" is \"{scalar.Text}\"; allowed: a finite number such as 12.5 or 7.8e6, without unit");
    }

    private string Name() => _values.GetValueOrDefault("id") is YamlScalar { Text.Length: > 0 } id ? $"\"{id.Text}\" " : "";
}
