using Millwright.Catalog;
using Millwright.Quantities;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Gathers the rows of several files on top of a base catalog.</summary>
/// <param name="baseCatalog">The catalog underneath.</param>
internal sealed class CatalogFileReader(CatalogData baseCatalog)
{
    private static readonly string[] Sections =
        ["collection", "figures", "systems", "network_parts", "prices", "models", "token_prices", "locations", "claims", "length_histograms", "workloads"];

    private static readonly SourceKind s_kind = SourceKind.Catalog(Sections);

    private readonly RowSet<CatalogFigure> _figures = new("figure", baseCatalog.Figures, f => f.Collection + "/" + f.Id);
    private readonly RowSet<SystemRecord> _systems = new("system", baseCatalog.Systems, s => s.Id);
    private readonly RowSet<NetworkPart> _networkParts = new("network part", baseCatalog.NetworkParts, p => p.Id);
    private readonly RowSet<PriceScope> _prices = new("price", baseCatalog.PriceScopes, p => p.Id);
    private readonly RowSet<ModelRecord> _models = new("model", baseCatalog.Models, m => m.Id);
    private readonly RowSet<TokenPrice> _tokenPrices = new("token price", baseCatalog.TokenPrices, p => p.Id);
    private readonly RowSet<LocationRecord> _locations = new("location", baseCatalog.Locations, l => l.Id);
    private readonly RowSet<ClaimRecord> _claims = new("claim", baseCatalog.Claims, c => c.Id);
    private readonly RowSet<LengthHistogram> _histograms = new("length histogram", baseCatalog.LengthHistograms, h => h.Id);
    private readonly RowSet<WorkloadRecord> _workloads = new("workload", baseCatalog.Workloads, w => w.Id);
    private readonly List<CatalogReference> _references = [];

    /// <summary>Reads one file.</summary>
    /// <param name="file">Path of the file.</param>
    public void Read(string file)
    {
        YamlNode root = YamlTree.Read(file, SourceText.Read(file, s_kind), s_kind);
        var top = new CatalogRow("catalog file", WithSection(root), Sections);
        string collection = top.OptionalText("collection") ?? Path.GetFileNameWithoutExtension(file);
        Add(top, "figures", _figures, n => CatalogRowReaders.Figure(n, collection));
        Add(top, "systems", _systems, n => CatalogRowReaders.System(n));
        Add(top, "network_parts", _networkParts, n => CatalogRowReaders.NetworkPart(n));
        Add(top, "prices", _prices, n => CatalogRowReaders.Price(n, _references));
        Add(top, "models", _models, n => CatalogRowReaders.Model(n));
        Add(top, "token_prices", _tokenPrices, n => CatalogRowReaders.TokenPrice(n));
        Add(top, "locations", _locations, n => CatalogRowReaders.Location(n, _references));
        Add(top, "claims", _claims, n => CatalogClaimReader.Claim(n, _references));
        Add(top, "length_histograms", _histograms, n => CatalogRowReaders.Histogram(n));
        Add(top, "workloads", _workloads, n => CatalogWorkloadReader.Workload(n));
    }

    /// <summary>The merged catalog.</summary>
    /// <returns>The catalog with its hash.</returns>
    /// <exception cref="InputException">A row names one that does not exist.</exception>
    public CatalogData Finish()
    {
        CatalogData catalog = new CatalogData
        {
            Hash = "",
            Figures = _figures.Rows,
            Systems = _systems.Rows,
            NetworkParts = _networkParts.Rows,
            PriceScopes = _prices.Rows,
            Models = _models.Rows,
            TokenPrices = _tokenPrices.Rows,
            Locations = _locations.Rows,
            Claims = _claims.Rows,
            LengthHistograms = _histograms.Rows,
            Workloads = _workloads.Rows,
        }.WithComputedHash();
        foreach (CatalogReference reference in _references)
        {
            Check(reference, catalog);
        }

        return catalog;
    }

    // A file of one kind of row may be a bare list: its name then says the kind.
    private static YamlNode WithSection(YamlNode root)
    {
        if (root is not YamlSequence list)
        {
            return root;
        }

        string name = Path.GetFileNameWithoutExtension(root.File);
        string section = name switch
        {
            "lengths" => "length_histograms",
            _ => throw root.Wrong($"the file begins with a list; {s_kind.Content}"),
        };
        YamlScalar key = new(list.File, list.Line, list.Column, section, IsPlain: true);
        return new YamlMapping(list.File, list.Line, list.Column, [new YamlEntry(key, list)]);
    }

    private static void Check(CatalogReference reference, CatalogData catalog)
    {
        (bool exists, string what, IEnumerable<string> known) = reference.Kind switch
        {
            ReferenceKind.System => (catalog.FindSystem(reference.Id) is not null, "system", catalog.Systems.Select(s => s.Id)),
            ReferenceKind.Row => (HoldsRow(catalog, reference.Id), "figure, system, network part, price or token price", catalog.Figures.Select(f => f.Collection + "/" + f.Id)),
            _ => (catalog.FindFigure(reference.Id) is not null, "figure", catalog.Figures.Select(f => f.Id)),
        };
        if (!exists)
        {
            throw reference.Node.Wrong($"no {what} \"{reference.Id}\" in the catalog{Spelling.Hint(reference.Id, known)}");
        }
    }

    private static bool HoldsRow(CatalogData catalog, string id) =>
        catalog.FindFigure(id) is not null || catalog.FindSystem(id) is not null || catalog.FindNetworkPart(id) is not null
        || catalog.FindPrice(id) is not null || catalog.TokenPrices.Any(p => p.Id == id);

    private static void Add<T>(CatalogRow top, string section, RowSet<T> rows, Func<YamlNode, T> read)
    {
        switch (top.Find(section))
        {
            case null:
                return;
            case YamlSequence list:
                foreach (YamlNode node in list.Items)
                {
                    rows.Add(read(node), node);
                }

                return;
            case var other:
                throw other.Wrong($"\"{section}\" must be a list of rows");
        }
    }

    // Rows by key: a new row takes the place of the base's row, a second new row with the same key is an error.
    private sealed class RowSet<T>(string what, IReadOnlyList<T> baseRows, Func<T, string> key)
    {
        private readonly List<T> _rows = [.. baseRows];
        private readonly Dictionary<string, int> _places = baseRows.Select((r, i) => (key(r), i)).ToDictionary(p => p.Item1, p => p.i, StringComparer.Ordinal);
        private readonly Dictionary<string, YamlNode> _added = new(StringComparer.Ordinal);

        public IReadOnlyList<T> Rows => _rows;

        public void Add(T row, YamlNode node)
        {
            string id = key(row);
            if (!_added.TryAdd(id, node))
            {
                YamlNode first = _added[id];
                string place = first.File == node.File ? $"line {first.Line}" : first.Origin;
                throw node.Wrong($"second {what} \"{id}\"; the first stands in {place}");
            }

            if (_places.TryGetValue(id, out int at))
            {
                _rows[at] = row;
            }
            else
            {
                _places.Add(id, _rows.Count);
                _rows.Add(row);
            }
        }
    }
}
