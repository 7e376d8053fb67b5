using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

/// <summary>Rows of named workloads: what is read, and what is refused.</summary>
public sealed class WorkloadRowTests
{
    private const string Row = """
        workloads:
          - id: mine
            name: My own workload
            success: { value: 0.5, evidence: read, source: s, low: 0.4, high: 0.7 }
            person_share: { value: 0, evidence: read, source: s }
            main:
              prefix_tokens: { value: 9, evidence: read, source: s }
              opening_tokens: { value: 9, evidence: read, source: s }
              calls: { law: geometric, mean: 2, evidence: read, source: s }
              new_tokens: { law: lognormal, p50: 3, mean: 9, most: 50, evidence: read, source: s, date: 2026-10, note: n }
              output_tokens: { value: 5, evidence: read, source: s }
              reasoning_share: { value: 0, evidence: assumption }
              tool_uses: { value: 1, evidence: assumption }
              tools:
                - name: shell
                  share: { value: 1, evidence: assumption }
                  seconds: { law: lognormal, p50: 1, p90: 5, evidence: assumption }
                  cores: { value: 2, evidence: assumption }
                  failure: { value: 0.1, evidence: assumption }
                  tries: 3
            reasoning_budgets:
              - level: high
                tokens: { value: 2, evidence: assumption }
                success: { value: 1.1, evidence: assumption }
        """;

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "person_share: { value: 0,", "person_share: { value: 0.5,", "needs \"think_seconds\"" },
        { "mean: 9,", "mean: 2,", "\"new_tokens\" takes value" },
        { "calls: { law: geometric, mean: 2, evidence: read, source: s }", "calls: { law: geometric, mean: 2, evidence: read }", "needs a \"source\"" },
        { "success: { value: 0.5,", "success: { value: 1.5,", "\"success\" is 1.5; allowed: 0 to 1" },
        { "low: 0.4,", "low: 0.6,", "must ascend" },
        { "law: geometric,", "law: geometrc,", "did you mean \"geometric\"?" },
        { "      calls: { law: geometric, mean: 2, evidence: read, source: s }\n", "", "needs \"calls\"" },
        { "      tool_uses: { value: 1, evidence: assumption }\n", "", "\"tool_uses\" and \"tools\", or neither" },
        { "tries: 3", "tries: 0", "whole number from 1" },
        { "level: high", "level: hihg", "did you mean \"high\"?" },
        { "    person_share: {", "    sub_agents: { value: 1, evidence: assumption }\n    person_share: {", "both \"sub\" and \"sub_agents\"" },
        { "    person_share: {", "    most_context_tokens: { value: 1000, evidence: assumption }\n    person_share: {", "both \"most_context_tokens\" and \"summary_tokens\"" },
        { "    person_share: {", "    person_shore: {", "did you mean \"person_share\"?" },
    };

    [Fact]
    public void A_row_of_an_overlay_is_read_and_written_and_changes_the_hash()
    {
        using CatalogDirectory overlay = new CatalogDirectory().With("mine.yaml", Row);
        CatalogData shipped = ShippedCatalog.Load();
        CatalogData merged = CatalogYaml.LoadDirectory(overlay.Path, shipped);
        Assert.NotEqual(shipped.Hash, merged.Hash);
        Assert.Equal(shipped.Workloads.Count + 1, merged.Workloads.Count);
        using MemoryStream bytes = new();
        CatalogBinary.Write(merged, bytes);
        WorkloadRecord row = CatalogBinary.Read(bytes.ToArray()).FindWorkload("mine")!;
        Assert.Equal(new FigureBand(0.4, 0.5, 0.7, false), row.Success.Band);
        Assert.Equal((DrawnLaw.Lognormal, 3.0, 9.0, 50.0, "2026-10", "n"), (row.Main.NewTokens.Law, row.Main.NewTokens.P50!.Value, row.Main.NewTokens.Mean!.Value, row.Main.NewTokens.Most!.Value, row.Main.NewTokens.Date, row.Main.NewTokens.Note));
        Assert.Equal(("shell", 3, 5.0), (row.Main.Tools[0].Name, row.Main.Tools[0].Tries, row.Main.Tools[0].Seconds.P90!.Value));
        Assert.Equal("catalog/mine.yaml row mine reasoning_share", row.Main.ReasoningShare.Source);
        Assert.Equal(new FigureBand(1.4, 2, 2.6, true), row.Main.Tools[0].Cores.Band);
        Assert.Equal(("high", 2.0), (row.Budgets[0].Level, row.Budgets[0].Tokens.Value!.Value));
        Assert.DoesNotContain(CatalogChecker.Check(merged), f => f.Severity == CatalogSeverity.Error);
    }

    [Fact]
    public void The_five_of_the_page_are_shipped()
    {
        CatalogData shipped = ShippedCatalog.Load();
        Assert.Equal(["chat", "reasoning", "research", "browser-agent", "coding-agent"], shipped.Workloads.Select(w => w.Id));
        Assert.Equal(0.0504, shipped.FindFigure("agents/sandbox-core-hour")!.Mid);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_row_is_refused_with_its_place(string from, string to, string words)
    {
        Assert.Contains(from, Row, StringComparison.Ordinal);
        using CatalogDirectory overlay = new CatalogDirectory().With("bad.yaml", Row.Replace(from, to, StringComparison.Ordinal));
        InputException error = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(overlay.Path, ShippedCatalog.Load()));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(error.Line > 1);
    }
}
