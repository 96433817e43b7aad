using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Tests.EndToEnd;

/// <summary>A command line run in this process, with what it printed.</summary>
internal sealed record CliRun(ExitCode Code, string Output, string Error)
{
    public static async Task<CliRun> OfAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandTree.RunAsync(args, new Shell(output, error, isTerminal: false, isErrorTerminal: false));
        return new CliRun((ExitCode)code, output.ToString(), error.ToString());
    }
}
