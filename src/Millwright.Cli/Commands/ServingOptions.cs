using System.Globalization;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving;
using Millwright.Serving.Search;
using Millwright.Studies;

namespace Millwright.Cli.Commands;

/// <summary>Reads what commands that look for deployments are given: models, systems, lengths, limits, precisions.</summary>
internal static class ServingOptions
{
    /// <summary>The scenario whose site, lives and costs price a chip-hour.</summary>
    public const string SiteOfPrices = "gigawatt";

    /// <summary>The word for all systems.</summary>
    public const string AnySystem = "any";

    public static ModelArchitecture Model(string name, CatalogData catalog)
    {
        try
        {
            if (File.Exists(name))
            {
                return ModelArchitecture.Parse(Path.GetFileNameWithoutExtension(name), File.ReadAllText(name));
            }

            return catalog.FindModel(name) is { } record
                ? ModelArchitecture.Parse(record.Id, record.ConfigJson)
                : throw Wrong("--model", $"the catalog has no model called \"{name}\", and there is no such config.json.{Nearest(name, catalog.Models.Select(static m => m.Id))} \"millwright catalog list models\" shows them");
        }
        catch (ModelConfigException problem)
        {
            throw new InputException(name, 0, 0, problem.Message);
        }
    }

    public static IReadOnlyList<SystemRecord> Systems(string text, CatalogData catalog)
    {
        if (text.Trim() == AnySystem)
        {
            return [.. catalog.Systems.Where(static s => s.Kind != "cpu" && ChipPeaks.TryRead(s, out _) is not null)];
        }

        List<SystemRecord> systems = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            SystemRecord found = FindSystem(name, catalog)
                ?? throw Wrong("--system", $"the catalog has no system called \"{name}\".{Nearest(name, catalog.Systems.Select(static s => s.Id))} \"millwright catalog list systems\" shows them; \"{AnySystem}\" stands for all");
            if (!systems.Contains(found))
            {
                systems.Add(found);
            }
        }

