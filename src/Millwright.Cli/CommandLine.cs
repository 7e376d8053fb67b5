using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using Millwright.Cli.Commands;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli;

/// <summary>The command line: which commands there are, and what an error looks like.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongInput = 2;
    private const string TraceVariable = "MILLWRIGHT_TRACE";

    /// <summary>Name and version, as every output names it.</summary>
    public static string Tool { get; } = "millwright " + (Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0");

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="errors">Where messages go.</param>
    /// <returns>0 for any honest answer, 1 for a failure of ours, 2 for a wrong input.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (arguments is ["--version"])
        {
            await output.WriteLineAsync(Tool);
            return Success;
        }

        RootCommand root = new("Plans, simulates and finances AI factories: from watts to tokens to dollars.");
        Session session = new(output, errors);
        root.Subcommands.Add(PlanCommand.Create(session));
        root.Subcommands.Add(ExplainCommand.Create(session));
        root.Subcommands.Add(DiffCommand.Create(session));
        root.Subcommands.Add(CatalogCommand.Create(session));
        root.Subcommands.Add(LengthsCommand.Create(session));
        root.Subcommands.Add(ClaimsCommand.Create(session));
        root.Subcommands.Add(SchemaCommand.Create(session));
        root.Subcommands.Add(NewCommand.Create(session));
        root.Subcommands.Add(ValidateCommand.Create(session));

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            await errors.WriteLineAsync(parsed.Errors[0].Message);
            await errors.WriteLineAsync($"Try: millwright {CommandPath(parsed)}--help");
            return WrongInput;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false });
        }
        catch (InputException problem)
        {
            await errors.WriteLineAsync(Describe(problem));
            return WrongInput;
        }
        catch (MissingInputException problem)
        {
            await errors.WriteLineAsync($"{problem.Key}: {problem.Message}");
            return WrongInput;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("Stopped.");
            return Failure;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            await errors.WriteLineAsync(Defect(problem));
            return Failure;
        }
    }

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
