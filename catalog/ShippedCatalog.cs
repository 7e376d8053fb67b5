namespace Millwright.Catalog;

/// <summary>The catalog that ships with the program, compiled at build from the YAML files beside this one.</summary>
public static class ShippedCatalog
{
    /// <summary>Loads the catalog; a caller keeps it, each call reads it anew.</summary>
    /// <returns>The catalog.</returns>
    public static CatalogData Load()
    {
        using Stream stream = typeof(ShippedCatalog).Assembly.GetManifestResourceStream("catalog.bin")
            ?? throw new InvalidOperationException("the assembly was built without its catalog");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return CatalogBinary.Read(bytes);
    }
}
