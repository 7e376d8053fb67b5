namespace Millwright.Finance;

/// <summary>Finances a project: uses and sources, senior debt, tax, the waterfall of cash, returns and books. A pure function of its case.</summary>
/// <remarks>Equations, the order of the waterfall and what is not modelled: docs/method-finance.md.</remarks>
public static class ProjectFinance
{
    /// <summary>Finances a case.</summary>
    /// <param name="finance">What the project costs and earns, and the terms. All series have one length, in months.</param>
    /// <returns>The financed project. A project that cannot be financed or that defaults is a result with that status, not an exception.</returns>
    /// <exception cref="ArgumentException">A series has another length, is not finite or holds a negative cost, or a term is out of its range.</exception>
    public static FinanceResult Run(FinanceCase finance)
    {
        ArgumentNullException.ThrowIfNull(finance);
        CaseSeries series = CaseSeries.Read(finance);
        ProjectRun run = new(finance, series);
        run.SizeDebt();
        run.Operate();
        return new FinanceOutcome(finance, series, run).Result();
    }
}
