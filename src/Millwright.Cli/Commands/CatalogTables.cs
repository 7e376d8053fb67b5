using System.Globalization;
using Millwright.Applications.Tasks;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Quantities;
using Millwright.Reports;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>The catalog as tables.</summary>
internal static class CatalogTables
{
    // request lengths have some of the same ids
    private const string WorkloadPrefix = "workloads/";

    private static readonly string[] Collections = ["systems", "models", "network", "prices", "token-prices", "lengths", "workloads", "locations"];

    public static TableDocument List(CatalogData catalog, string? kind) => kind switch
    {
        null => Counts(catalog),
        "systems" => Systems(catalog),
        "models" => Models(catalog),
        "network" => Network(catalog),
        "prices" => Prices(catalog),
        "token-prices" => TokenPrices(catalog),
        "lengths" => Lengths(catalog),
        "workloads" => Workloads(catalog),
        "locations" => Locations(catalog),
        _ => Figures(catalog, kind),
    };

    public static TableDocument Show(CatalogData catalog, string id)
    {
        if (string.IsNullOrWhiteSpace(id))
        {
            throw new InputException("", 0, 0, "An id is needed, such as vr200-nvl72; \"millwright catalog list systems\" shows those of the systems.");
        }

        List<IReadOnlyList<DocumentCell>> rows = [];
        string? title = null;
        if (catalog.FindSystem(id) is { } system)
        {
            title = system.Name;
            AddSystem(rows, system);
        }
        else if (catalog.FindModel(id) is { } model)
        {
            title = model.Id;
            Add(rows, "names", string.Join(", ", ((string[])[model.HuggingFaceName, .. model.Aliases]).Where(static n => n.Length > 0).Distinct(StringComparer.Ordinal)));
            AddModel(rows, ModelArchitecture.Parse(model.Id, model.ConfigJson));
            Add(rows, "weights released in", model.WeightsPrecision);
            AddOrigin(rows, model.Source, "", model.Evidence, model.Note);
        }
        else if (catalog.FindNetworkPart(id) is { } part)
        {
            title = part.Name;
            Add(rows, "kind", part.Kind);
            Add(rows, "ports", part.Ports is { } ports ? ports.ToString(CultureInfo.InvariantCulture) : "not published");
            AddNumber(rows, "rate of a port", part.PortBytesPerSecond, "B/s");
            AddNumber(rows, "typical power", part.TypicalWatts, "W");
            AddNumber(rows, "greatest power", part.MaxWatts, "W");
            AddPrice(rows, "price", part.Price, part.PriceEvidence);
            AddOrigin(rows, part.Source, part.SourceDate, part.Evidence, part.Note);
        }
        else if (catalog.FindPrice(id) is { } price)
        {
            title = $"price of {price.SystemId}";
            Add(rows, "kind", price.Kind);
            AddPrice(rows, price.Kind == "rule" ? "ratio" : "price", price.Price, price.Evidence);
            Add(rows, "holds", price.Includes);
            AddOrigin(rows, price.Source, price.Date, price.Evidence, price.Note);
        }
        else if (catalog.TokenPrices.FirstOrDefault(p => p.Id == id) is { } token)
        {
            title = $"{token.Model} sold by {token.Provider}";
            AddNumber(rows, "uncached input", token.InputUsdPerMillion, "USD/Mtok");
            AddNumber(rows, "cached input", token.CachedInputUsdPerMillion, "USD/Mtok");
            AddNumber(rows, "output", token.OutputUsdPerMillion, "USD/Mtok");
            AddOrigin(rows, token.Source, token.Date, token.Evidence, token.Note);
        }
        else if (catalog.FindLengths(id) is { } lengths)
        {
            title = lengths.Name;
            AddNumber(rows, "mean input", lengths.InputTokens.Average(), "tok");
            AddNumber(rows, "mean output", lengths.OutputTokens.Average(), "tok");
            Add(rows, "cached share of the input", lengths.CachedShare is { } share ? Humanize.Value(share, "share") : "the trace does not tell");
            Add(rows, "busiest over mean rate", lengths.PeakToMean is { } peak ? peak.ToString("0.00", CultureInfo.InvariantCulture) : "the trace does not tell");
            Add(rows, "licence", lengths.Licence);
            AddOrigin(rows, lengths.Source, "", Evidence.Derived, lengths.Note);
        }
        else if (catalog.FindWorkload(id.StartsWith(WorkloadPrefix, StringComparison.Ordinal) ? id[WorkloadPrefix.Length..] : id) is { } workload)
        {
            title = workload.Name;
            foreach ((string name, DrawnFigure drawn) in workload.Figures())
            {
                Add(rows, name, Words(drawn));
            }

            Add(rows, "note", workload.Note);
        }
        else if (catalog.FindFigure(id) is { } figure)
        {
            title = figure.Metric;
            Add(rows, "table", figure.Collection);
            Add(rows, "scope", figure.Scope);
            Add(rows, "low, mid, high", $"{Plain(figure.Low)}, {Plain(figure.Mid)}, {Plain(figure.High)} {figure.Unit}");
            if (figure.WithBand() is { } band)
            {
                Add(rows, "range planned with", $"{Plain(band.Low)} to {Plain(band.High)} {figure.Unit}{(band.IsDefault ? ", by its kind of evidence" : "")}");
            }

            AddOrigin(rows, figure.Source, figure.Date, figure.Evidence, figure.Note);
            if (figure.Weak)
            {
                Add(rows, "use", "bounds a range, is never a default");
            }
        }
        else if (catalog.FindLocation(id) is { } location)
        {
            title = location.Name;
            Add(rows, "country", location.Country);
            Add(rows, "price of power", location.ElectricityPrice ?? "no figure known");
            Add(rows, "carbon", location.CarbonIntensity ?? "no figure known");
            Add(rows, "wait for the grid", location.GridWait ?? "no figure known");
            Add(rows, "property tax", location.PropertyTax ?? "no figure known");
            Add(rows, "sales tax", location.SalesTax ?? "no figure known");
            Add(rows, "income tax", location.IncomeTax ?? "no figure known");
        }

        if (title is null)
        {
            string[] same = [.. catalog.Figures.Where(f => f.Id == id).Select(static f => f.Collection + "/" + f.Id)];
            if (same.Length > 1)
            {
                throw new InputException("", 0, 0, $"Several rows are called \"{id}\". Name one: {string.Join(", ", same)}.");
            }

            string? nearest = Spelling.Nearest(id, Ids(catalog));
            throw new InputException("", 0, 0, $"The catalog has no row called \"{id}\"." + (nearest is null ? "" : $" Did you mean {nearest}?"));
        }

        return new TableDocument(
            "catalog show", title, [$"{id}: {title}"], [new DocumentTable("row", "", [new("what", "what"), new("value", "value")], rows)], [Named(catalog)]);
    }

