using System.CommandLine;
using CreditGrains.Cli.Bench;

return await new RootCommand("CreditGrains: a real-time credit limit engine") { BenchCommand.Create() }.Parse(args).InvokeAsync();
