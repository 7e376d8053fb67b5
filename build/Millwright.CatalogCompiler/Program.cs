using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Scenarios;

// Build tool. Arguments: directory of the catalog, file of the catalog and file of the operator grids to write. Errors come in the form that MSBuild
// shows with file and line.
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: Millwright.CatalogCompiler CATALOG_DIRECTORY CATALOG_FILE OPERATORS_FILE");
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

    Put(args[1], stream => CatalogBinary.Write(catalog, stream));
    List<OperatorGrid> grids = [];
    HashSet<(string, int, string, int)> keys = [];
    string operators = Path.Combine(args[0], "operators");
    string[] files = Directory.Exists(operators) ? Directory.GetFiles(operators, "*.csv") : [];
    Array.Sort(files, StringComparer.Ordinal);
    foreach (string file in files)
    {
        foreach (OperatorGrid grid in ReadGrids(file))
        {
            if (!keys.Add((grid.SystemId, (int)grid.Engine, grid.Operator, (int)grid.Precision)))
            {
                throw new InputException(file, 0, 0, $"{grid.Operator} of {grid.SystemId} at {OperatorNames.Of(grid.Precision)} stands twice for one engine");
            }

            if (catalog.FindSystem(grid.SystemId) is null)
            {
                throw new InputException(file, 0, 0, $"there is no system '{grid.SystemId}'");
            }

            grids.Add(grid);
        }
    }

    Put(args[2], stream => OperatorGridBinary.Write(grids, stream));
    return 0;
}
catch (InputException e)
{
    Console.Error.WriteLine($"{e.File}({e.Line},{e.Column}): error CATALOG: {e.Message}");
    return 2;
}

static IReadOnlyList<OperatorGrid> ReadGrids(string file)
{
    try
    {
        using StreamReader reader = new(file);
        return OperatorGridText.Read(reader);
    }
    catch (OperatorGridException problem)
    {
        throw new InputException(file, problem.Line, 1, problem.Problem);
    }
}

// Written beside and moved, so that a stopped build leaves no half file behind.
static void Put(string path, Action<Stream> write)
{
    string temporary = path + ".new";
    using (FileStream stream = File.Create(temporary))
    {
        write(stream);
    }

    File.Move(temporary, path, overwrite: true);
}
