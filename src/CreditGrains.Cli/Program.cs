using CreditGrains.Cli;
using CreditGrains.Cli.Output;

var shell = new Shell(Console.Out, Console.Error, isTerminal: !Console.IsOutputRedirected, isErrorTerminal: !Console.IsErrorRedirected);
return await CommandTree.RunAsync(args, shell);
