using System.Text.Json;

namespace Millwright.Benchmarks;

/// <summary>Holds each operation to its budget of bytes.</summary>
internal static class AllocationBudgets
{
    /// <summary>An operation may allocate this share more than its budget before it fails.</summary>
    public const double Tolerance = 0.10;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The operations that have a budget: those that run on the calling thread alone.</summary>
    public static IReadOnlyList<(string Name, Func<object> Run)> Of(Operations operations) =>
    [
        ("catalog load", operations.CatalogLoad),
        ("scenario reading", operations.ScenarioReading),
        ("plan, warm", operations.PlanWarm),
        ("plan, fresh", operations.PlanFresh),
        ("serving point", operations.ServingPoint),
        ("step times, 1000", operations.StepTimes),
        ("step cost look-ups, 1000", operations.StepCostLookUps),
        ("step cost, compiled", operations.StepCostCompiled),
        ("deployment, compiled", operations.DeploymentCompiled),
        ("run, predicted", operations.RunPredicted),
        ("10,000 requests simulated", operations.Simulation),
        ("configure, 8 H200", operations.ConfigureLlamaOnOneThread),
        ("configure, 64 GB200", operations.ConfigureDeepSeekOnOneThread),
        ("project finance case", operations.ProjectFinanceCase),
        ("HTML report", operations.HtmlReport),
    ];

    /// <summary>Measures, prints a table, and says how many operations are over budget or without one.</summary>
    public static int Check(string budgetFile, TextWriter output)
    {
        Dictionary<string, long> budgets = JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(budgetFile)) ?? [];
        Operations operations = new();
        int wrong = 0;
        output.WriteLine($"{"operation",-24} {"bytes",14} {"budget",14} {"over",8}");
        foreach ((string name, Func<object> run) in Of(operations))
        {
            long bytes = AllocationMeter.BytesPerCall(run);
            if (!budgets.Remove(name, out long budget) || budget < 0)
            {
                wrong++;
                output.WriteLine($"{name,-24} {bytes,14:N0} {"none",14} {"",8}  FAILED: no budget");
                continue;
            }

            double over = budget > 0 ? ((double)bytes / budget) - 1 : bytes > 0 ? double.PositiveInfinity : 0;
            bool failed = over > Tolerance;
            wrong += failed ? 1 : 0;
            output.WriteLine($"{name,-24} {bytes,14:N0} {budget,14:N0} {over * 100,7:+0.0;-0.0;0.0}%{(failed ? "  FAILED: over budget" : "")}");
        }

        foreach (string left in budgets.Keys)
        {
            wrong++;
            output.WriteLine($"{left,-24} FAILED: a budget without an operation");
        }

        return wrong;
    }

    /// <summary>Measures and writes the budgets anew.</summary>
    public static void Write(string budgetFile)
    {
        Operations operations = new();
        Dictionary<string, long> budgets = Of(operations).ToDictionary(static o => o.Name, static o => AllocationMeter.BytesPerCall(o.Run), StringComparer.Ordinal);
        File.WriteAllText(budgetFile, JsonSerializer.Serialize(budgets, Indented) + "\n");
    }
}
