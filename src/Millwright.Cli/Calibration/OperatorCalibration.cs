using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Calibration;

/// <summary>All operator families fitted to a folder of measured tables.</summary>
/// <param name="Fits">Fitted grids, in the order of systems, engines and operators.</param>
/// <param name="Skipped">Tables that no family takes.</param>
internal sealed record OperatorCalibration(IReadOnlyList<OperatorFit> Fits, IReadOnlyList<string> Skipped)
{
    /// <summary>The families that are fitted; a new kind of operator is one more.</summary>
    private static readonly IOperatorFamily[] Families =
    [
        new GemmFamily(),
        new ExchangeFamily(),
        new QuantiseFamily(),
        new PowerFamily(),
        new AttentionFamily(),
        new LatentAttentionFamily(),
        new ExpertFamily(),
        new ExpertExchangeFamily(),
        new StateSpaceFamily(),
    ];

    /// <summary>Fits every table of a folder that a family takes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="catalog">The catalog, for the peaks.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The fits.</returns>
    /// <exception cref="InputException">The folder holds no such table, or one is broken.</exception>
    public static OperatorCalibration Run(string folder, CatalogData catalog, TextWriter messages, CancellationToken cancellation)
    {
        string[] files = Files(folder);
        List<(IOperatorFamily Family, TableName Table)> work = [];
        List<string> skipped = [];
        foreach (string file in files)
        {
            TableName? table = TableName.Parse(file);
            IOperatorFamily[] takers = table is null ? [] : [.. Families.Where(f => f.Takes(table))];
            work.AddRange(takers.Select(f => (f, table!)));
            if (takers.Length == 0)
            {
                skipped.Add(Path.GetFileName(file));
            }
        }

        if (work.Count == 0)
        {
            throw new InputException(folder, 0, 0, "there is no table of a known system and operator; a name is SYSTEM__SOURCE-VERSION__TABLE.csv.gz, such as h100_sxm__vllm-0.24.0__gemm.csv.gz");
        }

        IReadOnlyList<OperatorFit>[] fits = new IReadOnlyList<OperatorFit>[work.Count];
        using (ProgressLine line = new(messages, "Fitting"))
        {
            int done = 0;
            try
            {
                Parallel.For(0, work.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
                {
                    fits[i] = Fit(work[i].Family, work[i].Table, catalog);
                    line.Report((double)Interlocked.Increment(ref done) / work.Count);
                });
            }
            catch (AggregateException problems) when (problems.InnerExceptions.OfType<InputException>().FirstOrDefault() is { } problem)
            {
                throw new InputException(problem.File, problem.Line, problem.Column, problem.Message);
            }
        }

        if (fits.All(f => f.Count == 0))
        {
            throw new InputException(folder, 0, 0, "no row of the tables has a precision that is known");
        }

        return new OperatorCalibration(
            [.. fits.SelectMany(f => f).OrderBy(f => f.Grid.Operator, StringComparer.Ordinal).ThenBy(f => f.Grid.SystemId, StringComparer.Ordinal).ThenBy(f => f.Grid.Engine).ThenBy(f => f.Grid.Precision)],
            skipped);
    }

    private static string[] Files(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException(folder, 0, 0, File.Exists(folder) ? "this is a file; give the folder of the tables" : "there is no such folder");
        }

        try
        {
            string[] files = Directory.GetFiles(folder);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(folder, 0, 0, $"the folder cannot be read: {problem.Message}");
        }
    }

    private static IReadOnlyList<OperatorFit> Fit(IOperatorFamily family, TableName table, CatalogData catalog)
    {
        SystemRecord system = catalog.FindSystem(table.SystemId)
            ?? throw new InputException(table.Path, 0, 0, $"the catalog lacks the system {table.SystemId}");
        ChipPeaks peaks = ChipPeaks.TryRead(system, out string missing) ?? throw new InputException(table.Path, 0, 0, missing);
        return family.Fit(table, system, peaks);
    }
}
