using Millwright.Catalog;
using Millwright.Chips;

namespace Millwright.Cli.Calibration;

/// <summary>A kind of operator: which measured tables tell of it, and how its grids are fitted to them.</summary>
internal interface IOperatorFamily
{
    /// <summary>Name of the operator, such as "gemm".</summary>
    string Name { get; }

    /// <summary>True for a table that this family is fitted to.</summary>
    bool Takes(TableName table);

    /// <summary>Fits the grids of one table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="system">The measured system.</param>
    /// <param name="peaks">Peaks of one chip, that times are shares of.</param>
    /// <returns>One result for each grid.</returns>
    IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks);
}

/// <summary>A fitted grid and how it did on whole shapes that it had not seen.</summary>
/// <param name="Grid">The grid, fitted to all points, with the errors of the held-out ones.</param>
/// <param name="Group">What it is pooled with, such as "gemm fp8".</param>
/// <param name="HeldOutErrors">Absolute relative error at each held-out point, as a fraction.</param>
/// <param name="BelowIdeal">Points measured faster than the peaks allow; they are raised to the ideal time.</param>
/// <param name="MeanErrorOf">Mean absolute relative error of any grid of the same axes' meaning on all points, such as of the one that ships.</param>
/// <param name="Simple">The same points by few parameters, for comparison; null where there is no such form.</param>
internal sealed record OperatorFit(
    OperatorGrid Grid, string Group, double[] HeldOutErrors, int BelowIdeal, Func<OperatorGrid, double> MeanErrorOf, FewParameterFit? Simple = null);

/// <summary>A fit of few parameters with a physical meaning.</summary>
/// <param name="Form">The parameters and their values, in words.</param>
/// <param name="Parameters">How many.</param>
/// <param name="HeldOutErrors">Absolute relative error at each held-out point, as a fraction.</param>
internal sealed record FewParameterFit(string Form, int Parameters, double[] HeldOutErrors);
