using System.Globalization;

namespace Millwright.Catalog;

/// <summary>
/// Looks for what a strict reader cannot see row by row. Codes: CAT001 no source, CAT002 range out of order, CAT003 PUE below 1, CAT004 server price not
/// under the all-in price, CAT005 peak, memory or power not positive, CAT006 price of an unknown system, CAT007 location names an unknown row,
/// CAT008 too few systems, CAT009 a measured name means two systems, CAT010 id stands twice, CAT011 curve of an unknown system,
/// CAT012 a lower precision has a lower peak (a warning: some makers cut one), CAT013 a system cannot be planned for want of peak, memory or power (a warning).
/// </summary>
public static class CatalogChecker
{
    /// <summary>Least number of systems in a whole catalog.</summary>
    public const int LeastSystems = 35;

    /// <summary>Checks a whole catalog.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <returns>What was found, errors and warnings in the order of the checks; empty when all is well.</returns>
    public static IReadOnlyList<CatalogFinding> Check(CatalogData catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        List<CatalogFinding> findings = [];
        CheckSources(catalog, findings);
        CheckRanges(catalog, findings);
        CheckFigures(catalog, findings);
        CheckPriceOrder(catalog, findings);
        CheckSystems(catalog, findings);
        CheckReferences(catalog, findings);
        CheckMeasuredNames(catalog, findings);
        CheckIds(catalog, findings);
        return findings;
    }

    private static void CheckSources(CatalogData catalog, List<CatalogFinding> findings)
    {
        IEnumerable<(string Subject, string Source)> sources =
        [
            .. catalog.Figures.Select(f => (Name(f), f.Source)),
            .. catalog.Systems.Select(s => ("system " + s.Id, s.Source)),
            .. catalog.NetworkParts.Select(p => ("network part " + p.Id, p.Source)),
            .. catalog.PriceScopes.Select(p => ("price " + p.Id, p.Source)),
            .. catalog.Models.Select(m => ("model " + m.Id, m.Source)),
            .. catalog.TokenPrices.Select(p => ("token price " + p.Id, p.Source)),
            .. catalog.LengthHistograms.Select(h => ("length histogram " + h.Id, h.Source)),
            .. catalog.Workloads.SelectMany(w => w.Figures().Select(f => ($"workload {w.Id} {f.Name}", f.Figure.Source))),
        ];
        foreach ((string subject, string source) in sources)
        {
            if (string.IsNullOrWhiteSpace(source))
            {
                Add(findings, "CAT001", subject, "has no source");
            }
        }
    }

    private static void CheckRanges(CatalogData catalog, List<CatalogFinding> findings)
    {
        IEnumerable<(string Subject, PriceRange Range)> ranges =
        [
            .. catalog.Figures.Select(f => (Name(f), new PriceRange(f.Low, f.Mid, f.High))),
            .. catalog.Systems.Select(s => ("chip price of system " + s.Id, s.ChipPrice)),
            .. catalog.Systems.Select(s => ("price of system " + s.Id, s.SystemPrice)),
            .. catalog.NetworkParts.Select(p => ("network part " + p.Id, p.Price)),
            .. catalog.PriceScopes.Select(p => ("price " + p.Id, p.Price)),
            .. catalog.Workloads.SelectMany(w => w.Figures().Select(f => ($"workload {w.Id} {f.Name}", new PriceRange(f.Figure.Low, f.Figure.Anchor, f.Figure.High)))),
        ];
        foreach ((string subject, PriceRange range) in ranges)
        {
            if (range.Low > range.Mid || range.Mid > range.High || range.Low > range.High)
            {
                Add(findings, "CAT002", subject, $"has low {Say(range.Low)}, mid {Say(range.Mid)}, high {Say(range.High)}; they must ascend");
            }
        }
    }

    private static void CheckFigures(CatalogData catalog, List<CatalogFinding> findings)
    {
        foreach (CatalogFigure figure in catalog.Figures)
        {
            double? least = figure.Low ?? figure.Mid ?? figure.High;
            if (figure.Category == "pue" && figure.Unit == "ratio" && least < 1)
            {
                Add(findings, "CAT003", Name(figure), $"is a PUE or peak factor of {Say(least)}; it cannot be below 1");
            }
        }
    }

    // A rack with less in it cannot cost more than the rack with building around it.
    private static void CheckPriceOrder(CatalogData catalog, List<CatalogFinding> findings)
    {
        foreach (IGrouping<string, PriceScope> prices in catalog.PriceScopes.GroupBy(p => p.SystemId, StringComparer.Ordinal))
        {
            foreach (PriceScope whole in prices.Where(p => p.Kind == "all_in"))
            {
                foreach (PriceScope part in prices.Where(p => p.Kind is "system" or "it_all" or "derived" or "share" && p.Price.Mid >= whole.Price.Mid))
                {
                    Add(findings, "CAT004", "price " + part.Id, $"is {Say(part.Price.Mid)} USD, not under the all-in price {whole.Id} of {Say(whole.Price.Mid)} USD");
                }
            }
        }
    }

