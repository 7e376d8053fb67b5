using System.CommandLine;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Prints the JSON Schema of a scenario, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create(Session session)
    {
        Option<string?> file = new("--output") { Description = "Write it to this file.", HelpName = "FILE" };
        Command command = new("schema", "Print the JSON Schema of a scenario, so that editors complete and check it.") { file };
        command.SetAction(parsed =>
        {
            OutputFile? target = OutputFile.At(parsed.GetValue(file), "--output");
            string schema = ScenarioSchema.Write();
            if (target is null)
            {
                session.Output.WriteLine(schema);
            }
            else
            {
                target.Write(schema);
            }

            return 0;
        });
        return command;
    }
}
