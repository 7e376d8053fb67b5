using System.Text;
using System.Text.Json;
using Millwright.Quantities;

namespace Millwright.Scenarios;

/// <summary>Writes the JSON Schema of a scenario, for editors.</summary>
public static class ScenarioSchema
{
    private const string Number = @"[+-]?[0-9][0-9_]*(\.[0-9_]+)?([eE][+-]?[0-9]+)?";

    /// <summary>Writes the schema, draft 2020-12. The reader checks more than a schema can say.</summary>
    /// <returns>JSON text.</returns>
    public static string Write()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "Millwright scenario");
            Object(json, ScenarioShape.Root);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>The pattern of the texts of one key.</summary>
    /// <param name="kind">What is measured.</param>
    /// <param name="needsBasis">True when the text must say IT, facility or utility.</param>
    /// <returns>A regular expression in the dialect that JSON Schema and .NET share.</returns>
    internal static string Pattern(QuantityKind kind, bool needsBasis)
    {
        string unit = QuantityPattern.Unit(kind);
        string basis = needsBasis ? " (IT|facility|utility)" : "";
        string dollar = QuantityPattern.IsMoney(kind) ? @"(-?(US)?\$ ?|USD ?)?" : "";
        string one = $@"{dollar}{Number} ?{unit}";
        string part = $"{dollar}{Number}( ?{unit})?" + (needsBasis ? $"({basis})?" : "");
        return $@"^({part} ?\.\. ?{part} ?\.\. ?)?{one}{basis}$";
    }

    private static void Object(Utf8JsonWriter json, SectionShape section, bool mayBeEmpty = false)
    {
        if (mayBeEmpty)
        {
            json.WriteStartArray("type");
            json.WriteStringValue("object");
            json.WriteStringValue("null");
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("type", "object");
        }

        json.WriteBoolean("additionalProperties", false);
        string[] required = [.. section.Keys.Where(k => k.Input.Required && k == ScenarioShape.WorkloadName).Select(k => k.Name)];
        if (required.Length > 0)
        {
            json.WriteStartArray("required");
            foreach (string name in required)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("properties");
        foreach (KeyShape key in section.Keys)
        {
            json.WriteStartObject(key.Name);
            Key(json, key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Key(Utf8JsonWriter json, KeyShape key)
    {
        json.WriteString("description", Description(key));
        switch (key.Form)
        {
            case ValueForm.Section:
                Object(json, key.Section!, mayBeEmpty: true);
                break;
            case ValueForm.Workloads:
                json.WriteString("type", "array");
                json.WriteStartObject("items");
                Object(json, key.Section!);
                json.WriteEndObject();
                break;
            case ValueForm.Choice:
                Words(json, [.. key.Choices.Select(c => c.Word), ScenarioValue.DefaultWord]);
                break;
            case ValueForm.Whole:
                json.WriteStartArray("anyOf");
                json.WriteStartObject();
                json.WriteString("type", "integer");
                Limits(json, key.Input);
                json.WriteEndObject();
                Choice(json, [ScenarioValue.DefaultWord]);
                json.WriteEndArray();
                break;
            case ValueForm.Quantity:
                Quantity(json, key);
                break;
            default:
                json.WriteString("type", "string");
                json.WriteNumber("minLength", 1);
                break;
        }
    }

    private static void Quantity(Utf8JsonWriter json, KeyShape key)
    {
        QuantityKind kind = key.Input.Kind!.Value;
        string pattern = Pattern(kind, key.Input.NeedsPowerBasis);
        json.WriteStartArray("anyOf");
        Value(json, key, pattern);
        json.WriteStartObject();
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartArray("required");
        foreach (string name in new[] { "low", "mid", "high" })
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartObject("properties");
        foreach (string name in new[] { "low", "mid", "high" })
        {
            json.WriteStartObject(name);
            json.WriteStartArray("anyOf");
            Value(json, key, pattern);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        Choice(json, key.Input.AllowsAuto ? [ScenarioValue.AutoWord, ScenarioValue.DefaultWord] : [ScenarioValue.DefaultWord]);
        json.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter json, KeyShape key, string pattern)
    {
        json.WriteStartObject();
        json.WriteString("type", "string");
        json.WriteString("pattern", pattern);
        json.WriteEndObject();
        if (QuantityPattern.AllowsBare(key.Input.Kind!.Value))
        {
            json.WriteStartObject();
            json.WriteString("type", "number");
            Limits(json, key.Input);
            json.WriteEndObject();
        }
    }

    private static void Choice(Utf8JsonWriter json, string[] words)
    {
        json.WriteStartObject();
        Words(json, words);
        json.WriteEndObject();
    }

    private static void Words(Utf8JsonWriter json, string[] words)
    {
        json.WriteStartArray("enum");
        foreach (string word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    private static void Limits(Utf8JsonWriter json, InputAttribute input)
    {
        if (double.IsFinite(input.Min))
        {
            json.WriteNumber(input.MinExcluded ? "exclusiveMinimum" : "minimum", input.Min);
        }

        if (double.IsFinite(input.Max))
        {
            json.WriteNumber("maximum", input.Max);
        }
    }

    private static string Description(KeyShape key)
    {
        StringBuilder text = new(key.Input.Help);
        string standard = ScenarioKeys.DefaultOf(key);
        if (key.Section is null && standard.Length > 0)
        {
            text.Append(" Default: ").Append(standard).Append('.');
        }

        if (key.Form is ValueForm.Quantity or ValueForm.Whole && QuantityFormat.PrintLimits(key.Input) is var limits && limits != "any")
        {
            text.Append(" Allowed: ").Append(limits).Append('.');
        }

        if (key.Form == ValueForm.Quantity)
        {
            text.Append(" Such as ").Append(ScenarioValue.Example(key)).Append('.');
        }

        return text.ToString();
    }
}