    public static TableDocument Findings(CatalogData catalog, IReadOnlyList<CatalogFinding> findings) => new(
        "catalog check",
        "Check of the catalog",
        [
            findings.Count == 0
                ? "Every row has a source, every range is in order, every reference is found."
                : $"{findings.Count(static f => f.Severity == CatalogSeverity.Error)} errors and {findings.Count(static f => f.Severity == CatalogSeverity.Warning)} warnings.",
        ],
        findings.Count == 0
            ? []
            :
            [
                new DocumentTable(
                    "findings",
                    "",
                    [new("code", "code"), new("severity", "severity"), new("subject", "row"), new("message", "what")],
                    [.. findings.Select(static f => (IReadOnlyList<DocumentCell>)[f.Code, f.Severity.ToString().ToLowerInvariant(), f.Subject, f.Message])]),
            ],
        [Named(catalog)]);

    public static TableDocument Model(ModelArchitecture model)
    {
        List<IReadOnlyList<DocumentCell>> rows = [];
        AddModel(rows, model);
        return new TableDocument(
            "catalog add-model", model.Id, [$"{model.Id}: read as {model.Family}"], [new DocumentTable("model", "", [new("what", "what"), new("value", "value")], rows)], []);
    }

    private static TableDocument Counts(CatalogData catalog)
    {
        List<IReadOnlyList<DocumentCell>> rows =
        [
            Count("systems", catalog.Systems.Count),
            Count("models", catalog.Models.Count),
            Count("network", catalog.NetworkParts.Count),
            Count("prices", catalog.PriceScopes.Count),
            Count("token-prices", catalog.TokenPrices.Count),
            Count("lengths", catalog.LengthHistograms.Count),
            Count("workloads", catalog.Workloads.Count),
            Count("locations", catalog.Locations.Count),
            .. catalog.Figures.GroupBy(static f => f.Collection, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => Count(g.Key, g.Count())),
        ];
        return new TableDocument(
            "catalog list",
            "The catalog",
            ["What the catalog holds. List one with: millwright catalog list KIND; show a row with: millwright catalog show ID."],
            [new DocumentTable("kinds", "", [new("kind", "kind"), new("rows", "rows", true)], rows)],
            [Named(catalog)]);
    }

