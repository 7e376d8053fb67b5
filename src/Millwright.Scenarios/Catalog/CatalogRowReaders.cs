using Millwright.Catalog;
using Millwright.Quantities;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Makes a record from a row, with the units of the file turned into those inside: FLOP/s, bytes, bytes/s, W, USD.</summary>
internal static class CatalogRowReaders
{
    private const double Tera = 1e12;
    private const double Giga = 1e9;
    private const double Kilo = 1e3;
    private const double BitsPerByte = 8;

    private static readonly string[] FigureKeys =
        ["id", "collection", "category", "metric", "scope", "unit", "low", "mid", "high", "evidence", "weak", "date", "source", "note", "correlation"];

    private static readonly string[] SystemKeys =
    [
        "id", "vendor", "name", "kind", "status", "announced", "available", "chips_per_system", "dies_per_chip", "peak_tflops", "memory", "scale_up",
        "scale_out_gbit_per_second", "power", "cooling", "price", "source", "source_date", "evidence", "note", "measured_names",
    ];

    private static readonly string[] SystemKinds = ["chip", "node", "rack", "pod", "cpu"];
    private static readonly string[] PeakKeys = ["bf16", "fp8", "fp4", "int8"];
    private static readonly string[] MemoryKeys = ["gb", "type", "tb_per_second"];
    private static readonly string[] ScaleUpKeys = ["technology", "gb_per_second", "domain"];
    private static readonly string[] PowerKeys = ["chip_watts", "system_typical_kw", "system_max_kw", "utility_kw_per_chip"];
    private static readonly string[] SystemPriceKeys = ["chip_usd", "system_usd", "date", "evidence", "correlation"];

    private static readonly string[] NetworkKeys =
    [
        "id", "vendor", "name", "kind", "ports", "port_gbit_per_second", "typical_watts", "max_watts", "price_usd", "price_date", "price_evidence", "correlation",
        "source", "source_date", "evidence", "note",
    ];

    private static readonly string[] NetworkKinds = ["nic", "dpu", "switch", "nvswitch", "transceiver", "cable"];

    private static readonly string[] PriceKeys =
        ["id", "system", "kind", "price", "includes", "holds", "holds_in_part", "not_stated", "source", "date", "evidence", "note", "correlation"];

    private static readonly string[] PriceKinds = ["chip", "board", "system", "it_all", "all_in", "share", "derived", "host", "rule"];
    private static readonly string[] PriceParts = ["chips", "baseboard", "server", "rack_scale_up", "nic", "scale_out_network", "storage", "support"];

    private static readonly string[] ModelKeys =
    [
        "id", "hugging_face_name", "aliases", "config", "published_parameters", "published_active_parameters", "weights_precision", "source", "evidence", "note",
    ];

    private static readonly string[] TokenPriceKeys =
    [
        "id", "model", "maker", "provider", "date", "input_usd_per_million", "cached_input_usd_per_million", "output_usd_per_million", "source", "evidence", "weak",
        "note",
    ];

    private static readonly string[] LocationKeys =
        ["id", "name", "country", "electricity_price", "carbon_intensity", "grid_wait", "property_tax", "sales_tax", "income_tax"];

    private static readonly string[] HistogramKeys =
        ["id", "name", "input_tokens", "output_tokens", "cached_share", "peak_to_mean", "source", "licence", "note"];

    /// <summary>A figure.</summary>
    /// <param name="node">The row.</param>
    /// <param name="collection">Collection where the row names none.</param>
    /// <returns>The figure.</returns>
    public static CatalogFigure Figure(YamlNode node, string collection)
    {
        var row = new CatalogRow("figure", node, FigureKeys);
        string id = row.Required("id");
        string unit = row.Required("unit");
        PriceRange range = row.OrderedRange();
        if (range == default && unit != "event")
        {
            throw row.Wrong($"figure \"{id}\" has no low, mid or high; only a row with unit event may have none");
        }

        Evidence evidence = row.Evidence("evidence");
        return new CatalogFigure(
            id,
            row.OptionalText("collection") ?? collection,
            row.Text("category"),
            row.Required("metric"),
            row.Text("scope"),
            unit,
            range.Low,
            range.Mid,
            range.High,
            evidence,
            row.Flag("weak"),
            row.Source(evidence, id),
            row.Text("date"),
            row.Text("note"),
            row.OptionalText("correlation"));
    }

