using System.Collections;
using Millwright.Applications;
using Millwright.Planning;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios;

/// <summary>A value with the place where it was stated.</summary>
/// <param name="Value">The value.</param>
/// <param name="Node">The place, or null when made in code.</param>
internal sealed record StatedValue(object? Value, YamlNode? Node);

/// <summary>The stated values of one workload.</summary>
/// <param name="name">Its name.</param>
/// <param name="node">Where it begins, or null when made in code.</param>
internal sealed class WorkloadBag(string name, YamlNode? node)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Where it begins.</summary>
    public YamlNode? Node { get; } = node;

    /// <summary>Values by key.</summary>
    public Dictionary<KeyShape, StatedValue> Values { get; } = [];
}

/// <summary>What is stated so far: files lay values over those of the file that they are based on, --set over both.</summary>
internal sealed class ScenarioBag
{
    /// <summary>Values by key.</summary>
    public Dictionary<KeyShape, StatedValue> Values { get; } = [];

    /// <summary>Workloads in order.</summary>
    public List<WorkloadBag> Workloads { get; } = [];

    /// <summary>The values of a scenario in memory.</summary>
    /// <param name="input">The scenario.</param>
    /// <returns>Every value.</returns>
    public static ScenarioBag From(ScenarioInput input)
    {
        ScenarioBag bag = new();
        foreach (KeyShape key in ScenarioShape.Root.Keys)
        {
            object? value = key.Property.GetValue(input);
            switch (key.Form)
            {
                case ValueForm.Section:
                    Take(key.Section!, value!, bag.Values);
                    break;
                case ValueForm.Workloads:
                    foreach (WorkloadInput workload in (IEnumerable)value!)
                    {
                        WorkloadBag item = new(workload.Name, null);
                        Take(key.Section!, workload, item.Values);
                        bag.Workloads.Add(item);
                    }

                    break;
                default:
                    bag.Values[key] = new(value, null);
                    break;
            }
        }

        return bag;
    }

    /// <summary>The scenario with these values and the defaults.</summary>
    /// <returns>The scenario.</returns>
    public ScenarioInput ToInput()
    {
        ScenarioInput input = new();
        foreach (KeyShape key in ScenarioShape.Root.Keys)
        {
            switch (key.Form)
            {
                case ValueForm.Section:
                    if (key.Section!.Keys.Any(Values.ContainsKey))
                    {
                        key.Property.SetValue(input, Build(key.Section, Values));
                    }

                    break;
                case ValueForm.Workloads:
                    key.Property.SetValue(input, Workloads.Select(w => (WorkloadInput)Build(key.Section!, w.Values)).ToArray());
                    break;
                default:
                    if (Values.TryGetValue(key, out StatedValue? stated))
                    {
                        key.Property.SetValue(input, stated.Value);
                    }

                    break;
            }
        }

        return input;
    }

    private static void Take(SectionShape section, object record, Dictionary<KeyShape, StatedValue> values)
    {
        foreach (KeyShape key in section.Keys)
        {
            values[key] = new(key.Property.GetValue(record), null);
        }
    }

    private static object Build(SectionShape section, Dictionary<KeyShape, StatedValue> values)
    {
        object record = Activator.CreateInstance(section.Type)!;
        foreach (KeyShape key in section.Keys)
        {
            if (values.TryGetValue(key, out StatedValue? stated))
            {
                key.Property.SetValue(record, stated.Value);
            }
        }

        return record;
    }
}
