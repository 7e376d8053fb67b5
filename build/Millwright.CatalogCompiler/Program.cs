using Millwright.Catalog;
using Millwright.Scenarios;

// Build tool. Arguments: directory of the catalog, file to write. Errors come in the form that MSBuild shows with file and line.
if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Millwright.CatalogCompiler CATALOG_DIRECTORY OUTPUT_FILE");
    return 2;
}

try
{
    CatalogData catalog = CatalogYaml.LoadDirectory(args[0]);
    List<CatalogFinding> errors = [.. CatalogChecker.Check(catalog).Where(f => f.Severity == CatalogSeverity.Error)];
    foreach (CatalogFinding finding in errors)
    {
        Console.Error.WriteLine($"{args[0]}: error {finding.Code}: {finding.Subject}: {finding.Message}");
    }

    if (errors.Count > 0)
    {
        return 2;
    }

    // Written beside and moved, so that a stopped build leaves no half file behind.
    string temporary = args[1] + ".new";
    using (FileStream stream = File.Create(temporary))
    {
        CatalogBinary.Write(catalog, stream);
    }

    File.Move(temporary, args[1], overwrite: true);
    return 0;
}
catch (InputException e)
{
    Console.Error.WriteLine($"{e.File}({e.Line},{e.Column}): error CATALOG: {e.Message}");
    return 2;
}
