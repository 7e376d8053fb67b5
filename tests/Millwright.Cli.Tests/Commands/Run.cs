namespace Millwright.Cli.Tests.Commands;

/// <summary>One command run in process: exit code, and what it wrote where.</summary>
internal sealed record Run(int Code, string Output, string Errors)
{
    public const int Answer = 0;
    public const int Defect = 1;
    public const int WrongInput = 2;

    public static async Task<Run> Of(params string[] arguments)
    {
        // Paths in commands start at the root, as a user types them; the test runner starts elsewhere.
        Environment.CurrentDirectory = Repository.Root;
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter errors = new() { NewLine = "\n" };
        int code = await CommandLine.RunAsync(arguments, output, errors);
        Run run = new(code, output.ToString(), errors.ToString());
        // These hold for whatever is typed.
        Assert.DoesNotContain("\u001b", run.Output + run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Millwright.", run.Output + run.Errors, StringComparison.Ordinal);
        return run;
    }

    /// <summary>Expects an answer and nothing on the error stream.</summary>
    public static async Task<string> Answers(params string[] arguments)
    {
        Run run = await Of(arguments);
        Assert.True(run.Code == Answer, $"exit {run.Code}: {run.Errors}");
        Assert.Empty(run.Errors);
        return run.Output;
    }

    /// <summary>Expects a wrong input: exit code 2, a message, and no result. Returns the message.</summary>
    public static async Task<string> Refuses(params string[] arguments)
    {
        Run run = await Of(arguments);
        Assert.True(run.Code == WrongInput, $"exit {run.Code}: {run.Output}{run.Errors}");
        Assert.Empty(run.Output);
        Assert.NotEmpty(run.Errors.Trim());
        Assert.DoesNotContain("Exception", run.Errors, StringComparison.Ordinal);
        return run.Errors;
    }
}
