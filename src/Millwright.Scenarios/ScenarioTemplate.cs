using System.Text;
using Millwright.Quantities;

namespace Millwright.Scenarios;

/// <summary>Writes a scenario to start from: every key with its default and meaning.</summary>
public static class ScenarioTemplate
{
    /// <summary>Writes the scenario. Keys without a default of their own stand as comments; reading it gives the defaults.</summary>
    /// <returns>YAML text.</returns>
    public static string Write()
    {
        StringBuilder text = new();
        text.Append("# A scenario of Millwright. Each key stands with its default; a key behind \"#\" is left out: take the \"#\" away to state it.\n");
        text.Append("# A value is a number with its unit, such as 7.5 c/kWh; a range is low .. mid .. high: 10 %, 50 % and 90 % of outcomes lie below.\n\n");
        foreach (KeyShape key in ScenarioShape.Root.Keys)
        {
            switch (key.Form)
            {
                case ValueForm.Section:
                    text.Append("\n# ").Append(key.Input.Help).Append('\n').Append(key.Name).Append(":\n");
                    foreach (KeyShape inner in key.Section!.Keys)
                    {
                        Key(text, inner, "  ", commented: false);
                    }

                    break;
                case ValueForm.Workloads:
                    text.Append("\n# ").Append(key.Input.Help).Append(" One item for each kind of work; these are the keys of an item.\n");
                    text.Append("workloads: []\n");
                    foreach (KeyShape inner in key.Section!.Keys)
                    {
                        Key(text, inner, inner == ScenarioShape.WorkloadName ? "  - " : "    ", commented: true);
                    }

                    break;
                default:
                    Key(text, key, "", commented: false);
                    break;
            }
        }

        return text.ToString();
    }

    private static void Key(StringBuilder text, KeyShape key, string indent, bool commented)
    {
        string? value = key.Default is null && !key.Input.AllowsAuto ? null : ScenarioValue.Write(key, key.Default);
        bool stated = !commented && value is { Length: > 0 };
        string lead = commented ? "#" + new string(' ', 3) : new string(' ', indent.Length);
        text.Append(lead).Append("# ").Append(key.Input.Help).Append(Facts(key)).Append('\n');
        text.Append(stated ? "" : "#").Append(indent).Append(key.Name).Append(": ");
        text.Append(value is { Length: > 0 } ? ScenarioText.Scalar(value) : Sample(key)).Append('\n');
    }

    private static string Facts(KeyShape key)
    {
        List<string> facts = [];
        if (key.Form is ValueForm.Quantity or ValueForm.Whole && QuantityFormat.PrintLimits(key.Input) is var limits && limits != "any")
        {
            facts.Add(limits);
        }

        if (key.Input.CatalogDefault is { } row)
        {
            facts.Add($"default: row {row} of the catalog");
        }

        if (key.Input.Required)
        {
            facts.Add("required");
        }

        return facts.Count == 0 ? "" : $" [{string.Join("; ", facts)}]";
    }

    private static string Sample(KeyShape key) => key.Form switch
    {
        ValueForm.Quantity => ScenarioValue.Example(key),
        _ when key.Input.Refers is { } => "ID",
        _ => "TEXT",
    };
}
