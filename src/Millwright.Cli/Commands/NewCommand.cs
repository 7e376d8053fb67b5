using System.CommandLine;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Writes a commented scenario with every key, to start from.</summary>
internal static class NewCommand
{
    public static Command Create(Session session)
    {
        Argument<string?> file = new("file") { Description = "Where to write it. Left out: print it.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("new", "Write a commented scenario with every key and its default, to start from.") { file };
        command.SetAction(parsed =>
        {
            string? path = parsed.GetValue(file);
            if (path is not null && File.Exists(path))
            {
                throw new InputException(path, 0, 0, "The file exists already, and a new scenario would replace it. Give another path.");
            }

            OutputFile? target = OutputFile.At(path, "The scenario");
            string text = ScenarioTemplate.Write();
            if (target is null)
            {
                session.Output.Write(text);
            }
            else
            {
                target.Write(text);
                session.Output.WriteLine($"Wrote {path}. Plan it with: millwright plan {path}");
            }

            return 0;
        });
        return command;
    }
}