    /// <summary>A system.</summary>
    /// <param name="node">The row.</param>
    /// <returns>The system.</returns>
    public static SystemRecord System(YamlNode node)
    {
        var row = new CatalogRow("system", node, SystemKeys);
        string id = row.Required("id");
        CatalogRow? peak = row.Map("peak_tflops", PeakKeys);
        CatalogRow? memory = row.Map("memory", MemoryKeys);
        CatalogRow? scaleUp = row.Map("scale_up", ScaleUpKeys);
        CatalogRow? power = row.Map("power", PowerKeys);
        CatalogRow? price = row.Map("price", SystemPriceKeys);
        Evidence evidence = row.Evidence("evidence");
        return new SystemRecord
        {
            Id = id,
            Vendor = row.Required("vendor"),
            Name = row.Required("name"),
            Kind = row.Choice("kind", SystemKinds),
            Status = row.Required("status"),
            Announced = row.Text("announced"),
            Available = row.Text("available"),
            ChipsPerSystem = row.Count("chips_per_system") ?? 1,
            DiesPerChip = row.Count("dies_per_chip") ?? 1,
            Bf16FlopsPerSecond = peak?.Positive("bf16") * Tera,
            Fp8FlopsPerSecond = peak?.Positive("fp8") * Tera,
            Fp4FlopsPerSecond = peak?.Positive("fp4") * Tera,
            Int8OpsPerSecond = peak?.Positive("int8") * Tera,
            MemoryBytes = memory?.Positive("gb") * Giga,
            MemoryType = memory?.Text("type") ?? "",
            MemoryBytesPerSecond = memory?.Positive("tb_per_second") * Tera,
            ScaleUpTechnology = scaleUp?.Text("technology") ?? "",
            ScaleUpBytesPerSecond = scaleUp?.Positive("gb_per_second") * Giga,
            ScaleUpDomain = scaleUp?.Count("domain"),
            ScaleOutBytesPerSecond = row.Positive("scale_out_gbit_per_second") * Giga / BitsPerByte,
            ChipWatts = power?.Positive("chip_watts"),
            SystemTypicalWatts = power?.Positive("system_typical_kw") * Kilo,
            SystemMaxWatts = power?.Positive("system_max_kw") * Kilo,
            UtilityWattsPerChip = power?.Positive("utility_kw_per_chip") * Kilo,
            Cooling = row.Text("cooling"),
            ChipPrice = price?.Price("chip_usd") ?? default,
            SystemPrice = price?.Price("system_usd") ?? default,
            PriceDate = price?.Text("date") ?? "",
            Source = row.Source(evidence, id),
            SourceDate = row.Text("source_date"),
            Evidence = evidence,
            PriceEvidence = price?.Evidence("evidence") ?? evidence,
            PriceCorrelation = price?.OptionalText("correlation"),
            Note = row.Text("note"),
            MeasuredNames = row.Texts("measured_names"),
        };
    }

    /// <summary>A network part.</summary>
    /// <param name="node">The row.</param>
    /// <returns>The part.</returns>
    public static NetworkPart NetworkPart(YamlNode node)
    {
        var row = new CatalogRow("network part", node, NetworkKeys);
        string id = row.Required("id");
        Evidence evidence = row.Evidence("evidence");
        PriceRange price = row.Price("price_usd");
        return new NetworkPart(
            id,
            row.Required("vendor"),
            row.Required("name"),
            row.Choice("kind", NetworkKinds),
            row.Count("ports"),
            row.Positive("port_gbit_per_second") * Giga / BitsPerByte,
            row.NotNegative("typical_watts"),
            row.NotNegative("max_watts"),
            price,
            row.Text("price_date"),
            row.Source(evidence, id),
            row.Text("source_date"),
            evidence,
            price == default ? evidence : row.Evidence("price_evidence"),
            row.Text("note"),
            row.OptionalText("correlation"));
    }

    /// <summary>A price with what it holds.</summary>
    /// <param name="node">The row.</param>
    /// <param name="references">Takes the system named, to be checked when all files are read.</param>
    /// <returns>The price.</returns>
    public static PriceScope Price(YamlNode node, ICollection<CatalogReference> references)
    {
        var row = new CatalogRow("price", node, PriceKeys);
        string id = row.Required("id");
        string system = row.Required("system");
        if (system != "*")
        {
            references.Add(new CatalogReference(row.Find("system")!, ReferenceKind.System, system));
        }

        Dictionary<string, Inclusion> parts = new(StringComparer.Ordinal);
        AddParts(row, "holds", Inclusion.Yes, parts);
        AddParts(row, "holds_in_part", Inclusion.Partly, parts);
        AddParts(row, "not_stated", Inclusion.Unknown, parts);
        Evidence evidence = row.Evidence("evidence");
        return new PriceScope(
            id,
            system,
            row.Choice("kind", PriceKinds),
            row.Price("price"),
            row.Text("includes"),
            parts.GetValueOrDefault("chips"),
            parts.GetValueOrDefault("baseboard"),
            parts.GetValueOrDefault("server"),
            parts.GetValueOrDefault("rack_scale_up"),
            parts.GetValueOrDefault("nic"),
            parts.GetValueOrDefault("scale_out_network"),
            parts.GetValueOrDefault("storage"),
            parts.GetValueOrDefault("support"),
            row.Source(evidence, id),
            row.Text("date"),
            evidence,
            row.Text("note"),
            row.OptionalText("correlation"));
    }