    private static void CheckSystems(CatalogData catalog, List<CatalogFinding> findings)
    {
        if (catalog.Systems.Count < LeastSystems)
        {
            Add(findings, "CAT008", "catalog", $"has {Say(catalog.Systems.Count)} systems; a whole catalog has at least {Say(LeastSystems)}");
        }

        foreach (SystemRecord system in catalog.Systems)
        {
            string subject = "system " + system.Id;
            double?[] positive =
            [
                system.Bf16FlopsPerSecond, system.Fp8FlopsPerSecond, system.Fp4FlopsPerSecond, system.Int8OpsPerSecond, system.MemoryBytes, system.MemoryBytesPerSecond,
                system.ScaleUpBytesPerSecond, system.ScaleOutBytesPerSecond, system.ChipWatts, system.SystemTypicalWatts, system.SystemMaxWatts, system.UtilityWattsPerChip,
                system.ChipsPerSystem, system.DiesPerChip, system.ScaleUpDomain,
            ];
            if (positive.Any(v => v <= 0))
            {
                Add(findings, "CAT005", subject, "has a peak, memory, bandwidth, power or count that is not above 0");
            }

            if (system.Fp8FlopsPerSecond < system.Bf16FlopsPerSecond || system.Fp4FlopsPerSecond < system.Fp8FlopsPerSecond)
            {
                Add(findings, "CAT012", subject, "has a lower peak at a lower precision", CatalogSeverity.Warning);
            }

            bool hasPeak = (system.Bf16FlopsPerSecond ?? system.Fp8FlopsPerSecond ?? system.Fp4FlopsPerSecond) is not null;
            bool hasPower = (system.ChipWatts ?? system.SystemMaxWatts ?? system.SystemTypicalWatts) is not null;
            if (system.Kind != "cpu" && !(hasPeak && hasPower && system.MemoryBytes is not null && system.MemoryBytesPerSecond is not null))
            {
                Add(findings, "CAT013", subject, "lacks peak, memory or power: a plan cannot use it", CatalogSeverity.Warning);
            }
        }
    }

    private static void CheckReferences(CatalogData catalog, List<CatalogFinding> findings)
    {
        foreach (PriceScope price in catalog.PriceScopes.Where(p => p.SystemId != "*" && catalog.FindSystem(p.SystemId) is null))
        {
            Add(findings, "CAT006", "price " + price.Id, $"is of system \"{price.SystemId}\", which is not in the catalog");
        }

        foreach (LocationRecord location in catalog.Locations)
        {
            string?[] rows = [location.ElectricityPrice, location.CarbonIntensity, location.GridWait, location.PropertyTax, location.SalesTax, location.IncomeTax];
            foreach (string row in rows.OfType<string>().Where(r => catalog.FindFigure(r) is null))
            {
                Add(findings, "CAT007", "location " + location.Id, $"names the figure \"{row}\", which is not in the catalog");
            }
        }
    }

    private static void CheckMeasuredNames(CatalogData catalog, List<CatalogFinding> findings)
    {
        IEnumerable<IGrouping<string, string>> names = catalog.Systems
            .SelectMany(s => s.MeasuredNames.Select(name => (Name: name, s.Id)))
            .GroupBy(p => p.Name, p => p.Id, StringComparer.Ordinal);
        foreach (IGrouping<string, string> name in names.Where(n => n.Count() > 1))
        {
            Add(findings, "CAT009", $"measured name \"{name.Key}\"", $"means {string.Join(" and ", name)}; it must mean one system");
        }
    }

    private static void CheckIds(CatalogData catalog, List<CatalogFinding> findings)
    {
        IEnumerable<string> ids =
        [
            .. catalog.Figures.Select(Name),
            .. catalog.Systems.Select(s => "system " + s.Id),
            .. catalog.NetworkParts.Select(p => "network part " + p.Id),
            .. catalog.PriceScopes.Select(p => "price " + p.Id),
            .. catalog.Models.Select(m => "model " + m.Id),
            .. catalog.TokenPrices.Select(p => "token price " + p.Id),
            .. catalog.Locations.Select(l => "location " + l.Id),
            .. catalog.Claims.Select(c => "claim " + c.Id),
            .. catalog.LengthHistograms.Select(h => "length histogram " + h.Id),
            .. catalog.Workloads.Select(w => "workload " + w.Id),
        ];
        foreach (IGrouping<string, string> id in ids.GroupBy(i => i, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Add(findings, "CAT010", id.Key, $"stands {Say(id.Count())} times");
        }
    }

    private static string Name(CatalogFigure figure) => $"figure {figure.Collection}/{figure.Id}";

    private static string Say(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "none";

    private static void Add(List<CatalogFinding> findings, string code, string subject, string message, CatalogSeverity severity = CatalogSeverity.Error) =>
        findings.Add(new CatalogFinding(code, severity, subject, message));
}
