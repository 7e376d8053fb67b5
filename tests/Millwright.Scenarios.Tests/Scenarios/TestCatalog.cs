using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.Scenarios;

/// <summary>A catalog with just the ids that the ready scenarios and these tests name.</summary>
internal static class TestCatalog
{
    public static CatalogData Data { get; } = new()
    {
        Hash = "0000000000000000",
        Figures = [],
        Systems = [System("vr200-nvl72"), System("gb200-nvl72"), System("gb300-nvl72"), System("cpu-grace", "cpu")],
        NetworkParts = [Part("q3400", "switch"), Part("opt-800g-dr8", "transceiver"), Part("mpo-trunk", "cable")],
        PriceScopes = [Price("vr200-nvl72-ms", "vr200-nvl72"), Price("gb200-nvl72-bernstein", "gb200-nvl72"), Price("gb200-epoch-server", "gb200-nvl72")],
        Models = [Model("gpt-oss-120b"), Model("deepseek-r1", "DeepSeek-R1"), Model("qwen3-235b-a22b"), Model("glm-5"), Model("kimi-k2.5")],
        TokenPrices =
        [
            Tokens("gpt-oss-120b-fireworks-2026-07-02"),
            Tokens("deepseek-r1-0528-novita-2026-07-02"),
            Tokens("qwen3-235b-a22b-fireworks-2026-08-21"),
            Tokens("glm-5-z-ai-official-2026-07-02"),
            Tokens("kimi-k2-5-moonshot-official-2026-07-02"),
        ],
        Locations = [Place("texas"), Place("virginia"), Place("germany")],
        Claims = [],
        LengthHistograms = [Lengths("azure-2023-conv"), Lengths("servegen-deepseek-r1"), Lengths("mooncake-conversation"), Lengths("browser-agent"), Lengths("coding-agent")],
        Workloads = [],
    };

    private static SystemRecord System(string id, string kind = "rack") =>
        new() { Id = id, Vendor = "test", Name = id, Kind = kind, Status = "shipping", Source = "test" };

    private static NetworkPart Part(string id, string kind) =>
        new(id, "test", id, kind, 64, 1e11, 1, 1, default, "", "test", "", Evidence.Assumption, Evidence.Assumption, "");

    private static PriceScope Price(string id, string system) => new(
        id, system, "system", new(1, 1, 1), "", Inclusion.Yes, Inclusion.Yes, Inclusion.Yes, Inclusion.Yes, Inclusion.Yes, Inclusion.No, Inclusion.No, Inclusion.No,
        "test", "", Evidence.Assumption, "");

    private static ModelRecord Model(string id, params string[] aliases) => new(id, "", aliases, "{}", null, null, "", "test", Evidence.Assumption, "");

    private static TokenPrice Tokens(string id) => new(id, id, "test", "test", "", 1, null, 1, "test", Evidence.Assumption, false, "");

    private static LocationRecord Place(string id) => new(id, id, "test", null, null, null, null, null, null);

    private static LengthHistogram Lengths(string id) => new(id, id, [1], [1], null, null, "test", "test", "");
}