    private static TableDocument Systems(CatalogData catalog) => Table(
        catalog,
        "Systems",
        "systems",
        [
            new("id", "id"), new("name", "name"), new("available", "available"), new("chips", "chips", true), new("bf16_tflops", "bf16 TFLOP/s", true), new("fp8_tflops", "fp8", true),
            new("fp4_tflops", "fp4", true), new("memory_gb", "GB", true), new("memory_tb_per_s", "TB/s", true), new("chip_w", "chip W", true), new("system_kw", "system kW", true), new("price_usd", "price $", true),
        ],
        catalog.Systems.Select(static s => (IReadOnlyList<DocumentCell>)
        [
            s.Id, s.Name, s.Available, Number(s.ChipsPerSystem, 1), Number(s.Bf16FlopsPerSecond, 1e12), Number(s.Fp8FlopsPerSecond, 1e12), Number(s.Fp4FlopsPerSecond, 1e12),
            Number(s.MemoryBytes, 1e9), Number(s.MemoryBytesPerSecond, 1e12), Number(s.ChipWatts, 1), Number(s.SystemTypicalWatts ?? s.SystemMaxWatts, 1e3), Number(s.SystemPrice.Mid ?? s.ChipPrice.Mid, 1),
        ]));

    private static TableDocument Models(CatalogData catalog) => Table(
        catalog,
        "Models",
        "models",
        [
            new("id", "id"), new("family", "family"), new("layers", "layers", true), new("parameters", "parameters (billion)", true), new("active", "active (billion)", true),
            new("kv_bytes_per_token", "KV bytes a token (bf16)", true),
        ],
        catalog.Models.Select(static record =>
        {
            ModelArchitecture model = ModelArchitecture.Parse(record.Id, record.ConfigJson);
            return (IReadOnlyList<DocumentCell>)
            [
                model.Id, model.Family, Number(model.Layers.Count, 1), Number(model.TotalParameters, 1e9), Number(model.ActiveParameters, 1e9), Number(KvBytesPerToken(model), 1),
            ];
        }));

    private static TableDocument Network(CatalogData catalog) => Table(
        catalog,
        "Network parts",
        "network",
        [new("id", "id"), new("name", "name"), new("kind", "kind"), new("ports", "ports", true), new("port_gbps", "Gb/s a port", true), new("power_w", "W", true), new("price_usd", "price $", true)],
        catalog.NetworkParts.Select(static p => (IReadOnlyList<DocumentCell>)
            [p.Id, p.Name, p.Kind, Number(p.Ports, 1), Number(p.PortBytesPerSecond, 0.125e9), Number(p.TypicalWatts, 1), Number(p.Price.Mid, 1)]));

