using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Millwright.Cli.Commands;
using Millwright.Cli.Simulation;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Scenarios;

namespace Millwright.Cli;

/// <summary>The command line: which commands there are, and what an error looks like.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongInput = 2;
    private const string TraceVariable = "MILLWRIGHT_TRACE";

    // what was asked to stop may still write what it has
    private static readonly TimeSpan TimeToFinish = TimeSpan.FromSeconds(30);

    /// <summary>Name and version, as every output names it.</summary>
    public static string Tool { get; } = "millwright " + (Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0");

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="errors">Where messages go.</param>
    /// <returns>0 for any honest answer, 1 for a failure of ours, 2 for a wrong input.</returns>
    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (arguments is ["--version"])
        {
            output.WriteLine(Tool);
            return Task.FromResult(Success);
        }

        Session session = new(output, errors);
        return arguments is [SimulateCommand.Name, ..] && TypedOptions.TryRead(arguments.AsSpan(1)) is { } typed
            ? Task.FromResult(Simulate(session, typed))
            : ParseAndRun(session, arguments);
    }

    // Plain options of a simulation need no parser; a signal ends the run, which then shows the part that ran.
    private static int Simulate(Session session, TypedOptions typed)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            SimulateCommand.Run(session, typed, stop.Token);
            return Success;
        }
        catch (Exception problem)
        {
            if (Explained(problem, "") is not var (message, code))
            {
                throw;
            }

            Tell(session.Errors, message);
            return code;
        }

        void Stop(PosixSignalContext signal)
        {
            // whoever asks a second time does not want to wait
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static async Task<int> ParseAndRun(Session session, string[] arguments)
    {
        TextWriter errors = session.Errors;
        RootCommand root = new("Plans, simulates and finances AI factories: from watts to tokens to dollars.");
        foreach (Command command in Commands(session, arguments))
        {
            root.Subcommands.Add(command);
        }

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Tell(errors, WrongCommand(parsed) ?? parsed.Errors[0].Message);
            Tell(errors, $"Try: millwright {CommandPath(parsed)}--help");
            return WrongInput;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = session.Output,
                Error = errors,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeToFinish,
            });
        }
        catch (Exception problem)
        {
            if (Explained(problem, ScenarioOf(parsed)) is not var (message, code))
            {
                throw;
            }

            Tell(errors, message);
            return code;
        }
    }

    // What an exception means to the user, and to the shell; null for one that nothing can be done about.
    private static (string Message, int Code)? Explained(Exception problem, string scenario) => problem switch
    {
        InputException wrong => (Describe(wrong), WrongInput),
        MissingInputException missing => ($"{scenario}{missing.Key}: {missing.Message}", WrongInput),
        OperationCanceledException => ("Stopped.", Failure),

        // Files tell their own name; what is left is the stream that results go to: a full disk behind it, for one.
        IOException => ($"The output cannot be written: {problem.Message}", WrongInput),
        OutOfMemoryException => null,
        _ => (Defect(problem), Failure),
    };

    // A simulation may be over in a tenth of a second, of which the options of all other commands would take a good part.
    private static IEnumerable<Command> Commands(Session session, string[] arguments) => arguments is [SimulateCommand.Name, ..]
        ? [SimulateCommand.Create(session)]
        :
        [
            PlanCommand.Create(session),
            ExplainCommand.Create(session),
            DiffCommand.Create(session),
            CatalogCommand.Create(session),
            LengthsCommand.Create(session),
            ClaimsCommand.Create(session),
            SchemaCommand.Create(session),
            NewCommand.Create(session),
            ConfigureCommand.Create(session),
            SimulateCommand.Create(session),
            GenerationsCommand.Create(session),
            ValidateCommand.Create(session),
            CalibrateCommand.Create(session),
        ];

    // Who closed the error stream hears nothing, and still gets the exit code.
    private static void Tell(TextWriter errors, string message)
    {
        try
        {
            errors.WriteLine(message);
        }
        catch (IOException)
        {
        }
    }

    private static string? WrongCommand(ParseResult parsed)
    {
        string[] names = [.. parsed.CommandResult.Command.Subcommands.Select(static c => c.Name)];
        if (names.Length == 0 || parsed.UnmatchedTokens.FirstOrDefault(static t => !t.StartsWith('-')) is not { } word)
        {
            return null;
        }

        string nearest = Spelling.Nearest(word, names) is { } name ? $" Did you mean {name}?" : "";
        return $"There is no command \"{word}\".{nearest} There are: {string.Join(", ", names)}.";
    }

    // A figure that is missing is missed by a scenario: its file, where the command reads one.
    private static string ScenarioOf(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments is [{ Name: "scenario" }, ..] && parsed.GetValue<string>("scenario") is { Length: > 0 } path ? path + ": " : "";

    // Whatever else comes up here is ours: one line for the user, the whole of it for whoever mends it.
    private static string Defect(Exception problem) => Environment.GetEnvironmentVariable(TraceVariable) == "1"
        ? "This is a defect of Millwright. " + problem
        : $"This is a defect of Millwright: {problem.Message.ReplaceLineEndings(" ")} (Run it again with {TraceVariable}=1 to see where, and please report it.)";

    private static string Describe(InputException problem)
    {
        string place = problem.Line > 0 ? $"{problem.File}:{problem.Line}:{problem.Column}: " : problem.File.Length > 0 ? problem.File + ": " : "";
        return place + problem.Message;
    }

    private static string CommandPath(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command && command.Command is not RootCommand; result = command.Parent)
        {
            names.Insert(0, command.Command.Name);
        }

        return names.Count == 0 ? "" : string.Join(' ', names) + " ";
    }
}
