using System.Globalization;
using System.Text.Json;

namespace Millwright.Models;

/// <summary>Typed look at the fields of one object of a configuration, with errors that name the field.</summary>
internal sealed class ConfigFields(string modelId, string path, JsonElement element, HashSet<string> used)
{
    /// <summary>Greatest size that a width, count or vocabulary may have: far above any model, far below an overflow.</summary>
    public const int LargestSize = 100_000_000;

    /// <summary>Id of the model, for messages.</summary>
    public string ModelId => modelId;

    /// <summary>True when the field is there and not null. A field that is asked for counts as used.</summary>
    public bool Has(string name)
    {
        used.Add(path + name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Marks fields as used that are known not to matter to the shape.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            used.Add(path + name);
        }
    }

    /// <summary>Paths of the fields, here and in the objects that were looked into, that look like a part of the shape and were not used.</summary>
    public IEnumerable<string> UnusedShapes()
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = path + property.Name;
            if (!used.Contains(name))
            {
                if (ShapeFields.Matter(property.Name, property.Value))
                {
                    yield return name;
                }
            }
            else if (property.Value.ValueKind == JsonValueKind.Object && ShapeFields.HoldShapes(property.Name))
            {
                foreach (var inner in new ConfigFields(modelId, name + ".", property.Value, used).UnusedShapes())
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>An exception that names a field of this object.</summary>
    public ModelConfigException Fault(string name, string problem) => new(modelId, path + name, problem);

    /// <summary>The object in a field, or null when it is absent.</summary>
    public ConfigFields? Object(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Object
            ? new ConfigFields(modelId, path + name + ".", value, used)
            : throw Fault(name, $"must be an object, found {Shown(value)}");
    }

    /// <summary>Names and values of the objects in this object.</summary>
    public IEnumerable<ConfigFields> Objects()
    {
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                yield return new ConfigFields(modelId, path + property.Name + ".", property.Value, used);
            }
        }
    }

    /// <summary>A whole number of at least <paramref name="least"/> under the first of the names that is there; an exception when none is.</summary>
    public int Size(int least, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Has(name))
            {
                return Whole(name, least);
            }
        }

        throw Fault(names[0], $"is missing; it must be a whole number from {least} to {LargestSize}");
    }

    /// <summary>A whole number of at least 1; an exception when it is missing.</summary>
    public int Size(string name) => Size(1, name);

    /// <summary>A whole number of at least <paramref name="least"/>, or a default when the field is absent.</summary>
    public int SizeOr(string name, int otherwise, int least = 1) => Has(name) ? Whole(name, least) : otherwise;

    /// <summary>A finite number, or a default when the field is absent.</summary>
    public double NumberOr(string name, double otherwise)
    {
        if (!Has(name))
        {
            return otherwise;
        }

        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Fault(name, $"must be a number, found {Shown(value)}");
    }

    /// <summary>True or false, or a default when the field is absent.</summary>
    public bool FlagOr(string name, bool otherwise)
    {
        if (!Has(name))
        {
            return otherwise;
        }

        var value = element.GetProperty(name);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fault(name, $"must be true or false, found {Shown(value)}"),
        };
    }

    /// <summary>Text, or null when the field is absent.</summary>
    public string? Text(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Fault(name, $"must be text, found {Shown(value)}");
    }

    /// <summary>One of the allowed words for each layer, or null when the field is absent.</summary>
    public string[]? Words(string name, int? length, params ReadOnlySpan<string> allowed)
    {
        if (!Has(name))
        {
            return null;
        }

        var items = Items(name, length);
        var words = new string[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var word = items[i].ValueKind == JsonValueKind.String ? items[i].GetString()! : null;
            if (word is null || !allowed.Contains(word))
            {
                throw Fault($"{name}[{i}]", $"must be one of {string.Join(", ", allowed)}, found {Shown(items[i])}");
            }

            words[i] = word;
        }

        return words;
    }

    /// <summary>A list of whole numbers of at least 0, or null when the field is absent.</summary>
    public int[]? Numbers(string name, int? length)
    {
        if (!Has(name))
        {
            return null;
        }

        var items = Items(name, length);
        var numbers = new int[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            numbers[i] = Whole($"{name}[{i}]", items[i], 0);
        }

        return numbers;
    }

    /// <summary>The items of a list as text, for lists whose items are only searched.</summary>
    public IReadOnlyList<string> TextsOrNone(string name)
    {
        var texts = new List<string>();
        if (Has(name))
        {
            foreach (var item in Items(name, null))
            {
                texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : "");
            }
        }

        return texts;
    }

    private JsonElement[] Items(string name, int? length)
    {
        var value = element.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Fault(name, $"must be a list, found {Shown(value)}");
        }

        var count = value.GetArrayLength();
        return length is { } wanted && count < wanted
            ? throw Fault(name, $"must have an item for each of the {wanted} layers, found {count}")
            : [.. value.EnumerateArray()];
    }

    private int Whole(string name, int least) => Whole(name, element.GetProperty(name), least);

    private int Whole(string name, JsonElement value, int least)
    {
        // 1024.0 is a whole number in JSON too: some exporters write it so
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && number >= least && number <= LargestSize && number == Math.Floor(number))
        {
            return (int)number;
        }

        throw Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {LargestSize}, found {Shown(value)}"));
    }

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..57] + "...";
    }
}