    private static TableDocument Prices(CatalogData catalog) => Table(
        catalog,
        "Prices of systems and what they hold",
        "prices",
        [new("id", "id"), new("system", "system"), new("kind", "kind"), new("low", "low", true), new("mid", "mid", true), new("high", "high", true), new("holds", "holds"), new("evidence", "evidence"), new("date", "date")],
        catalog.PriceScopes.Select(static p => (IReadOnlyList<DocumentCell>)
            [p.Id, p.SystemId, p.Kind, Number(p.Price.Low, 1), Number(p.Price.Mid, 1), Number(p.Price.High, 1), p.Includes, Word(p.Evidence), p.Date]));

    private static TableDocument TokenPrices(CatalogData catalog) => Table(
        catalog,
        "Prices of tokens, USD per million",
        "token_prices",
        [new("id", "id"), new("model", "model"), new("provider", "provider"), new("date", "date"), new("input", "input", true), new("cached", "cached", true), new("output", "output", true), new("evidence", "evidence")],
        catalog.TokenPrices.Select(static p => (IReadOnlyList<DocumentCell>)
            [p.Id, p.Model, p.Provider, p.Date, Number(p.InputUsdPerMillion, 1), Number(p.CachedInputUsdPerMillion, 1), Number(p.OutputUsdPerMillion, 1), Word(p.Evidence)]));

    private static TableDocument Lengths(CatalogData catalog) => Table(
        catalog,
        "Request lengths from real traces",
        "lengths",
        [new("id", "id"), new("name", "name"), new("input", "mean input", true), new("output", "mean output", true), new("cached", "cached share", true), new("peak", "peak over mean", true), new("licence", "licence")],
        catalog.LengthHistograms.Select(static l => (IReadOnlyList<DocumentCell>)
            [l.Id, l.Name, Number(l.InputTokens.Average(), 1), Number(l.OutputTokens.Average(), 1), Number(l.CachedShare, 1), Number(l.PeakToMean, 1), l.Licence]));

    private static TableDocument Workloads(CatalogData catalog) => Table(
        catalog,
        "Named workloads: tasks that are drawn",
        "workloads",
        [new("id", "id"), new("name", "name"), new("calls", "calls of the main agent", true), new("output", "output a call", true), new("sub_agents", "sub-agents", true), new("success", "success", true), new("tools", "tools")],
        catalog.Workloads.Select(static w => (IReadOnlyList<DocumentCell>)
            [
                w.Id, w.Name, Number(Math.Round(DrawnValue.Of(w.Main.Calls).Mean, 1), 1), Number(Math.Round(DrawnValue.Of(w.Main.OutputTokens).Mean), 1),
                Number(w.SubAgents is { } sub ? Math.Round(DrawnValue.Of(sub).Mean, 1) : 0, 1),
                Number(w.Success.Value, 1), string.Join(", ", w.Main.Tools.Concat(w.Sub?.Tools ?? []).Select(static t => t.Name).Distinct(StringComparer.Ordinal)),
            ]));

    private static TableDocument Locations(CatalogData catalog) => Table(
        catalog,
        "Places",
        "locations",
        [new("id", "id"), new("name", "name"), new("country", "country"), new("electricity", "price of power"), new("carbon", "carbon"), new("grid", "wait for the grid"), new("property_tax", "property tax")],
        catalog.Locations.Select(static l => (IReadOnlyList<DocumentCell>)
            [l.Id, l.Name, l.Country, l.ElectricityPrice ?? "", l.CarbonIntensity ?? "", l.GridWait ?? "", l.PropertyTax ?? ""]));

    private static TableDocument Figures(CatalogData catalog, string collection)
    {
        CatalogFigure[] figures = [.. catalog.Figures.Where(f => f.Collection == collection)];
        if (figures.Length == 0)
        {
            string[] kinds = [.. Collections, .. catalog.Figures.Select(static f => f.Collection).Distinct(StringComparer.Ordinal)];
            string? nearest = Spelling.Nearest(collection, kinds);
            throw new InputException(
                "", 0, 0, $"The catalog has no \"{collection}\"." + (nearest is null ? "" : $" Did you mean {nearest}?") + $" Allowed: {string.Join(", ", kinds)}.");
        }

        return Table(
            catalog,
            "Figures: " + collection,
            "figures",
            [
                new("id", "id"), new("metric", "what"), new("scope", "scope"), new("unit", "unit"), new("low", "low", true), new("mid", "mid", true), new("high", "high", true), new("evidence", "evidence"),
                new("date", "date"),
            ],
            figures.Select(static f => (IReadOnlyList<DocumentCell>)
                [f.Id, f.Metric, f.Scope, f.Unit, Number(f.Low, 1), Number(f.Mid, 1), Number(f.High, 1), Word(f.Evidence) + (f.Weak ? ", weak" : ""), f.Date]));
    }

