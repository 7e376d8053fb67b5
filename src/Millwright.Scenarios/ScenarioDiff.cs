using Millwright.Planning;

namespace Millwright.Scenarios;

/// <summary>An input that differs between two scenarios.</summary>
/// <param name="Key">Path of the key, such as "workloads.chat.precision".</param>
/// <param name="A">Its value in the first, or null where it is not stated and has no default.</param>
/// <param name="B">Its value in the second, or null.</param>
public sealed record InputDifference(string Key, string? A, string? B);

/// <summary>Compares scenarios input by input.</summary>
public static class ScenarioDiff
{
    /// <summary>The inputs that differ. Names, descriptions and bases do not count; workloads are paired by name.</summary>
    /// <param name="a">The first scenario.</param>
    /// <param name="b">The second scenario.</param>
    /// <returns>The differences in the order of the keys.</returns>
    public static IReadOnlyList<InputDifference> Compare(ScenarioInput a, ScenarioInput b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ScenarioBag first = ScenarioBag.From(a);
        ScenarioBag second = ScenarioBag.From(b);
        List<InputDifference> differences = [];
        foreach (KeyShape key in ScenarioShape.Root.Keys)
        {
            if (key.Form == ValueForm.Workloads)
            {
                foreach (string name in first.Workloads.Select(w => w.Name).Union(second.Workloads.Select(w => w.Name), StringComparer.Ordinal))
                {
                    Dictionary<KeyShape, StatedValue>? mine = first.Workloads.Find(w => w.Name == name)?.Values;
                    Dictionary<KeyShape, StatedValue>? theirs = second.Workloads.Find(w => w.Name == name)?.Values;
                    Collect(key.Section!.Keys, $"{key.Name}.{name}.", mine, theirs, differences);
                }
            }
            else if (key.Section is { } section)
            {
                Collect(section.Keys, key.Name + ".", first.Values, second.Values, differences);
            }
            else if (key != ScenarioShape.BasedOn && key.Property.Name is not (nameof(ScenarioInput.Name) or nameof(ScenarioInput.Description)))
            {
                Collect([key], "", first.Values, second.Values, differences);
            }
        }

        return differences;
    }

    private static void Collect(
        IReadOnlyList<KeyShape> keys,
        string prefix,
        Dictionary<KeyShape, StatedValue>? a,
        Dictionary<KeyShape, StatedValue>? b,
        List<InputDifference> differences)
    {
        foreach (KeyShape key in keys)
        {
            string? mine = a is null ? null : ScenarioValue.Write(key, a[key].Value);
            string? theirs = b is null ? null : ScenarioValue.Write(key, b[key].Value);
            if (mine != theirs)
            {
                differences.Add(new(prefix + key.Name, mine, theirs));
            }
        }
    }
}
