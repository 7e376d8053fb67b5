using System.Text;
using Millwright.Quantities;

namespace Millwright.Scenarios;

/// <summary>Writes the page docs/scenario.md.</summary>
public static class ScenarioReference
{
    /// <summary>Writes the page from the descriptions of the keys.</summary>
    /// <returns>Markdown.</returns>
    public static string WriteMarkdown()
    {
        StringBuilder text = new();
        text.Append("""
            # Scenario

            One YAML file says what is asked. This page is made from the input records; `millwright new` writes the same as a commented scenario, and
            `millwright schema` as a JSON Schema for editors.

            A value is a number with its unit: `7.5 c/kWh`, `$55B`, `40 ms`, `3 years`. Digits may hold `_` between thousands and a point before decimals.
            A range is `6.5 .. 7.5 .. 9 c/kWh` or `{low: 6.5 c/kWh, mid: 7.5 c/kWh, high: 9 c/kWh}`: 10 %, 50 % and 90 % of outcomes lie below.
            A power says where it is measured: `1 GW IT`, `1 GW facility` or `1 GW utility`. A month is a twelfth of a year of 365 days.
            A key that is left out takes its default; "row" names the row of the catalog that holds it with its range and source, `location:` the row that the
            site's location names. The word `default` in an overlay or in `--set` takes back what a base states.

            `based_on` names a scenario that this one changes, relative to its own file: only the keys given here differ, and workloads are paired by name.
            `--set KEY=VALUE` changes one key from the command line, such as `--set site.power="2 GW facility"` or `--set workloads.chat.precision=fp4`.

            Reading is strict: an unknown or repeated key, a missing unit, an alias, an anchor, a tag, a tab, a second document, a file that is not UTF-8 or is
            larger than 5 MB ends with one message that names the place, what was found, what is allowed and the nearest right spelling.


            """.ReplaceLineEndings("\n"));
        IReadOnlyList<KeyShape> top = ScenarioShape.Root.Keys;
        Table(text, "The top of the file", "", [.. top.Where(k => k.Section is null)]);
        foreach (KeyShape section in top.Where(k => k.Section is not null))
        {
            string title = section.Form == ValueForm.Workloads ? $"{section.Name}, a list with these keys in each item" : section.Name;
            Table(text, title, section.Input.Help, section.Section!.Keys);
        }

        text.Append("## Units\n\n| quantity | units | example |\n| --- | --- | --- |\n");
        foreach (QuantityKind kind in Enum.GetValues<QuantityKind>())
        {
            string units = string.Join(", ", QuantityWords.Units(kind).Where(u => u.Length > 0).Select(u => $"`{u}`"));
            text.Append("| ").Append(QuantityWords.Name(kind)).Append(" | ").Append(units).Append(" | `").Append(QuantityWords.Example(kind)).Append("` |\n");
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, string help, IReadOnlyList<KeyShape> keys)
    {
        Dictionary<string, ScenarioKey> described = ScenarioKeys.All().ToDictionary(k => k.Path, StringComparer.Ordinal);
        text.Append("## ").Append(title).Append("\n\n");
        if (help.Length > 0)
        {
            text.Append(help).Append("\n\n");
        }

        text.Append("| key | value | default | allowed | meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (KeyShape key in keys)
        {
            ScenarioKey row = described[key.Path];
            string unit = row.Units.Length == 0 ? row.Kind : $"{row.Kind} ({row.Units})";
            text.Append("| `").Append(key.Name).Append("` | ").Append(unit).Append(" | ").Append(row.Default.Length == 0 ? "" : $"`{row.Default}`");
            text.Append(" | ").Append(row.Range).Append(" | ").Append(row.Help).Append(" |\n");
        }

        text.Append('\n');
    }
}