    private static TableDocument Table(CatalogData catalog, string title, string name, IReadOnlyList<DocumentColumn> columns, IEnumerable<IReadOnlyList<DocumentCell>> rows)
    {
        List<IReadOnlyList<DocumentCell>> list = [.. rows];
        return new TableDocument("catalog list", title, [$"{title}: {list.Count} rows"], [new DocumentTable(name, title, columns, list)], [Named(catalog)]);
    }

    private static void AddSystem(List<IReadOnlyList<DocumentCell>> rows, SystemRecord system)
    {
        Add(rows, "maker", system.Vendor);
        Add(rows, "kind and status", $"{system.Kind}, {system.Status}");
        Add(rows, "announced, available", $"{system.Announced}, {system.Available}");
        Add(rows, "chips in one system", $"{system.ChipsPerSystem} of {system.DiesPerChip} compute dies");
        AddNumber(rows, "bf16 dense peak of a chip", system.Bf16FlopsPerSecond, "FLOP/s");
        AddNumber(rows, "fp8 dense peak", system.Fp8FlopsPerSecond, "FLOP/s");
        AddNumber(rows, "fp4 dense peak", system.Fp4FlopsPerSecond, "FLOP/s");
        AddNumber(rows, $"memory of a chip ({system.MemoryType})", system.MemoryBytes, "B");
        AddNumber(rows, "memory bandwidth", system.MemoryBytesPerSecond, "B/s");
        AddNumber(rows, $"scale-up, one direction ({system.ScaleUpTechnology})", system.ScaleUpBytesPerSecond, "B/s");
        Add(rows, "chips in a scale-up domain", system.ScaleUpDomain?.ToString(CultureInfo.InvariantCulture) ?? "not published");
        AddNumber(rows, "scale-out, one direction", system.ScaleOutBytesPerSecond, "B/s");
        AddNumber(rows, "rated power of a chip", system.ChipWatts, "W");
        AddNumber(rows, "typical power of a system", system.SystemTypicalWatts, "W");
        AddNumber(rows, "greatest power of a system", system.SystemMaxWatts, "W");
        AddNumber(rows, "published all-in power at the meter, a chip", system.UtilityWattsPerChip, "W");
        Add(rows, "cooling", system.Cooling);
        AddPrice(rows, "price of a chip", system.ChipPrice, system.PriceEvidence);
        AddPrice(rows, "price of a system", system.SystemPrice, system.PriceEvidence);
        Add(rows, "date of the prices", system.PriceDate);
        Add(rows, "names in measured data", system.MeasuredNames.Count == 0 ? "none" : string.Join(", ", system.MeasuredNames));
        AddOrigin(rows, system.Source, system.SourceDate, system.Evidence, system.Note);
    }

