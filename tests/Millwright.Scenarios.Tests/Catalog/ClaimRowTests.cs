using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

public sealed class ClaimRowTests
{
    /// <summary>A file with a claim that uses every key.</summary>
    internal const string Whole = """
        figures:
          - { id: f, collection: claimtest, metric: m, unit: B$, low: 1, mid: 2, high: 3, evidence: read, source: s }
        claims:
          - id: X1
            group: deal
            claim: it was said
            low: -1
            mid: 5
            high: 7
            unit: B$
            as_of: 2025-10-08
            status_note: open
            answer: "it is {ours}, a share {ratio}"
            beware: not to be misread
            missing: more of it
            measures:
              - { name: ours, label: our figure, plan: scenarios/gigawatt.yaml, set: [site.power=2 GW facility], figure: capex.total }
              - { name: theirs, label: their figure, rows: [claimtest/f], part: low, factor: 1e9, unit: USD }
              - { name: ratio, label: ours over theirs, of: ours, per: theirs, years: 2 }
            tests:
              - { measure: ratio, at_least: 0.5, at_most: 2, says: they are near each other }
            outside: [claimtest/f]
            commands: [catalog list]
          - { id: X2, group: deal, claim: c, answer: a, verdict: depends on, on: the weather, outside: [claimtest/f] }

        """;

    private const string Figure = "figures:\n  - { id: f, metric: m, unit: u, mid: 2, evidence: read, source: s }\nclaims:\n  - { id: X1, group: g, claim: c, answer: a, ";

    public static TheoryData<string, string> Malformed => new()
    {
        { "outside: [bad/f] }", "needs either tests, which decide its verdict, or a stated verdict" },
        { "verdict: holds, measures: [{ name: n, label: l, rows: [bad/f] }], tests: [{ measure: n, at_least: 1, says: s }] }", "needs either tests" },
        { "verdict: holds }", "a stated verdict needs measures or outside rows" },
        { "verdict: maybe, outside: [bad/f] }", "unknown verdict \"maybe\"; allowed: holds, holds in part, does not hold, depends on, not yet" },
        { "verdict: depends on, outside: [bad/f] }", "that verdict needs it" },
        { "verdict: holds, on: x, outside: [bad/f] }", "\"on\" goes with the verdict \"depends on\"" },
        { "verdict: not yet }", "needs \"missing\"" },
        { "verdict: holds, outside: [bad/g] }", "no figure, system, network part, price or token price \"bad/g\" in the catalog; did you mean \"bad/f\"?" },
        { "verdict: holds, measures: [{ name: n, label: l }] }", "needs exactly one of plan, rows, system and of" },
        { "verdict: holds, measures: [{ name: n, label: l, rows: [bad/f], of: m }] }", "needs exactly one of plan, rows, system and of" },
        { "verdict: holds, measures: [{ name: n, label: l, rows: [bad/g] }] }", "no figure \"bad/g\" in the catalog" },
        { "verdict: holds, measures: [{ name: n, label: l, plan: p }] }", "\"figure\" goes with a plan or a system" },
        { "verdict: holds, measures: [{ name: n, label: l, system: nothing, figure: price }] }", "no system \"nothing\" in the catalog" },
        { "verdict: holds, measures: [{ name: n, label: l, system: s, figure: colour }] }", "unknown figure \"colour\"; allowed: bf16_flops" },
        { "verdict: holds, measures: [{ name: n, label: l, rows: [bad/f], set: [a=b] }] }", "\"set\" changes a plan" },
        { "verdict: holds, measures: [{ name: n, label: l, rows: [bad/f], years: 2 }] }", "\"years\" turns a ratio into growth a year" },
        { "verdict: holds, measures: [{ name: n, label: l, of: n }] }", "no measure \"n\" stands before it" },
        { "verdict: holds, measures: [{ name: n, label: l, rows: [bad/f] }, { name: n, label: l, rows: [bad/f] }] }", "second measure \"n\"" },
        { "measures: [{ name: n, label: l, rows: [bad/f] }], tests: [{ measure: m, at_least: 1, says: s }] }", "no measure \"m\" stands before it; there are: n" },
        { "measures: [{ name: n, label: l, rows: [bad/f] }], tests: [{ measure: n, says: s }] }", "a test needs at_least, at_most or both" },
        { "measures: [{ name: n, label: l, rows: [bad/f] }], tests: [{ measure: n, at_least: 2, at_most: 1, says: s }] }", "no value can meet the test" },
        { "measures: [{ name: n, label: l, rows: [bad/f] }], tests: [{ measure: n, more_than: 2, says: s }] }", "unknown key \"more_than\"" },
        { "verdict: holds, outside: [bad/f], beware: \"b\", remark: r }", "unknown key \"remark\"" },
    };

    [Fact]
    public void A_claim_is_read_whole()
    {
        using CatalogDirectory directory = new CatalogDirectory().With("claims.yaml", Whole);
        CatalogData catalog = CatalogYaml.LoadDirectory(directory.Path);
        ClaimRecord claim = catalog.Claims[0];
        Assert.Equal(("X1", "deal", "it was said", -1, 5, 7), (claim.Id, claim.Group, claim.Claim, claim.Low, claim.Mid, claim.High));
        Assert.Null(claim.StatedVerdict);
        Assert.Equal(["ours", "theirs", "ratio"], claim.Measures.Select(m => m.Name));
        Assert.Equal("site.power=2 GW facility", Assert.Single(claim.Measures[0].Changes));
        Assert.Equal((ClaimPart.Low, 1e9, "USD"), (claim.Measures[1].Part, claim.Measures[1].Factor, claim.Measures[1].Unit));
        Assert.Equal(("ours", "theirs", 2.0), (claim.Measures[2].Of, claim.Measures[2].Per, claim.Measures[2].Years));
        Assert.Equal(new ClaimTest("ratio", 0.5, 2, "they are near each other"), Assert.Single(claim.Tests));
        Assert.Equal((ClaimVerdict.DependsOn, "the weather"), (catalog.Claims[1].StatedVerdict, catalog.Claims[1].On));
    }

    [Fact]
    public void A_word_in_braces_must_name_a_measure()
    {
        using CatalogDirectory directory = new CatalogDirectory()
            .With("bad.yaml", "claims:\n  - { id: X1, group: g, claim: c, verdict: not yet, missing: m, answer: \"it is {nothing}\" }\n");
        InputException problem = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(directory.Path));
        Assert.Contains("no measure \"nothing\" stands before it; there are: none", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_claim_without_what_its_verdict_rests_on_is_refused(string rest, string message)
    {
        using CatalogDirectory directory = new CatalogDirectory().With("bad.yaml", Figure + rest + "\n");
        InputException problem = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(directory.Path));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(4, problem.Line);
    }
}
