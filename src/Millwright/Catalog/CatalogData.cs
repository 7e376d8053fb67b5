namespace Millwright.Catalog;

/// <summary>What the world offers: everything a plan can draw on, each figure with its source. Immutable.</summary>
public sealed class CatalogData
{
    private Dictionary<string, CatalogFigure?>? _figures;
    private Dictionary<string, SystemRecord>? _systems;
    private Dictionary<string, ModelRecord>? _models;

    /// <summary>A catalog without a row: what an overlay on nothing starts from.</summary>
    public static CatalogData Empty => new CatalogData
    {
        Hash = "",
        Figures = [],
        Systems = [],
        NetworkParts = [],
        PriceScopes = [],
        Models = [],
        TokenPrices = [],
        Locations = [],
        Claims = [],
        LengthHistograms = [],
        Workloads = [],
    }.WithComputedHash();

    /// <summary>Hash of the content, 16 hexadecimal digits; outputs name it.</summary>
    public required string Hash { get; init; }

    /// <summary>Figures that are plain rows of a table.</summary>
    public required IReadOnlyList<CatalogFigure> Figures { get; init; }

    /// <summary>Chips, nodes, racks and pods.</summary>
    public required IReadOnlyList<SystemRecord> Systems { get; init; }

    /// <summary>Network parts.</summary>
    public required IReadOnlyList<NetworkPart> NetworkParts { get; init; }

    /// <summary>Prices and what they hold.</summary>
    public required IReadOnlyList<PriceScope> PriceScopes { get; init; }

    /// <summary>Model architectures.</summary>
    public required IReadOnlyList<ModelRecord> Models { get; init; }

    /// <summary>Prices of tokens.</summary>
    public required IReadOnlyList<TokenPrice> TokenPrices { get; init; }

    /// <summary>Places.</summary>
    public required IReadOnlyList<LocationRecord> Locations { get; init; }

    /// <summary>The interview's claims.</summary>
    public required IReadOnlyList<ClaimRecord> Claims { get; init; }

    /// <summary>Request lengths from real traces.</summary>
    public required IReadOnlyList<LengthHistogram> LengthHistograms { get; init; }

    /// <summary>Named workloads: tasks that are drawn.</summary>
    public required IReadOnlyList<WorkloadRecord> Workloads { get; init; }

    /// <summary>The figure with this id, or null.</summary>
    /// <param name="id">Id of the row, or "collection/id"; a few ids, such as "R1", stand in several collections and need the second form.</param>
    /// <returns>The figure, or null when there is none or when the id alone names several.</returns>
    public CatalogFigure? FindFigure(string id) => (_figures ??= IndexFigures()).GetValueOrDefault(id);

    /// <summary>The system with this id, or null.</summary>
    /// <param name="id">Id of the system.</param>
    /// <returns>The system, or null when there is none.</returns>
    public SystemRecord? FindSystem(string id) => (_systems ??= Systems.ToDictionary(s => s.Id, StringComparer.Ordinal)).GetValueOrDefault(id);

    /// <summary>The model with this id or alias, or null.</summary>
    /// <param name="idOrAlias">Id, Hugging Face name or alias.</param>
    /// <returns>The model, or null when there is none.</returns>
    public ModelRecord? FindModel(string idOrAlias)
    {
        _models ??= Models.ToDictionary(m => m.Id, StringComparer.Ordinal);
        return _models.GetValueOrDefault(idOrAlias)
            ?? Models.FirstOrDefault(m => m.HuggingFaceName == idOrAlias || m.Aliases.Contains(idOrAlias, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The network part with this id, or null.</summary>
    /// <param name="id">Id of the part.</param>
    /// <returns>The part, or null when there is none.</returns>
    public NetworkPart? FindNetworkPart(string id) => NetworkParts.FirstOrDefault(p => p.Id == id);

    /// <summary>The price with this id, or null.</summary>
    /// <param name="id">Id of the price.</param>
    /// <returns>The price, or null when there is none.</returns>
    public PriceScope? FindPrice(string id) => PriceScopes.FirstOrDefault(p => p.Id == id);

    /// <summary>The location with this id, or null.</summary>
    /// <param name="id">Id of the location.</param>
    /// <returns>The location, or null when there is none.</returns>
    public LocationRecord? FindLocation(string id) => Locations.FirstOrDefault(l => l.Id == id);

    /// <summary>The length histogram with this id, or null.</summary>
    /// <param name="id">Id of the histogram.</param>
    /// <returns>The histogram, or null when there is none.</returns>
    public LengthHistogram? FindLengths(string id) => LengthHistograms.FirstOrDefault(l => l.Id == id);

    /// <summary>The workload with this id, or null.</summary>
    /// <param name="id">Id of the workload.</param>
    /// <returns>The workload, or null when there is none.</returns>
    public WorkloadRecord? FindWorkload(string id) => Workloads.FirstOrDefault(w => w.Id == id);

    /// <summary>The same content with its hash computed anew.</summary>
    /// <returns>A catalog whose <see cref="Hash"/> fits its content; the order of rows does not matter.</returns>
    public CatalogData WithComputedHash() => new()
    {
        Hash = CatalogBinary.HashOf(this),
        Figures = Figures,
        Systems = Systems,
        NetworkParts = NetworkParts,
        PriceScopes = PriceScopes,
        Models = Models,
        TokenPrices = TokenPrices,
        Locations = Locations,
        Claims = Claims,
        LengthHistograms = LengthHistograms,
        Workloads = Workloads,
    };

    // An id that several collections share maps to null: the caller must say which collection is meant.
    private Dictionary<string, CatalogFigure?> IndexFigures()
    {
        var index = new Dictionary<string, CatalogFigure?>(Figures.Count * 2, StringComparer.Ordinal);
        foreach (CatalogFigure figure in Figures)
        {
            index[figure.Collection + "/" + figure.Id] = figure;
            if (!index.TryAdd(figure.Id, figure))
            {
                index[figure.Id] = null;
            }
        }

        return index;
    }
}