    private static void AddModel(List<IReadOnlyList<DocumentCell>> rows, ModelArchitecture model)
    {
        Add(rows, "family", model.Family);
        Add(rows, "layers", model.Layers.Count.ToString(CultureInfo.InvariantCulture));
        Add(rows, "hidden size, vocabulary", $"{model.HiddenSize:N0}, {model.VocabularySize:N0}");
        Add(rows, "parameters", $"{model.TotalParameters:N0}");
        Add(rows, "active parameters", $"{model.ActiveParameters:N0}");
        Add(rows, "experts", model.HasExperts ? $"{model.ExpertsPerToken} of {model.RoutedExperts}" : "none");
        AddNumber(rows, "weights in bf16", model.WeightBytes(OperandPrecision.Bf16), "B");
        AddNumber(rows, "weights in fp8", model.WeightBytes(OperandPrecision.Fp8), "B");
        AddNumber(rows, "weights in fp4", model.WeightBytes(OperandPrecision.Fp4), "B");
        AddNumber(rows, "KV cache of a token in bf16, at 8,192 tokens", KvBytesPerToken(model), "B");
        if (model.DraftLayers.Count > 0)
        {
            Add(rows, "parameters of multi-token prediction", $"{model.DraftParameters:N0}, not counted above");
        }

        if (model.Vision is { } vision)
        {
            Add(rows, "parameters of the image encoder", $"{vision.Parameters:N0}, not counted above");
            Add(rows, "tokens of an image", $"{vision.TokensPerImage:N0} at {vision.ImageSize} x {vision.ImageSize} pixels");
        }
    }

    private static double KvBytesPerToken(ModelArchitecture model) => model.KvCacheBytes(8192, 2) / 8192;

    private static void AddOrigin(List<IReadOnlyList<DocumentCell>> rows, string source, string date, Evidence evidence, string note)
    {
        Add(rows, "evidence", Word(evidence));
        Add(rows, "source", date.Length == 0 ? source : $"{source}, {date}");
        if (note.Length > 0)
        {
            Add(rows, "note", note);
        }
    }

    private static void AddPrice(List<IReadOnlyList<DocumentCell>> rows, string what, PriceRange price, Evidence evidence) =>
        Add(rows, what, price.Low is null && price.Mid is null && price.High is null ? "no price known" : $"{Plain(price.Low)}, {Plain(price.Mid)}, {Plain(price.High)} (low, mid, high; {Word(evidence)})");

    private static void AddNumber(List<IReadOnlyList<DocumentCell>> rows, string what, double? value, string unit) =>
        Add(rows, what, value is { } known ? Humanize.Value(known, unit) : "not published");

    private static void Add(List<IReadOnlyList<DocumentCell>> rows, string what, string value) => rows.Add([what, value]);

    private static IReadOnlyList<DocumentCell> Count(string kind, int count) => [kind, Number(count, 1)];

    private static DocumentCell Number(double? value, double unit) => value is { } known ? new(Plain(known / unit), known / unit) : new("");

    private static string Plain(double? value) => value is { } known ? known.ToString(Math.Abs(known) >= 1000 ? "#,0.#" : "0.####", CultureInfo.InvariantCulture) : "-";

    private static string Words(DrawnFigure drawn)
    {
        (string Name, double? Value)[] parts =
            [("", drawn.Value), ("median ", drawn.P50), ("p90 ", drawn.P90), ("mean ", drawn.Mean), ("CV ", drawn.Variation), ("least ", drawn.Least), ("most ", drawn.Most)];
        string values = string.Join(", ", parts.Where(static p => p.Value is not null).Select(static p => p.Name + Plain(p.Value)));
        return $"{values}; {Word(drawn.Evidence)}: {drawn.Source}{(drawn.Note.Length > 0 ? " (" + drawn.Note + ")" : "")}";
    }

    private static string Word(Evidence evidence) => evidence.ToString().ToLowerInvariant();

    private static string Named(CatalogData catalog) => $"{CommandLine.Tool}, catalog {catalog.Hash}";

    private static IEnumerable<string> Ids(CatalogData catalog) =>
        catalog.Systems.Select(static s => s.Id)
            .Concat(catalog.Models.Select(static m => m.Id))
            .Concat(catalog.NetworkParts.Select(static p => p.Id))
            .Concat(catalog.PriceScopes.Select(static p => p.Id))
            .Concat(catalog.Figures.Select(static f => f.Id))
            .Concat(catalog.LengthHistograms.Select(static l => l.Id))
            .Concat(catalog.Workloads.Select(static w => WorkloadPrefix + w.Id))
            .Concat(catalog.Locations.Select(static l => l.Id));
}
