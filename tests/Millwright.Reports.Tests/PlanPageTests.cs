using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using Millwright.Planning;
using Millwright.Reports.Html;
using Millwright.Reports.Pages;

namespace Millwright.Reports.Tests;

public sealed class PlanPageTests
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "]]><!--", "&amp;&bogus;", "\u0000\u0001\ud800 \ufffe x", "\u202egnp.exe",
        "javascript:alert(1)", "</style></svg></title>", "https://example.org/\"><script>",
    ];

    [Fact]
    public void The_page_is_well_formed_and_its_links_and_ids_are_sound()
    {
        XDocument page = Parse(PlanPage.Write(SamplePlan.Full(), SamplePlan.Options()));
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        string[] places = [.. page.Descendants("a").Attributes("href").Select(href => href.Value).Where(href => href.StartsWith('#')).Select(href => href[1..])];
        Assert.True(places.Length > 20);
        Assert.Empty(places.Except(ids));
        Assert.Equal("en-GB", page.Root!.Attribute("lang")!.Value);
        foreach (string landmark in (string[])["header", "nav", "main", "footer", "h1", "head"])
        {
            Assert.Single(page.Descendants(landmark));
        }

        Assert.Equal("One gigawatt in Texas", page.Descendants("head").Elements("title").Single().Value);
        Assert.All(page.Descendants("svg"), svg => Assert.False(string.IsNullOrWhiteSpace(svg.Attribute("aria-label")?.Value)));
        Assert.All(page.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")!.Value));
        Assert.All(page.Descendants("section"), section => Assert.Contains(section.Attribute("aria-labelledby")!.Value, ids));
    }

    [Fact]
    public void Nothing_is_fetched_from_the_network()
    {
        XDocument page = Parse(PlanPage.Write(SamplePlan.Full(), SamplePlan.Options()));
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "base" or "image" or "use");
        foreach (XAttribute attribute in page.Descendants().Attributes().Where(a => a.Value.Contains("http", StringComparison.OrdinalIgnoreCase)))
        {
            Assert.True(attribute is { Name.LocalName: "href", Parent.Name.LocalName: "a" } or { Name.LocalName: "http-equiv" }, attribute.ToString());
        }

        foreach (XElement style in page.Descendants().Where(element => element.Name.LocalName is "style" or "script"))
        {
            Assert.DoesNotContain("http", style.Value, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("url(", style.Value, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("@import", style.Value, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Every_picture_of_the_page_keeps_its_labels_apart()
    {
        XElement[] pictures = [.. Parse(PlanPage.Write(SamplePlan.Full(), SamplePlan.Options())).Descendants("svg")];
        Assert.True(pictures.Length >= 24, $"{pictures.Length} pictures");
        Assert.All(pictures, picture => SvgText.AssertReadable(picture.ToString(SaveOptions.DisableFormatting)));
    }

    [Fact]
    public void Headlines_say_what_a_reader_came_for()
    {
        string text = Parse(PlanPage.Write(SamplePlan.Full(), SamplePlan.Options())).Descendants("header").First().Value;
        Assert.Contains("1 GW of facility power in Texas holds 4,121 systems of Vera Rubin NVL72, 297k GPUs, and costs 55.0 B$ to build (p10 to p90: 48.2 to 63.1 B$).", text, StringComparison.Ordinal);
        Assert.Contains("it earns 13.3 B$/GW-yr, less than it needs", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_outside_the_market_are_marked()
    {
        XDocument page = Parse(PlanPage.Write(SamplePlan.Full()));
        XElement market = page.Descendants("section").Single(section => section.Attribute("id")!.Value == "market");
        Assert.Equal(2, market.Descendants("tr").Count(row => row.Value.Contains("OUTSIDE MARKET", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_default_and_a_failed_check_are_told_first()
    {
        Plan plan = SamplePlan.Full();
        plan = plan with
        {
            Figures = [.. plan.Figures.Select(f => f.Name == "finance.status" ? f with { Reason = "default in month 71" } : f)],
            Checks = [.. plan.Checks, new PlanCheck("energy in equals energy out", false, "1 and 2")],
        };
        XElement answer = Parse(PlanPage.Write(plan)).Descendants("section").First();
        Assert.Contains("default in month 71", answer.Value, StringComparison.Ordinal);
        Assert.Contains("energy in equals energy out", answer.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_plan_is_told_in_words()
    {
        XDocument page = Parse(PlanPage.Write(SamplePlan.Empty()));
        Assert.Equal(10, page.Descendants("section").Count());
        Assert.All(page.Descendants("section"), section => Assert.True(section.Descendants("p").Any(p => p.Value.Length > 20), section.Value));
    }

    [Fact]
    public void A_plan_that_lacks_anything_still_makes_a_page() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.OneOf(double.NaN, double.PositiveInfinity, -1.0, 0.0, 1e300, -1e-300), Gen.Int[0, 3]).Holds((mask, odd, keep) =>
        {
            Plan plan = SamplePlan.Full();
            int place = 0;
            plan = plan with
            {
                Figures = [.. plan.Figures.Where(_ => Bit(mask, place++) || Bit(mask, place)).Select(f => Bit(mask, place++) ? f : f with { Value = odd, Low = odd, High = 1 })],
                Series = [.. plan.Series.Where(_ => Bit(mask, place++)).Select(s => Bit(mask, place++) ? s : s with { X = [.. s.X.Take(keep)], Y = [.. s.Y.Take(5).Select(_ => odd)] })],
                Swings = [.. plan.Swings.Select(s => Bit(mask, place++) ? s : s with { Low = odd })],
                Anchors = [.. plan.Anchors.Select(a => Bit(mask, place++) ? a : a with { Value = odd, Figure = "no.such.figure" })],
                Workloads = [.. plan.Workloads.Select(w => Bit(mask, place++) ? w : w with { ChipShare = odd, CostPerMillionOutput = odd })],
                Nodes = [.. plan.Nodes.Take(keep)],
            };
            XDocument page = Parse(PlanPage.Write(plan, SamplePlan.Options()));
            Assert.All(page.Descendants("svg"), svg => SvgText.AssertReadable(svg.ToString(SaveOptions.DisableFormatting)));
        }, iter: 60);

    [Fact]
    public void What_was_simulated_stands_beside_what_was_planned_and_nothing_does_where_nothing_was()
    {
        Assert.DoesNotContain("Simulated in the peak hour", PlanPage.Write(SamplePlan.Full(), SamplePlan.Options()), StringComparison.Ordinal);
        WorkloadConfirmation confirmation = new(
            "chat", "small on 1 chip", ConfirmationStatus.Missed, "missed: mean TTFT 12 % above its limit", 2_000, 10, 0.8, new(0.25, 0.2, 0.4, 0.75, 0.8, 0.9), new(0.02, 0.02, 0.02, 0.03, 0.03, 0.03), 0.875, 5, 0);
        XDocument page = Parse(PlanPage.Write(SamplePlan.Full() with { Confirmations = [confirmation] }, SamplePlan.Options()));
        XElement table = Assert.Single(page.Descendants("table"), t => t.Value.Contains("mean TTFT 12 % above", StringComparison.Ordinal));
        Assert.All((string[])["chat", "small on 1 chip", "250 ms", "750 ms", "87.5 %", "50.0 %"], text => Assert.Contains(text, table.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Hostile_names_are_only_ever_text()
    {
        foreach (string name in Hostile)
        {
            Plan plan = SamplePlan.Full();
            plan = plan with
            {
                Tool = name,
                CatalogHash = name,
                Scenario = plan.Scenario with { Name = name, Description = name, Site = plan.Scenario.Site with { Location = name } },
                Figures = [.. plan.Figures, new PlanFigure(name, 1, name, 0, 2, Catalog.Evidence.Read, null, name)],
                Checks = [new PlanCheck(name, false, name)],
                Anchors = [new MarketAnchor("capex.per_gw", name, 1, name, name, name, true)],
                Workloads = [plan.Workloads[0] with { Name = name, Model = name, BoundBy = name }],
                Confirmations = [new WorkloadConfirmation(name, name, ConfirmationStatus.Missed, name, 1, 1, double.NaN, default, default, 0.5, 0, 0)],
                Swings = [new Swing(name, 0, 1, false)],
                Series = [.. plan.Series.Select(s => s with { XName = name })],
            };
            XDocument page = Parse(PlanPage.Write(plan, SamplePlan.Options() with { Command = name, NextSteps = [name], SystemName = name, LocationName = name }));
            Assert.Single(page.Descendants("script"));
            Assert.Empty(page.Descendants("img"));
            Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(page.Descendants("a").Attributes("href"), a => a.Value.StartsWith("javascript", StringComparison.OrdinalIgnoreCase));
            Assert.Contains(name.First(c => c is > ' ' and < (char)127).ToString(), page.Descendants("h1").Single().Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Escaping_leaves_no_character_that_could_end_a_text() =>
        Gen.String.Holds(text =>
        {
            string escaped = Markup.Escape(text);
            Assert.DoesNotContain('<', escaped);
            Assert.DoesNotContain('>', escaped);
            Assert.DoesNotContain('"', escaped);
            Assert.DoesNotContain('\'', escaped);
            Assert.NotNull(XElement.Parse("<a title=\"" + escaped + "\">" + escaped + "</a>"));
        });

    [Fact]
    public void The_same_plan_gives_the_same_page_in_any_culture()
    {
        string page = PlanPage.Write(SamplePlan.Full(), SamplePlan.Options());
        CultureInfo before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        other.NumberFormat.NumberGroupSeparator = ".";
        other.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(page, PlanPage.Write(SamplePlan.Full(), SamplePlan.Options()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_words_of_the_page_are_as_agreed()
    {
        XDocument page = Parse(PlanPage.Write(SamplePlan.Full(), SamplePlan.Options()));
        foreach (XElement picture in page.Descendants("svg").ToList())
        {
            picture.ReplaceWith(new XText("[" + picture.Attribute("aria-label")!.Value + "]"));
        }

        IEnumerable<string> lines = page.Descendants("body").Single().DescendantNodes().OfType<XText>().Where(text => text.Parent!.Name.LocalName is not ("style" or "script"))
            .Select(text => text.Value.Trim()).Where(text => text.Length > 0);
        Golden.Match("plan.txt", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void A_page_of_blocks_is_as_agreed() =>
        Golden.Match("blocks.html", new HtmlPage("Blocks").Section("one", "One", section => section
            .Paragraph("A paragraph & more.").Note("A note.").Callout(Tone.Bad, "Look here:", "it matters")
            .Cards([new Card("What", "1 GW") { Evidence = Catalog.Evidence.Recalled, Range = "p10 to p90", More = ["more"], Outside = [new("theirs", "2 GW", true)], Link = "#one" }])
            .Table(new HtmlTable("Table", [new("Name"), new("Value", true)], [new HtmlRow(["a", new HtmlCell("1") { Link = "https://example.org/a" }]) { Group = "g" }]) { Filterable = true })
            .Collapsible("Inside", inner => inner.Points(["a", "b"]).Tree(ExplainTree.Of(SamplePlan.Full(), "capex.per_gw")!))).Write().Replace(Theme.PageStyle, "STYLE\n", StringComparison.Ordinal));

    private static bool Bit(int mask, int place) => ((mask >> (place % 30)) & 1) == 1;

    private static XDocument Parse(string page) => XDocument.Parse(page);
}
