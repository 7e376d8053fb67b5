using System.Reflection;
using System.Text.RegularExpressions;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Cli.Tests.Planning;

/// <summary>What the documentation of a key says of its default is what the planner takes.</summary>
public sealed partial class DefaultTests
{
    // The figure's own name is taken by the contract with readers of the JSON.
    private static readonly Dictionary<string, string> OtherNames = new() { ["finance.supplier_equity"] = "finance.supplier_equity_per_watt" };

    // Keys without a number of their own unless a scenario states one, or that only sizing from demand reads.
    private static readonly string[] WithoutFigure = ["chips.spares", "chips.supply_limit", "finance.equity_limit"];

    [Fact]
    public void Every_number_left_out_takes_the_default_that_its_key_promises()
    {
        FigureBook book = Chain.Run(Chain.Empty()).Book;
        LocationRecord location = Chain.Catalog.FindLocation(new ScenarioInput().Site.Location)!;
        List<string> missing = [];
        int compared = 0;
        foreach ((string key, PropertyInfo property, InputAttribute input, object section) in SectionKeys())
        {
            if (input.Kind is not { } kind)
            {
                continue;
            }

            FigureNode? node = book.Find(OtherNames.GetValueOrDefault(key, key));
            if (node is null)
            {
                missing.Add(key);
                continue;
            }

            compared += Compare(key, input, kind, node, location) ? 1 : 0;
        }

        Assert.Equal(WithoutFigure, missing.Order(StringComparer.Ordinal));
        Assert.True(compared > 40, $"{compared} keys compared");
    }

    [Fact]
    public void Every_number_of_a_workload_left_out_takes_its_default()
    {
        FigureBook book = Chain.Run(Workload()).Book;
        int compared = 0;
        foreach (PropertyInfo property in typeof(WorkloadInput).GetProperties())
        {
            if (property.GetCustomAttribute<InputAttribute>() is { Kind: { } kind, Default: not null } input)
            {
                string key = "workloads.w." + Snake(property.Name);
                FigureNode node = book.Find(key) ?? throw new KeyNotFoundException(key);
                Assert.True(Compare(key, input, kind, node, null), key);
                compared++;
            }
        }

        Assert.True(compared >= 7);
    }

    [Fact]
    public void Spare_systems_are_counted_by_their_default()
    {
        FigureNode node = Chain.Run("gigawatt", Chain.FromDemand).Book.Find("chips.spares")!;
        Assert.Equal(Parse("2 %", QuantityKind.Fraction).Mid, node.Value);
        Assert.Equal(node.Value, new Millwright.Chips.ChipsInput().Spares.Mid);
    }

    [Fact]
    public void Words_and_whole_numbers_left_out_are_what_their_keys_promise()
    {
        int compared = 0;
        foreach ((string key, PropertyInfo property, InputAttribute input, object section) in SectionKeys())
        {
            if (input.Kind is null && input.Default is { } promised)
            {
                string actual = property.GetValue(section) switch
                {
                    Enum word => word.ToString().ToLowerInvariant(),
                    IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                    object other => other.ToString()!,
                    null => "",
                };
                Assert.True(promised == actual, $"{key}: {promised} promised, {actual} taken");
                compared++;
            }
        }

        Assert.True(compared >= 9);
    }

    private static bool Compare(string key, InputAttribute input, QuantityKind kind, FigureNode node, LocationRecord? location)
    {
        Assert.NotNull(node.Input);
        Assert.Equal(InsideUnit.Of(kind), node.Unit);
        Assert.False(node.Input.IsStated, key);
        if (input.CatalogDefault is { } row)
        {
            string id = row.StartsWith("location:", StringComparison.Ordinal) ? RowOf(location!, row["location:".Length..]) : row;
            string known = Chain.Catalog.FindFigure(id)?.Id ?? Chain.Catalog.FindPrice(id)?.Id ?? throw new KeyNotFoundException(id);
            Assert.True(known == node.Input.CatalogId, $"{key}: row {known} promised, {node.Input.CatalogId ?? node.Input.Source} taken");
            return true;
        }

        if (input.Default is not { } promised)
        {
            return false;
        }

        Amount amount = Parse(promised, kind);
        Assert.True(Math.Abs(amount.Mid - node.Value) <= 1e-12 * Math.Abs(amount.Mid), $"{key}: {promised} promised, {node.Value:R} {node.Unit} taken");
        Assert.Equal(amount.Basis ?? node.Basis, node.Basis);
        Assert.Equal("default of " + key, node.Input.Source);
        return true;
    }

    private static IEnumerable<(string Key, PropertyInfo Property, InputAttribute Input, object Section)> SectionKeys()
    {
        ScenarioInput scenario = new();
        foreach (PropertyInfo property in typeof(ScenarioInput).GetProperties())
        {
            if (property.GetCustomAttribute<InputAttribute>() is not { } input || property.GetValue(scenario) is not { } value || property.Name == nameof(ScenarioInput.Workloads))
            {
                continue;
            }

            if (value.GetType().Namespace != typeof(string).Namespace)
            {
                foreach (PropertyInfo key in value.GetType().GetProperties())
                {
                    if (key.GetCustomAttribute<InputAttribute>() is { } keyInput)
                    {
                        yield return (Snake(property.Name) + "." + Snake(key.Name), key, keyInput, value);
                    }
                }
            }
            else
            {
                yield return (Snake(property.Name), property, input, scenario);
            }
        }
    }

    private static ScenarioInput Workload() => new()
    {
        Workloads = [new WorkloadInput { Name = "w", Model = "gpt-oss-120b", Lengths = "azure-2023-conv", PriceRow = "gpt-oss-120b-fireworks-2026-07-02" }],
    };

    private static string RowOf(LocationRecord location, string name) => name switch
    {
        "electricity-price" => location.ElectricityPrice,
        "carbon-intensity" => location.CarbonIntensity,
        "grid-wait" => location.GridWait,
        "property-tax" => location.PropertyTax,
        "sales-tax" => location.SalesTax,
        "income-tax" => location.IncomeTax,
        _ => throw new KeyNotFoundException(name),
    } ?? throw new KeyNotFoundException($"{location.Id} has no {name}");

    private static Amount Parse(string text, QuantityKind kind)
    {
        Assert.True(QuantityText.TryParse(text, kind, needsBasis: kind == QuantityKind.Power, out Amount? amount, out string? error), $"{text}: {error}");
        return amount!;
    }

    private static string Snake(string name) => Words().Replace(name, "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
