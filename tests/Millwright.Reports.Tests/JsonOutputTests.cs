using System.Text.Json;
using Millwright.Planning;

namespace Millwright.Reports.Tests;

public sealed class JsonOutputTests
{
    [Fact]
    public void The_contract_holds()
    {
        using JsonDocument json = JsonDocument.Parse(JsonOutput.Write(SamplePlan.Full()));
        JsonElement root = json.RootElement;
        Assert.Equal("millwright.plan/1", root.GetProperty("schema").GetString());
        Assert.Equal("millwright 0.1.0", root.GetProperty("tool").GetString());
        Assert.Equal("3f9c1a7e", root.GetProperty("catalog_hash").GetString());
        Assert.Equal(1, root.GetProperty("seed").GetInt64());
        Assert.Equal("One gigawatt in Texas", root.GetProperty("scenario").GetString());
        JsonElement figures = root.GetProperty("figures");
        Assert.Equal(SamplePlan.Full().Figures.Count, figures.EnumerateObject().Count());
        foreach (JsonProperty figure in figures.EnumerateObject())
        {
            foreach (string key in (string[])["value", "unit", "low", "high", "evidence", "power_basis", "reason"])
            {
                Assert.True(figure.Value.TryGetProperty(key, out _), $"{figure.Name} lacks {key}");
            }
        }

        JsonElement perGw = figures.GetProperty("capex.per_gw");
        Assert.Equal("facility", perGw.GetProperty("power_basis").GetString());
        Assert.Equal("recalled", perGw.GetProperty("evidence").GetString());
        Assert.Equal("capex.total / site.power_facility", perGw.GetProperty("formula").GetString());
        Assert.Equal(["capex.total", "site.power_facility"], perGw.GetProperty("inputs").EnumerateArray().Select(x => x.GetString()));
        Assert.Equal(JsonValueKind.Null, figures.GetProperty("finance.status").GetProperty("value").ValueKind);
        Assert.Equal("repaid in month 84", figures.GetProperty("finance.status").GetProperty("reason").GetString());
        JsonElement series = root.GetProperty("series").GetProperty("finance.debt_balance");
        Assert.Equal(97, series.GetProperty("x").GetArrayLength());
        Assert.Equal("month", series.GetProperty("x_name").GetString());
        Assert.Equal("USD", series.GetProperty("unit").GetString());
        JsonElement check = root.GetProperty("checks")[0];
        Assert.True(check.GetProperty("ok").GetBoolean());
        Assert.Equal("sources equal uses", check.GetProperty("name").GetString());
        Assert.NotEmpty(check.GetProperty("detail").GetString()!);
        Assert.Equal(9, root.GetProperty("anchors").GetArrayLength());
        Assert.Equal(6, root.GetProperty("workloads").GetArrayLength());
        Assert.Equal(7, root.GetProperty("swings").GetArrayLength());
    }

    [Fact]
    public void Numbers_keep_every_bit_and_what_is_no_number_is_null_with_a_reason()
    {
        Plan plan = SamplePlan.Full();
        double[] odd = [0.1 + 0.2, Math.PI * 1e11, 5e-324, double.MaxValue, -1.0 / 3, double.NaN, double.NegativeInfinity];
        plan = plan with
        {
            Figures = [.. odd.Select((value, i) => new PlanFigure("f" + i, value, "1", value, value, Catalog.Evidence.Datasheet, null, null)), new PlanFigure("none", null, "1", null, null, Catalog.Evidence.Assumption, null, null)],
            Series = [new PlanSeries("s", "1", "month", odd, odd)],
        };
        using JsonDocument json = JsonDocument.Parse(JsonOutput.Write(plan));
        JsonElement figures = json.RootElement.GetProperty("figures");
        for (int i = 0; i < odd.Length; i++)
        {
            JsonElement value = figures.GetProperty("f" + i).GetProperty("value");
            JsonElement inSeries = json.RootElement.GetProperty("series").GetProperty("s").GetProperty("y")[i];
            if (double.IsFinite(odd[i]))
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(odd[i]), BitConverter.DoubleToInt64Bits(value.GetDouble()));
                Assert.Equal(BitConverter.DoubleToInt64Bits(odd[i]), BitConverter.DoubleToInt64Bits(inSeries.GetDouble()));
                Assert.Equal(JsonValueKind.Null, figures.GetProperty("f" + i).GetProperty("reason").ValueKind);
            }
            else
            {
                Assert.Equal(JsonValueKind.Null, value.ValueKind);
                Assert.Equal(JsonValueKind.Null, inSeries.ValueKind);
                Assert.Equal("not a finite number", figures.GetProperty("f" + i).GetProperty("reason").GetString());
            }
        }

        Assert.Equal("no value", figures.GetProperty("none").GetProperty("reason").GetString());
        Assert.Equal("assumption", figures.GetProperty("none").GetProperty("evidence").GetString());
    }

    [Fact]
    public void A_figure_held_twice_is_an_error_of_ours()
    {
        Plan plan = SamplePlan.Full();
        Assert.Throws<InvalidOperationException>(() => JsonOutput.Write(plan with { Figures = [.. plan.Figures, plan.Figures[0]] }));
    }
}