        return systems.Count > 0 ? systems : throw Wrong("--system", "name at least one system");
    }

    public static SystemRecord? FindSystem(string name, CatalogData catalog) =>
        catalog.FindSystem(name)
        ?? catalog.Systems.FirstOrDefault(s => s.MeasuredNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        ?? catalog.Systems.FirstOrDefault(s => s.Id.EndsWith("-" + name, StringComparison.OrdinalIgnoreCase));

    public static RequestLengths Lengths(double? input, double? output, double? cached, string? trace, Session session, CancellationToken cancellation)
    {
        double share = cached ?? 0;
        if (!(share is >= 0 and < 1))
        {
            throw Wrong("--cached", "the cached share of the input lies from 0 % to below 100 %");
        }

        if (trace is not null)
        {
            if (input is not null || output is not null)
            {
                throw Wrong("--trace", "the trace tells the lengths: leave --isl and --osl out");
            }

            TraceSummary summary = new TraceFile(trace).Measure("trace", 24, session.Errors, cancellation);
            return RequestLengths.FromHistogram(summary.Histogram, cachedShare: cached);
        }

        if (input is not { } isl || output is not { } osl)
        {
            throw Wrong("--isl", "state the input and output tokens of a request: --isl 2048 --osl 512, or a --trace");
        }

        return RequestLengths.FromMeans(Positive("--isl", isl), Positive("--osl", osl), share);
    }

    public static double Positive(string option, double value) =>
        value > 0 && double.IsFinite(value) && value < 1e24
            ? value
            : throw Wrong(option, string.Create(CultureInfo.InvariantCulture, $"{value} was found; a number above 0 is wanted"));

    public static double Quantity(string option, string text, QuantityKind kind) =>
        Positive(option, Amount(option, text, kind, false).Mid);

    public static Amount Amount(string option, string text, QuantityKind kind, bool needsBasis) =>
        QuantityText.TryParse(text, kind, needsBasis, out Amount? amount, out string? problem) ? amount : throw Wrong(option, problem);

    public static IReadOnlyList<EngineFamily> Engines(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "vllm" => [EngineFamily.Vllm],
        "sglang" => [EngineFamily.Sglang],
        "trtllm" or "tensorrt-llm" => [EngineFamily.TensorRtLlm],
        "all" => [EngineFamily.Vllm, EngineFamily.Sglang, EngineFamily.TensorRtLlm],
        { } other => throw Wrong("--engine", $"\"{other}\" was found; allowed are vllm, sglang, trtllm and all"),
    };

    public static string NameOf(EngineFamily engine) => engine switch { EngineFamily.Vllm => "vllm", EngineFamily.Sglang => "sglang", _ => "trtllm" };

    /// <summary>Precisions as "fp8" or "fp8,nvfp4"; null for all.</summary>
    public static IReadOnlyList<PrecisionPlan>? Precisions(string? text)
    {
        if (text is null || text.Trim() == "all")
        {
            return null;
        }

        List<PrecisionPlan> plans = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            OperandPrecision precision = Precision("--precision", name);
            OperandPrecision dense = precision == OperandPrecision.Mxfp4 ? OperandPrecision.Bf16 : precision;
            plans.Add(new PrecisionPlan(dense, precision, OperandPrecision.Bf16));
            if (precision is not OperandPrecision.Bf16)
            {
                plans.Add(new PrecisionPlan(dense, precision, OperandPrecision.Fp8));
            }
        }

        return plans.Count > 0 ? plans : throw Wrong("--precision", "name at least one precision");
    }

    public static OperandPrecision Precision(string option, string name) => name.Trim().ToLowerInvariant() switch
    {
        "bf16" or "fp16" => OperandPrecision.Bf16,
        "fp8" => OperandPrecision.Fp8,
        "fp8-block" or "fp8_block" => OperandPrecision.Fp8Block,
        "nvfp4" or "fp4" => OperandPrecision.Fp4,
        "mxfp4" => OperandPrecision.Mxfp4,
        "int8" => OperandPrecision.Int8,
        "int4" => OperandPrecision.Int4,
        _ => throw Wrong(option, $"\"{name}\" was found; allowed are bf16, fp8, fp8-block, nvfp4, mxfp4, int8 and int4"),
    };

    /// <summary>Speculation as "3:1.8": tokens drafted, and how many of them are accepted in the mean.</summary>
    public static Speculation? Draft(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split(':');
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int drafted)
            || !double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double accepted)
            || drafted is < 1 or > 16
            || accepted < 0
            || accepted > drafted)
        {
            throw Wrong("--draft", $"\"{text}\" was found; wanted are the tokens drafted for a step and how many of them are accepted in the mean, such as 3:1.8");
        }

        return new Speculation(drafted, accepted);
    }

    /// <summary>The search space of pools named as "together,apart,split".</summary>
    public static SearchSpace Pools(string text)
    {
        SearchSpace space = SearchSpace.Full with { Together = false, Apart = false };
        foreach (string name in Split(text))
        {
            space = name.ToLowerInvariant() switch
            {
                "together" => space with { Together = true },
                "apart" => space with { Apart = true },
                "split" => space with { Split = true },
                _ => throw Wrong("--pools", $"\"{name}\" was found; allowed are together, apart and split"),
            };
        }

        return space is { Together: false, Apart: false, Split: false } ? throw Wrong("--pools", "name at least one of together, apart and split") : space;
    }

    /// <summary>Skew of routing over experts.</summary>
    public static double Skew(double value) => value is >= 0 and <= ExpertLoad.MostSkew
        ? value
        : throw Wrong("--skew", string.Create(CultureInfo.InvariantCulture, $"{value} was found; the skew of routing lies from 0 (all experts as popular) to {ExpertLoad.MostSkew}"));

    /// <summary>What a chip of each system costs and draws: as stated, or by the plan of a site filled with it.</summary>
    public static IReadOnlyList<SystemOffer> Offers(ScenarioInput site, IReadOnlyList<SystemRecord> systems, CatalogData catalog, double? usdPerChipHour, PowerBasis basis)
    {
        List<SystemOffer> offers = [];
        foreach (SystemRecord system in systems)
        {
            SystemOffer offer = SystemOffers.Of(site, catalog, system, basis, out _);
            offers.Add(usdPerChipHour is { } usd ? offer with { UsdPerChipHour = usd, CostSource = "as stated" } : offer);
        }

        return offers;
    }

    /// <summary>
    /// Each system as it is sold, and with each cap of its power and each other network: those that are named; of all systems also the usual caps, and the
    /// networks that the catalog knows for each.
    /// </summary>
    public static IReadOnlyList<SystemOffer> Variants(
        ScenarioInput site, IReadOnlyList<SystemOffer> offers, CatalogData catalog, string? caps, string? networks, bool ofAny, bool costIsStated, PowerBasis basis)
    {
        List<double> shares = [.. Split(caps).Select(static text => Amount("--power-cap", text, QuantityKind.Fraction, false).Mid)];
        foreach (double share in shares)
        {
            if (!(share is > 0 and <= 1))
            {
                throw Wrong("--power-cap", "a cap lies above 0 % and at most at 100 % of the rated power");
            }
        }

        bool usual = ofAny && caps is null;
        if (shares.Count == 0)
        {
            shares.Add(1);
        }

        List<double> rates = [.. Split(networks).Select(static text => Quantity("--nic", text, QuantityKind.Bandwidth))];
        SystemVariants variants = new(site, catalog, basis);
        List<SystemOffer> all = [];
        foreach (SystemOffer offer in offers)
        {
            IEnumerable<double> others = networks is null && ofAny ? variants.Networks(offer.System) : rates.Where(rate => rate != offer.System.ScaleOutBytesPerSecond);
            foreach (double? network in (double?[])[null, .. others.Select(static rate => (double?)rate)])
            {
                all.AddRange((usual && offer.System.ChipWatts is not null ? SystemVariants.UsualCaps : shares).Select(share => variants.Of(offer, network, share, costIsStated)));
            }
        }

        return all;
    }

    private static string[] Split(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    public static InputException Wrong(string option, string message) => new("", 0, 0, $"{option}: {message}.");

    private static string Nearest(string name, IEnumerable<string> known) => Spelling.Nearest(name, [.. known]) is { } near ? $" Did you mean {near}?" : "";
}
