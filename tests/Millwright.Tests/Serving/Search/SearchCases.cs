using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Search;

namespace Millwright.Tests.Serving.Search;

/// <summary>What the tests of the search share: the shipped catalog, grids and fit.</summary>
internal static class SearchCases
{
    public static readonly CatalogData Catalog = ShippedCatalog.Load();
    public static readonly OperatorLibrary Library = ShippedOperators.Load();
    public static readonly EngineCalibration Calibration = ShippedCalibration.Load();
    public static readonly DeploymentSearch Search = new(Library, Calibration);

    public static ModelArchitecture Model(string id)
    {
        ModelRecord record = Catalog.FindModel(id)!;
        return ModelArchitecture.Parse(record.Id, record.ConfigJson);
    }

    public static SystemOffer Offer(string id) => new(Catalog.FindSystem(id)!, 2, "test");

    public static SearchAnswer Find(IReadOnlyList<SystemOffer> offers, SearchRequest request) => Search.Find(offers, request, TestContext.Current.CancellationToken);

    public static SearchRequest Request(string model, double input, double output, double firstToken, double perToken, int? chips) => new()
    {
        Model = Model(model),
        Lengths = RequestLengths.FromMeans(input, output),
        TimeToFirstTokenLimitSeconds = firstToken,
        TimePerOutputTokenLimitSeconds = perToken,
        Chips = chips,
    };

    public static SearchChip Chip(string system, EngineFamily engine = EngineFamily.Vllm) =>
        SearchChip.Create(Catalog.FindSystem(system)!, engine, Library, Calibration.FactorsOf(engine, system), out _)!;

    public static PrecisionPlan Fp8 { get; } = new(OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Fp8);

    /// <summary>Everything of an answer that a user sees, as text: equal texts are equal to the last bit.</summary>
    public static string Text(SearchAnswer answer)
    {
        IEnumerable<string> lines =
        [
            Text(answer.Best), Text(answer.Cheapest), Text(answer.MostFrugal), answer.Together.ToString(), answer.Apart.ToString(),
            FormattableString.Invariant($"{answer.PoolsVisited}"), .. answer.Frontier.Select(Text), .. answer.RunnersUp.Select(r => Text(r.Point) + r.Why), .. answer.Remarks,
        ];
        return string.Join('\n', lines);
    }

    public static string Text(SearchPoint? p) => p is null ? "none" : FormattableString.Invariant(
        $"{p.System.Id} {p.Engine} {p.Precision} {p.LayoutName} {p.BatchPerReplica:R} {p.TimePerOutputTokenSeconds:R} {p.TimeToFirstTokenSeconds:R} {p.OutputTokensPerChipSecond:R} {p.JoulesPerOutputToken:R} {p.LimitDetail}");
}
