using System.Collections;
using System.Reflection;
using System.Text;
using Millwright.Applications;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Scenarios;

/// <summary>What form the value of a key has.</summary>
internal enum ValueForm
{
    Quantity,
    Text,
    Whole,
    Choice,
    Section,
    Workloads,
}

/// <summary>One key of a scenario.</summary>
internal sealed class KeyShape
{
    /// <summary>Name in the file, such as "peak_factor".</summary>
    public required string Name { get; init; }

    /// <summary>Whole path, such as "site.peak_factor" or "workloads.NAME.model".</summary>
    public required string Path { get; init; }

    /// <summary>The property it fills.</summary>
    public required PropertyInfo Property { get; init; }

    /// <summary>Its description.</summary>
    public required InputAttribute Input { get; init; }

    /// <summary>Form of its value.</summary>
    public required ValueForm Form { get; init; }

    /// <summary>Value of a record made in code.</summary>
    public required object? Default { get; init; }

    /// <summary>Words of a choice with their values, in order; empty otherwise.</summary>
    public IReadOnlyList<(string Word, object Value)> Choices { get; init; } = [];

    /// <summary>Keys of a section or of one workload; null otherwise.</summary>
    public SectionShape? Section { get; init; }
}

/// <summary>The keys of one record.</summary>
/// <param name="type">The record.</param>
/// <param name="keys">Its keys, in order.</param>
internal sealed class SectionShape(Type type, IReadOnlyList<KeyShape> keys)
{
    /// <summary>The record.</summary>
    public Type Type { get; } = type;

    /// <summary>Its keys, in order.</summary>
    public IReadOnlyList<KeyShape> Keys { get; } = keys;

    /// <summary>Its keys by name.</summary>
    public Dictionary<string, KeyShape> ByName { get; } = keys.ToDictionary(k => k.Name, StringComparer.Ordinal);
}

/// <summary>The keys of a scenario, read once from the attributes of the input records.</summary>
internal static class ScenarioShape
{
    /// <summary>Stands for the name of a workload in the path of its keys.</summary>
    public const string AnyName = "NAME";

    /// <summary>The whole scenario.</summary>
    public static SectionShape Root { get; } = Make(typeof(ScenarioInput), new ScenarioInput(), "");

    /// <summary>The list of workloads.</summary>
    public static KeyShape Workloads { get; } = Root.Keys.Single(k => k.Form == ValueForm.Workloads);

    /// <summary>One workload.</summary>
    public static SectionShape Workload { get; } = Workloads.Section!;

    /// <summary>Name of a workload.</summary>
    public static KeyShape WorkloadName { get; } = Workload.Keys.Single(k => k.Property.Name == nameof(WorkloadInput.Name));

    /// <summary>The scenario that a file changes.</summary>
    public static KeyShape BasedOn { get; } = Root.Keys.Single(k => k.Property.Name == nameof(ScenarioInput.BasedOn));

    /// <summary>Every key that holds a value, in order; those of a workload once.</summary>
    public static IReadOnlyList<KeyShape> Leaves { get; } = [.. Root.Keys.SelectMany(k => k.Section is { } s ? s.Keys : [k])];

    private static SectionShape Make(Type type, object made, string prefix)
    {
        List<KeyShape> keys = [];
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<InputAttribute>() is not { } input)
            {
                continue;
            }

            string name = Snake(property.Name);
            string path = prefix + name;
            Type valueType = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            ValueForm form = Form(valueType);
            object? value = property.GetValue(made);
            keys.Add(new KeyShape
            {
                Name = name,
                Path = path,
                Property = property,
                Input = input,
                Form = form,
                Default = value,
                Choices = form == ValueForm.Choice ? [.. Enum.GetNames(valueType).Select(n => (Snake(n), Enum.Parse(valueType, n)))] : [],
                Section = form switch
                {
                    ValueForm.Section => Make(valueType, value!, path + "."),
                    ValueForm.Workloads => Make(typeof(WorkloadInput), new WorkloadInput(), $"{path}.{AnyName}."),
                    _ => null,
                },
            });
        }

        return new SectionShape(type, keys);
    }

    private static ValueForm Form(Type type) => type switch
    {
        _ when type == typeof(Amount) => ValueForm.Quantity,
        _ when type == typeof(string) => ValueForm.Text,
        _ when type == typeof(int) || type == typeof(long) => ValueForm.Whole,
        _ when type.IsEnum => ValueForm.Choice,
        _ when typeof(IEnumerable).IsAssignableFrom(type) => ValueForm.Workloads,
        _ => ValueForm.Section,
    };

    private static string Snake(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