    /// <summary>A model with its configuration file.</summary>
    /// <param name="node">The row.</param>
    /// <returns>The model.</returns>
    public static ModelRecord Model(YamlNode node)
    {
        var row = new CatalogRow("model", node, ModelKeys);
        string id = row.Required("id");
        string config = row.Required("config");
        if (config != Path.GetFileName(config))
        {
            throw row.Find("config")!.Wrong($"\"config\" is \"{config}\"; allowed: the name of a file beside this one");
        }

        Evidence evidence = row.Evidence("evidence");
        return new ModelRecord(
            id,
            row.Text("hugging_face_name"),
            row.Texts("aliases"),
            ModelConfigFile.Read(Path.Combine(Path.GetDirectoryName(node.File) ?? "", config)),
            row.Positive("published_parameters"),
            row.Positive("published_active_parameters"),
            row.Text("weights_precision"),
            row.Source(evidence, id),
            evidence,
            row.Text("note"));
    }

    /// <summary>A price of tokens.</summary>
    /// <param name="node">The row.</param>
    /// <returns>The price.</returns>
    public static TokenPrice TokenPrice(YamlNode node)
    {
        var row = new CatalogRow("token price", node, TokenPriceKeys);
        string id = row.Required("id");
        Evidence evidence = row.Evidence("evidence");
        return new TokenPrice(
            id,
            row.Required("model"),
            row.Text("maker"),
            row.Required("provider"),
            row.Text("date"),
            row.NotNegative("input_usd_per_million"),
            row.NotNegative("cached_input_usd_per_million"),
            row.NotNegative("output_usd_per_million"),
            row.Source(evidence, id),
            evidence,
            row.Flag("weak"),
            row.Text("note"));
    }

    /// <summary>A place.</summary>
    /// <param name="node">The row.</param>
    /// <param name="references">Takes the rows named, to be checked when all files are read.</param>
    /// <returns>The place.</returns>
    public static LocationRecord Location(YamlNode node, ICollection<CatalogReference> references)
    {
        var row = new CatalogRow("location", node, LocationKeys);
        return new LocationRecord(
            row.Required("id"),
            row.Required("name"),
            row.Required("country"),
            FigureReference("electricity_price"),
            FigureReference("carbon_intensity"),
            FigureReference("grid_wait"),
            FigureReference("property_tax"),
            FigureReference("sales_tax"),
            FigureReference("income_tax"));

        string? FigureReference(string key)
        {
            string? id = row.OptionalText(key);
            if (id is not null)
            {
                references.Add(new CatalogReference(row.Find(key)!, ReferenceKind.Figure, id));
            }

            return id;
        }
    }

    /// <summary>Request lengths.</summary>
    /// <param name="node">The row.</param>
    /// <returns>The histogram.</returns>
    public static LengthHistogram Histogram(YamlNode node)
    {
        var row = new CatalogRow("length histogram", node, HistogramKeys);
        double[] input = row.Numbers("input_tokens");
        double[] output = row.Numbers("output_tokens");
        if (input.Length == 0 || input.Length != output.Length)
        {
            throw row.Wrong($"input_tokens has {input.Length} numbers and output_tokens {output.Length}; allowed: the same number of both, at least one");
        }

        return new LengthHistogram(
            row.Required("id"),
            row.Required("name"),
            input,
            output,
            row.NotNegative("cached_share"),
            row.Positive("peak_to_mean"),
            row.Required("source"),
            row.Text("licence"),
            row.Text("note"));
    }

    private static void AddParts(CatalogRow row, string key, Inclusion inclusion, Dictionary<string, Inclusion> parts)
    {
        foreach (string part in row.Texts(key))
        {
            if (!PriceParts.Contains(part))
            {
                throw row.Find(key)!.Wrong($"unknown part \"{part}\" in \"{key}\"; allowed: {string.Join(", ", PriceParts)}{Spelling.Hint(part, PriceParts)}");
            }

            if (!parts.TryAdd(part, inclusion))
            {
                throw row.Find(key)!.Wrong($"part \"{part}\" stands twice in the lists of one price");
            }
        }
    }
}
