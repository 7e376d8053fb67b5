using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Quantities;

namespace Millwright.Planning.Stages;

/// <summary>The resolved inputs of one workload.</summary>
internal sealed class WorkloadInputs
{
    private readonly string _key;
    private readonly UncertainValue _inputTokens;
    private readonly UncertainValue _outputTokens;
    private readonly UncertainValue _cachedShare;
    private readonly UncertainValue _timeToFirstToken;
    private readonly UncertainValue _timePerOutputToken;
    private readonly UncertainValue _steps;
    private readonly UncertainValue _demand;
    private readonly UncertainValue _growth;
    private readonly UncertainValue _peak;
    private readonly UncertainValue _paid;
    private readonly UncertainValue _inputPrice;
    private readonly UncertainValue _cachedPrice;
    private readonly UncertainValue _outputPrice;
    private readonly UncertainValue _priceChange;

    public WorkloadInputs(WorkloadInput workload, CatalogData catalog, InputResolver inputs)
    {
        Name = workload.Name;
        _key = "workloads." + workload.Name;
        LengthHistogram? lengths = workload.Lengths is { } id
            ? catalog.FindLengths(id) ?? throw new MissingInputException(_key + ".lengths", $"The catalog has no request lengths called \"{id}\".")
            : null;
        _inputTokens = Tokens(inputs, "input_tokens", workload.InputTokens, lengths, lengths?.InputTokens);
        _outputTokens = Tokens(inputs, "output_tokens", workload.OutputTokens, lengths, lengths?.OutputTokens);
        _cachedShare = FromLengths(inputs, "cached_share", QuantityKind.Fraction, workload.CachedShare, lengths, lengths?.CachedShare ?? 0, 0, 0.999);
        _peak = FromLengths(inputs, "peak_to_mean", QuantityKind.Fraction, workload.PeakToMean, lengths, lengths?.PeakToMean ?? 1, 1, 1000);
        _timeToFirstToken = inputs.Resolve(_key + ".time_to_first_token", QuantityKind.Duration, workload.TimeToFirstToken, least: 1e-6).Value;
        _timePerOutputToken = inputs.Resolve(_key + ".time_per_output_token", QuantityKind.Duration, workload.TimePerOutputToken, least: 1e-6).Value;
        _steps = inputs.Resolve(_key + ".steps_per_task", QuantityKind.Count, workload.StepsPerTask, least: 1).Value;
        _demand = workload.Demand is { } demand
            ? inputs.Resolve(_key + ".demand", QuantityKind.TaskRate, demand, least: 0).Value
            : inputs.Resolve(_key + ".chip_share", QuantityKind.Fraction, workload.ChipShare, least: 0, greatest: 1).Value;
        DemandKey = workload.Demand is null ? _key + ".chip_share" : _key + ".demand";
        _growth = inputs.Resolve(_key + ".demand_growth", QuantityKind.RatePerYear, workload.DemandGrowth, least: -0.99).Value;
        _paid = inputs.Resolve(_key + ".paid_share", QuantityKind.Fraction, workload.PaidShare, least: 0, greatest: 1).Value;
        _priceChange = inputs.Resolve(_key + ".price_change", QuantityKind.RatePerYear, workload.PriceChange, least: -0.99).Value;

        TokenPrice? row = workload.PriceRow is { } priceId
            ? catalog.TokenPrices.FirstOrDefault(p => p.Id == priceId)
                ?? throw new MissingInputException(_key + ".price_row", $"The token price list has no row called \"{priceId}\".")
            : null;
        _inputPrice = Price(inputs, "input_price", workload.InputPrice, row, row?.InputUsdPerMillion);
        _cachedPrice = Price(inputs, "cached_input_price", workload.CachedInputPrice, row, row?.CachedInputUsdPerMillion ?? row?.InputUsdPerMillion);
        _outputPrice = Price(inputs, "output_price", workload.OutputPrice, row, row?.OutputUsdPerMillion);
    }

    /// <summary>Name of the workload.</summary>
    public string Name { get; }

    private string DemandKey { get; }

    /// <summary>Enters what decides how fast a chip serves it: input tokens, cached share, output tokens, TTFT, TPOT.</summary>
    public Figure[] EnterService(FigureBook book) =>
    [
        book.Input(_key + ".input_tokens", _inputTokens),
        book.Input(_key + ".cached_share", _cachedShare),
        book.Input(_key + ".output_tokens", _outputTokens),
        book.Input(_key + ".time_to_first_token", _timeToFirstToken),
        book.Input(_key + ".time_per_output_token", _timePerOutputToken),
    ];

    /// <summary>Enters what it asks and what it pays.</summary>
    public OfferFigures Enter(FigureBook book, ServingFigures serving) => new(
        serving,
        book.Input(DemandKey, _demand),
        book.Input(_key + ".steps_per_task", _steps),
        serving.OutputTokens,
        book.Input(_key + ".demand_growth", _growth),
        book.Input(_key + ".peak_to_mean", _peak),
        book.Input(_key + ".paid_share", _paid),
        book.Input(_key + ".input_price", _inputPrice),
        book.Input(_key + ".cached_input_price", _cachedPrice),
        book.Input(_key + ".output_price", _outputPrice),
        book.Input(_key + ".price_change", _priceChange));

    private UncertainValue Tokens(InputResolver inputs, string name, Amount? given, LengthHistogram? lengths, IReadOnlyList<double>? bins)
    {
        if (given is null && bins is null)
        {
            throw new MissingInputException(
                $"{_key}.{name}", $"The workload {Name} needs its request lengths: name a trace in {_key}.lengths, or state {_key}.{name}.");
        }

        return FromLengths(inputs, name, QuantityKind.Tokens, given, lengths, bins?.Average() ?? 1, 1, double.PositiveInfinity);
    }

    private UncertainValue FromLengths(
        InputResolver inputs, string name, QuantityKind kind, Amount? given, LengthHistogram? lengths, double value, double least, double greatest)
    {
        string key = $"{_key}.{name}";
        if (given is not null)
        {
            return inputs.Resolve(key, kind, given, null, least, greatest).Value;
        }

        return lengths is null
            ? new UncertainValue(new(value, value, value), InsideUnit.Of(kind), Evidence.Assumption, "default of " + key, "", null, null, IsStated: false, least, greatest)
            : new UncertainValue(new(value, value, value), InsideUnit.Of(kind), Evidence.Derived, lengths.Source, "", lengths.Id, null, IsStated: false, least, greatest);
    }

    private UncertainValue Price(InputResolver inputs, string name, Amount? given, TokenPrice? row, double? listed)
    {
        string key = $"{_key}.{name}";
        if (given is not null)
        {
            return inputs.Resolve(key, QuantityKind.MoneyPerMillionTokens, given, least: 0).Value;
        }

        if (row is null || listed is not { } price)
        {
            throw new MissingInputException(
                key, $"No price is known for {name.Replace('_', ' ')} of {Name}: name a row of the token price list in {_key}.price_row, or state {key}.");
        }

        return new UncertainValue(
            new(price, price, price), InsideUnit.Of(QuantityKind.MoneyPerMillionTokens), row.Evidence, row.Source, row.Date, row.Id, null, IsStated: false, Least: 0);
    }
}
