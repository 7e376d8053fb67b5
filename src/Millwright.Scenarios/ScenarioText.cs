using System.Globalization;
using System.Text;
using Millwright.Planning;

namespace Millwright.Scenarios;

/// <summary>Writes scenarios as YAML.</summary>
public static class ScenarioText
{
    /// <summary>Writes every value that differs from its default; reading the text gives the same scenario but for origins.</summary>
    /// <remarks>"based_on" is not written: the values of the base are in the scenario already.</remarks>
    /// <param name="input">The scenario.</param>
    /// <returns>YAML text that ends with a line end.</returns>
    public static string Write(ScenarioInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ScenarioBag bag = ScenarioBag.From(input);
        StringBuilder text = new();
        foreach (KeyShape key in ScenarioShape.Root.Keys)
        {
            switch (key.Form)
            {
                case ValueForm.Section:
                    Section(text, key.Name + ":\n", "  ", "  ", key.Section!, bag.Values);
                    break;
                case ValueForm.Workloads when bag.Workloads.Count > 0:
                    text.Append(key.Name).Append(":\n");
                    foreach (WorkloadBag workload in bag.Workloads)
                    {
                        Section(text, "", "  - ", "    ", key.Section!, workload.Values);
                    }

                    break;
                case ValueForm.Workloads:
                    break;
                default:
                    if (key != ScenarioShape.BasedOn)
                    {
                        Section(text, "", "", "", new SectionShape(typeof(ScenarioInput), [key]), bag.Values);
                    }

                    break;
            }
        }

        return text.Length == 0 ? $"{ScenarioShape.Root.Keys[0].Name}: {ScenarioShape.Root.Keys[0].Default}\n" : text.ToString();
    }

    /// <summary>Writes a text so that YAML reads it back: plain where that is safe, else in double quotes.</summary>
    /// <param name="text">The text.</param>
    /// <returns>A YAML scalar.</returns>
    internal static string Scalar(string text)
    {
        bool plain = text.Length > 0
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '-' or '_' or '/' or '$' or '%' or ',' or '(' or ')' or '+')
            && (char.IsAsciiLetterOrDigit(text[0]) || (text[0] is '-' or '$' && text.Length > 1 && char.IsAsciiDigit(text[1])))
            && text[^1] != ' '
            && text is not ("null" or "Null" or "NULL" or ScenarioValue.DefaultWord);
        if (plain)
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(c) => "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static void Section(
        StringBuilder text, string head, string firstIndent, string indent, SectionShape section, Dictionary<KeyShape, StatedValue> values)
    {
        bool first = true;
        foreach (KeyShape key in section.Keys)
        {
            object? value = values[key].Value;
            string? written = ScenarioValue.Write(key, value);
            if (written is null || (!key.Input.Required && written == ScenarioValue.Write(key, key.Default)))
            {
                continue;
            }

            text.Append(first ? head : "").Append(first ? firstIndent : indent).Append(key.Name).Append(": ").Append(Scalar(written)).Append('\n');
            first = false;
        }
    }
}
