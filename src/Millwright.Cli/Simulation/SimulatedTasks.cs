using System.Globalization;
using Millwright.Applications;
using Millwright.Applications.Tasks;
using Millwright.Catalog;
using Millwright.Cli.Commands;
using Millwright.Cli.Output;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Tasks of a simulation: of a named workload, or sessions of a trace.</summary>
internal sealed class SimulatedTasks
{
    // room that a context leaves for an answer
    private const int MostAnswerTokens = 32_768;

    private const double DefaultGapSeconds = 5;

    // pauses of a session spread: the mean over the median
    private const double GapMeanOverMedian = 3;

    private readonly SimulateInput _input;
    private readonly CatalogData _catalog;
    private readonly ulong _seed;
    private readonly int? _tasks;
    private readonly double? _rate;
    private readonly int? _concurrency;

    private SimulatedTasks(SimulateInput input, CatalogData catalog, ulong seed)
    {
        _input = input;
        _catalog = catalog;
        _seed = seed;
        _tasks = input.Whole("tasks");
        _rate = input.Quantity("task-rate", QuantityKind.TaskRate);
        _concurrency = input.Whole("task-concurrency");
        Text = $"{(input.Text("workload") is { } name ? $"tasks of {name}" : $"sessions of {Path.GetFileName(input.Path("sessions"))}")}{Pace()}";
    }

    /// <summary>In words, such as "tasks of chat at 0.5/s".</summary>
    public string Text { get; }

    /// <summary>True where tasks are asked for.</summary>
    public static bool IsAsked(SimulateInput input) => input.Has("workload") || input.Has("sessions");

    /// <summary>Understands what is asked for.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <returns>The tasks.</returns>
    /// <exception cref="InputException">It is contradictory, incomplete or wrong.</exception>
    public static SimulatedTasks Of(SimulateInput input, CatalogData catalog, ulong seed)
    {
        foreach (string key in input.Given(["trace", "rate", "concurrency", "requests", "isl", "osl", "lengths", "duration", "classes", "rate-over-time", "sample-replicas"]))
        {
            throw input.Wrong(key, "tasks bring their own requests: leave it out, or --workload and --sessions");
        }

        if (input.Has("workload") && input.Has("sessions"))
        {
            throw input.Wrong("sessions", "tasks are of a --workload or of --sessions, not both");
        }

        SimulatedTasks tasks = new(input, catalog, seed);
        if (tasks._rate is not null && tasks._concurrency is not null)
        {
            throw input.Wrong("task-concurrency", "tasks come at a --task-rate or so many at once, not both");
        }

        if (input.Has("workload"))
        {
            if (tasks._tasks is null)
            {
                throw input.Wrong("tasks", "say how many: --tasks 500");
            }

            if (tasks._rate is null && tasks._concurrency is null)
            {
                throw input.Wrong("task-rate", "say how tasks come: a --task-rate such as 0.5/s, or a --task-concurrency");
            }

            foreach (string key in input.Given(["gap"]))
            {
                throw input.Wrong(key, "a workload has pauses of its own: leave it out");
            }
        }
        else
        {
            foreach (string key in input.Given(["reasoning-budget"]))
            {
                throw input.Wrong(key, "sessions have lengths of their own: leave it out");
            }
        }

        return tasks;
    }

    /// <summary>Runs the tasks.</summary>
    /// <param name="plan">The fleets.</param>
    /// <param name="maxContextTokens">Longest call that the deployment takes.</param>
    /// <param name="messages">Where progress goes.</param>
    /// <param name="planner">Leads the tasks.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>What happened.</returns>
    public FleetRun Run(ServicePlan plan, int maxContextTokens, TextWriter messages, TaskPlanner planner, CancellationToken cancellation)
    {
        TaskLoad load = new(_tasks ?? 0, _concurrency);
        if (_input.Text("workload") is { } name)
        {
            ITaskStream drawn = Drawn(name, maxContextTokens);
            using ProgressLine line = new(messages, "simulating");
            return FleetSimulator.Run(plan, drawn, planner, load, line, cancellation);
        }

        ITaskStream sessions = new TraceFile(_input.Path("sessions")!).Read(messages, (bytes, _) => Sessions(bytes));
        using ProgressLine progress = new(messages, "simulating");
        return FleetSimulator.Run(plan, sessions, planner, load with { Tasks = _tasks ?? ((SessionTasks)sessions).Sessions }, progress, cancellation);
    }

    private ITaskStream Drawn(string name, int maxContextTokens)
    {
        WorkloadRecord workload = _catalog.FindWorkload(name)
            ?? throw _input.Wrong("workload", $"there is no workload \"{name}\"{Spelling.Hint(name, [.. _catalog.Workloads.Select(static w => w.Id)])} There are {string.Join(", ", _catalog.Workloads.Select(static w => w.Id))}");
        ReasoningBudget budget = _input.Word("reasoning-budget", "none", "low", "medium", "high") switch
        {
            "none" => ReasoningBudget.None,
            "low" => ReasoningBudget.Low,
            "high" => ReasoningBudget.High,
            _ => ReasoningBudget.Medium,
        };
        try
        {
            TaskLaw law = TaskLaw.Of(workload, new TaskOptions { Budget = budget, MostContextTokens = maxContextTokens - Math.Min(MostAnswerTokens, maxContextTokens / 4) });

            // in a closed loop tasks come when others end, whatever their clock says
            return new GeneratedTasks(law, _rate is null ? ArrivalProcess.Constant : SimulatedLoad.Process(_input), RateProfile.Constant(_rate ?? 1), _seed, _tasks);
        }
        catch (ArgumentException problem)
        {
            throw _input.Wrong("workload", problem.Message.Split(" (Parameter")[0]);
        }
    }

    private SessionTasks Sessions(Stream bytes)
    {
        double gap = _input.Quantity("gap", QuantityKind.Duration) ?? DefaultGapSeconds;
        try
        {
            return _rate is not null || _concurrency is not null
                ? SessionTasks.FromTable(
                    bytes, new ArrivalClock(_rate is null ? ArrivalProcess.Constant : SimulatedLoad.Process(_input), RateProfile.Constant(_rate ?? 1), _seed), DrawnValue.Lognormal(gap, gap * GapMeanOverMedian), _seed)
                : SessionTasks.FromTrace(bytes);
        }
        catch (ArgumentException problem)
        {
            throw _input.Wrong("sessions", problem.Message.Split(" (Parameter")[0] + "; a table without a clock takes --task-rate or --task-concurrency");
        }
    }

    private string Pace() => _rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $" at {rate:0.######} tasks/s")
        : _concurrency is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} tasks at once")
        : " at their own times";
}
