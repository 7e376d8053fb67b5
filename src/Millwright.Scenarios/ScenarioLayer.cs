using Millwright.Catalog;
using Millwright.Quantities;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios;

/// <summary>Lays what a file or --set states over a bag of values.</summary>
/// <param name="bag">The bag.</param>
/// <param name="catalog">Catalog that names are checked against, or null.</param>
internal sealed class ScenarioLayer(ScenarioBag bag, CatalogData? catalog)
{
    /// <summary>Lays a file over the bag.</summary>
    /// <param name="root">Its tree.</param>
    /// <exception cref="InputException">The first thing that is wrong.</exception>
    public void Lay(YamlMapping root)
    {
        foreach ((YamlScalar name, YamlNode value) in root.Entries)
        {
            KeyShape key = Find(ScenarioShape.Root, "", name);
            switch (key.Form)
            {
                case ValueForm.Section:
                    LaySection(key.Section!, key.Path + ".", value, key.Path, bag.Values);
                    break;
                case ValueForm.Workloads:
                    LayWorkloads(value);
                    break;
                default:
                    LayValue(key, key.Path, value, bag.Values);
                    break;
            }
        }
    }

    /// <summary>Lays one key over the bag.</summary>
    /// <param name="path">Path of the key, such as "workloads.chat.precision".</param>
    /// <param name="text">Value as a file would write it.</param>
    /// <param name="file">What to show as the file, such as "--set".</param>
    /// <exception cref="InputException">The key is not known or the value not allowed.</exception>
    public void LayOne(string path, string text, string file)
    {
        try
        {
            SourceText.Check(file, path + "=" + text, SourceKind.Scenario);
        }
        catch (InputException e)
        {
            throw new InputException(file, 0, 0, e.Message);
        }

        YamlScalar name = new(file, 0, 0, path, true);
        string[] parts = path.Split('.');
        (KeyShape key, Dictionary<KeyShape, StatedValue> values) = FindPath(parts, name);
        if (key == ScenarioShape.BasedOn || key == ScenarioShape.WorkloadName)
        {
            throw name.Wrong($"{path} can be stated in a file only");
        }

        LayValue(key, path, new YamlScalar(file, 0, 0, text, true), values);
    }

    private (KeyShape Key, Dictionary<KeyShape, StatedValue> Values) FindPath(string[] parts, YamlScalar name)
    {
        KeyShape first = Find(ScenarioShape.Root, "", name with { Text = parts[0] });
        switch (first.Form)
        {
            case ValueForm.Section when parts.Length == 2:
                return (Find(first.Section!, first.Path + ".", name with { Text = parts[1] }), bag.Values);
            case ValueForm.Section:
                throw name.Wrong($"{name.What} is not one key; allowed: {List(first.Section!, first.Path + ".")}");
            case ValueForm.Workloads when parts.Length == 3:
                WorkloadBag? workload = bag.Workloads.Find(w => w.Name == parts[1]);
                if (workload is null)
                {
                    string[] names = [.. bag.Workloads.Select(w => w.Name)];
                    string hint = Spelling.Nearest(parts[1], names) is { } near ? $"did you mean \"{near}\"? " : "";
                    throw name.Wrong($"there is no workload \"{(name with { Text = parts[1] }).Short}\"; {hint}{(names.Length == 0 ? "the scenario has none" : "there are: " + string.Join(", ", names))}");
                }

                return (Find(ScenarioShape.Workload, $"workloads.{parts[1]}.", name with { Text = parts[2] }), workload.Values);
            case ValueForm.Workloads:
                throw name.Wrong($"{name.What} is not one key; write workloads.NAME.KEY, such as workloads.chat.precision");
            default:
                return parts.Length == 1 ? (first, bag.Values) : throw name.Wrong($"{name.What} is not a key; {first.Path} holds a value itself");
        }
    }

    private void LaySection(SectionShape section, string prefix, YamlNode node, string path, Dictionary<KeyShape, StatedValue> values)
    {
        if (node is YamlScalar { IsEmpty: true })
        {
            return;
        }

        if (node is not YamlMapping mapping)
        {
            throw node.Wrong($"{path}: {node.What} was found; wanted are keys below it, indented by two spaces: {List(section, "")}");
        }

        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            KeyShape key = Find(section, prefix, name);
            LayValue(key, prefix + key.Name, value, values);
        }
    }

    private void LayWorkloads(YamlNode node)
    {
        if (node is not YamlSequence list)
        {
            throw node.Wrong($"workloads: {node.What} was found; wanted is a list, each item beginning with \"- name: \"");
        }

        HashSet<string> own = new(StringComparer.Ordinal);
        foreach (YamlNode item in list.Items)
        {
            if (item is not YamlMapping mapping)
            {
                throw item.Wrong($"workloads: {item.What} was found; wanted are keys, \"name\" first");
            }

            YamlEntry? named = mapping.Entries.FirstOrDefault(e => e.Key.Text == ScenarioShape.WorkloadName.Name);
            if (named is null)
            {
                if (mapping.Entries.Count > 0)
                {
                    Find(ScenarioShape.Workload, "workloads.", mapping.Entries[0].Key);
                }

                throw item.Wrong("workloads: a workload has no name; begin it with \"- name: chat\"");
            }

            ScenarioValue.TryRead(ScenarioShape.WorkloadName, "workloads.name", named.Value, catalog, out object? value);
            string name = (string)value!;
            if (!own.Add(name))
            {
                throw named.Value.Wrong($"the workload \"{name}\" was given before; each name is allowed once");
            }

            WorkloadBag? workload = bag.Workloads.Find(w => w.Name == name);
            if (workload is null)
            {
                workload = new(name, mapping);
                bag.Workloads.Add(workload);
            }

            LaySection(ScenarioShape.Workload, $"workloads.{name}.", mapping, "workloads", workload.Values);
        }
    }

    private void LayValue(KeyShape key, string path, YamlNode node, Dictionary<KeyShape, StatedValue> values)
    {
        if (ScenarioValue.TryRead(key, path, node, catalog, out object? value))
        {
            values[key] = new(value, node);
        }
        else
        {
            values.Remove(key);
        }
    }

    private static KeyShape Find(SectionShape section, string prefix, YamlScalar name)
    {
        if (section.ByName.TryGetValue(name.Text, out KeyShape? key))
        {
            return key;
        }

        throw name.Wrong($"{prefix}{name.Short} is not a key; {Hint(section, prefix, name.Text)}allowed: {List(section, "")}");
    }

    private static string Hint(SectionShape section, string prefix, string found)
    {
        string wanted = found.Replace('-', '_');
        if (found.Contains('.') && ScenarioShape.Leaves.FirstOrDefault(k => k.Path == found) is { } dotted)
        {
            return $"write \"{found[..found.IndexOf('.')]}:\" and below it, indented, \"{dotted.Name}:\". ";
        }

        if (ScenarioShape.Leaves.FirstOrDefault(k => k.Name == wanted && !section.Keys.Contains(k)) is { } elsewhere)
        {
            return $"did you mean {elsewhere.Path}? ";
        }

        return Spelling.Nearest(found, section.Keys.Select(k => k.Name)) is { } near ? $"did you mean \"{prefix}{near}\"? " : "";
    }

    private static string List(SectionShape section, string prefix) => string.Join(", ", section.Keys.Select(k => prefix + k.Name));
}
