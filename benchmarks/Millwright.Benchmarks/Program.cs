using BenchmarkDotNet.Running;
using Millwright.Benchmarks;

string budgetFile = Path.Combine(AppContext.BaseDirectory, "budgets.json");
switch (args)
{
    case ["budgets"]:
        int wrong = AllocationBudgets.Check(budgetFile, Console.Out);
        Console.WriteLine(wrong == 0 ? "Every operation is within its budget." : $"{wrong} over budget by more than {AllocationBudgets.Tolerance:P0}. When that is meant: -- budgets write FILE.");
        return wrong == 0 ? 0 : 1;
    case ["budgets", "write", string file]:
        AllocationBudgets.Write(file);
        return 0;
    case ["quick"]:
        QuickTimes.Write(Console.Out);
        return 0;
    case ["times", ..]:
        BenchmarkSwitcher.FromAssembly(typeof(SpeedBenchmarks).Assembly).Run(args.Length > 1 ? args[1..] : ["--filter", "*"]);
        return 0;
    default:
        Console.Error.WriteLine("Say what to run: budgets (bytes, may fail), budgets write FILE, quick (a few seconds), times (BenchmarkDotNet).");
        return 2;
}
