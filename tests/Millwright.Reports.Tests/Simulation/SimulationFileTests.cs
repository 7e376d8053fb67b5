using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Millwright.Numerics;
using Millwright.Reports.Html;
using Millwright.Reports.Simulation;
using Millwright.Serving.Simulator;

namespace Millwright.Reports.Tests.Simulation;

/// <summary>Files and pictures of a simulation, from requests and states made by hand.</summary>
public sealed class SimulationFileTests
{
    private const long Second = 1_000_000_000_000;

    [Theory]
    [InlineData(0, "0.000000")]
    [InlineData(1, "0.000000000001")]
    [InlineData(Second, "1.000000")]
    [InlineData(1_500_000_000_000, "1.500000")]
    [InlineData(12_345_678_901_234, "12.345678901234")]
    [InlineData(3_000_000_100_000, "3.0000001")]
    [InlineData(long.MaxValue - 1, "9223372.036854775806")]
    public void Times_are_exact_and_have_six_decimals_at_least(long picoseconds, string expected)
    {
        using MemoryStream stream = new();
        ByteText text = new(stream);
        text.AddTime(picoseconds).Flush();
        Assert.Equal(expected, Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(picoseconds, (long)(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture) * Second));
    }

    [Fact]
    public void Text_longer_than_the_buffer_is_whole()
    {
        using MemoryStream stream = new();
        ByteText text = new(stream);
        StringBuilder expected = new();
        for (int i = 0; i < 40_000; i++)
        {
            text.Add(i).Add(" and "u8);
            expected.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i} and ");
        }

        text.Add("äöü").Flush();
        Assert.Equal(expected.Append("äöü").ToString(), Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void A_request_that_never_came_to_work_has_no_times()
    {
        RequestTable table = new();
        table.Add(2 * Second, 10, 20);
        using MemoryStream stream = new();
        RequestsCsv.Write(table, stream);
        Assert.Equal(RequestsCsv.Header + "\n0,10,20,2.000000,,,,0,0,open\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void A_timeline_without_steps_is_still_json_whatever_its_name()
    {
        using MemoryStream stream = new();
        Assert.Equal(0, StepTimeline.Write([new ReplicaMonitor(4)], "a \"name\" <of>\nmodels", 10, stream));
        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        Assert.Equal("a \"name\" <of>\nmodels", document.RootElement.GetProperty("traceEvents")[0].GetProperty("args").GetProperty("name").GetString());
        Assert.Equal(2, document.RootElement.GetProperty("traceEvents").GetArrayLength());
    }

    [Fact]
    public void Pictures_stand_on_a_page_that_is_well_formed()
    {
        QuantileSketch spread = new();
        QuantileSketch alike = new();
        for (int i = 0; i < 1000; i++)
        {
            spread.Add((i % 97 + 1) * Second / 1000);
            alike.Add(Second);
        }

        StateSeries series = new();
        series.Add(0, 3 * Second, 2, 1, 40);
        series.Add(5 * Second, Second, 4, 0, 80);
        string page = new HtmlPage("Run").Section("a", "A", section => section
            .Distributions([("spread", Figures(spread), spread), ("alike", Figures(alike), alike), ("none", default, new QuantileSketch())])
            .Course(series, 100, 1)).Write();
        Assert.Contains("Distribution of spread", page, StringComparison.Ordinal);
        Assert.Contains("Distribution of alike", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Distribution of none", page, StringComparison.Ordinal);
        Assert.Contains("Cache in use", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.NotNull(XDocument.Parse(page[page.IndexOf("<html", StringComparison.Ordinal)..]).Root);

        static LatencySummary Figures(QuantileSketch s) =>
            new(s.Mean / Second, s.Quantile(0.5) / Second, s.Quantile(0.9) / Second, s.Quantile(0.99) / Second, s.Quantile(0.999) / Second, (double)s.Greatest / Second);
    }

    [Fact]
    public void Shares_of_a_distribution_add_up_to_all_that_is_drawn()
    {
        QuantileSketch values = new();
        for (int i = 0; i < 10_000; i++)
        {
            values.Add((long)(Second * (0.01 + 0.09 * i / 10_000)));
        }

        double low = 0.01;
        double[] shares = SimulationPictures.Shares(values, low, 0.009, 10);
        Assert.Equal(1, shares.Sum(), 2e-3);
        Assert.All(shares, static share => Assert.InRange(share, 0.09, 0.11));
        Assert.Equal([1.0], SimulationPictures.Shares(Alike(), 1, 1, 1));

        static QuantileSketch Alike()
        {
            QuantileSketch alike = new();
            alike.Add(Second, 5);
            return alike;
        }
    }
}
