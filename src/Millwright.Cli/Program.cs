using Millwright.Cli;

// waited for, not awaited: what awaits here would be compiled at each start
return CommandLine.RunAsync(args, Console.Out, Console.Error).GetAwaiter().GetResult();
