using Millwright.Catalog;
using Millwright.Models;
using Millwright.Quantities;

namespace Millwright.Cli.Measured;

/// <summary>Names that sources give to chips and models, resolved by the aliases of the catalog, in any case.</summary>
internal sealed class MeasuredNames
{
    private readonly Dictionary<string, SystemRecord> _systems = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ModelRecord> _models = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ModelArchitecture> _architectures = new(StringComparer.Ordinal);

    public MeasuredNames(CatalogData catalog)
    {
        foreach (SystemRecord system in catalog.Systems.Where(static s => s.Kind != "cpu"))
        {
            _systems.TryAdd(system.Id, system);
            foreach (string name in system.MeasuredNames)
            {
                _systems[name] = system;
            }
        }

        foreach (ModelRecord model in catalog.Models)
        {
            _models.TryAdd(model.Id, model);
            foreach (string name in model.Aliases)
            {
                _models.TryAdd(name, model);
            }

            if (model.HuggingFaceName.Length > 0)
            {
                _models.TryAdd(model.HuggingFaceName, model);
                _models.TryAdd(model.HuggingFaceName[(model.HuggingFaceName.LastIndexOf('/') + 1)..], model);
            }
        }
    }

    /// <summary>The system, or why there is none. Some chips stand in the catalog with the system they were measured in.</summary>
    public SystemRecord? System(string chip, string system, out string reason)
    {
        string built = system.Contains(": ", StringComparison.Ordinal) ? system[(system.IndexOf(": ", StringComparison.Ordinal) + 2)..] : system;
        SystemRecord? found = _systems.GetValueOrDefault($"{chip} (system {built})") ?? _systems.GetValueOrDefault(chip);
        reason = found is not null ? "" : chip.Length == 0 ? "the row names no chip" : $"the catalog knows no chip \"{CsvTable.Shown(chip)}\"{Nearest(chip, _systems.Keys)}";
        return found;
    }

    /// <summary>The model, or why there is none.</summary>
    public ModelRecord? Model(string name, out string reason)
    {
        ModelRecord? found = _models.GetValueOrDefault(name) ?? _models.GetValueOrDefault(name[(name.LastIndexOf('/') + 1)..]);
        reason = found is not null ? "" : name.Length == 0 ? "the row names no model" : $"the catalog knows no model \"{CsvTable.Shown(name)}\"{Nearest(name, _models.Keys)}";
        return found;
    }

    /// <summary>The architecture of a model of the catalog, read once.</summary>
    public ModelArchitecture Architecture(ModelRecord model)
    {
        if (!_architectures.TryGetValue(model.Id, out ModelArchitecture? architecture))
        {
            _architectures.Add(model.Id, architecture = ModelArchitecture.Parse(model.Id, model.ConfigJson));
        }

        return architecture;
    }

    private static string Nearest(string name, IEnumerable<string> known) => Spelling.Nearest(name, [.. known]) is { } near ? $"; nearest: {near}" : "";
}
