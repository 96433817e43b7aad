using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.CommandLine;

/// <summary>What goes wrong before any engine answers: one line, the right code, no stack trace.</summary>
public sealed class ExitCodeTest
{
    [Theory]
    [InlineData("no-such-command", "Usage")]
    [InlineData("get facility", "Usage")]
    [InlineData("get facility nonsense", "BadKey")]
    [InlineData("get decision nonsense", "BadDecision")]
    [InlineData("authorize 1/1/42 100 euro", "BadCurrency")]
    [InlineData("authorize 1/1/42 ten EUR", "Usage")]
    [InlineData("authorize 1/1/42 100 EUR --id nonsense", "BadRequestId")]
    [InlineData("status --address nonsense", "Usage")]
    [InlineData("set-limit 1/1/42 much", "BadAmount")]
    [InlineData("set-limit 1/1/42 100 --from soon", "BadTime")]
    [InlineData("execute {", "BadJson")]
    [InlineData("import no-such-file.csv", "FileNotFound")]
    [InlineData("replay uci no-such-file.csv", "FileNotFound")]
    [InlineData("reconcile no-such-file.csv", "FileNotFound")]
    [InlineData("generate --facilities 0", "Usage")]
    [InlineData("serve --grpc-port 70000", "Usage")]
    public async Task Run_OfBadInput_IsOneNamedLineAndTwo(string line, string name) => await AssertEndsAsync(line, ExitCode.Usage, name);

    [Theory]
    [InlineData("no-such-command", "there is no command 'no-such-command'")]
    [InlineData("get nothing", "there is no command 'nothing'; see 'creditgrains get --help'")]
    [InlineData("get", "command was not provided")]
    [InlineData("authorize 1/1/42 ten EUR", "'ten' for command 'authorize' as a whole number")]
    [InlineData("authorize 1/1/42 100 EUR --channel Nope", "as one of its values. Did you mean")]
    public async Task Run_OfABadCommandLine_SaysItInPlainWords(string line, string words)
    {
        var run = await AssertEndsAsync(line, ExitCode.Usage, "Usage");
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status --address http://127.0.0.1:1")]
    [InlineData("get facility 1/1/42 --address http://127.0.0.1:1")]
    [InlineData("authorize 1/1/42 100 EUR --address http://127.0.0.1:1")]
    [InlineData("tail --address http://127.0.0.1:1")]
    [InlineData("generate --facilities 10 --address http://127.0.0.1:1")]
    public async Task Run_WithoutAnEngine_IsOneNamedLineAndThree(string line)
    {
        var run = await AssertEndsAsync(line, ExitCode.Unavailable, "Unavailable");
        Assert.Contains("creditgrains serve", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfHelp_NamesTheExitCodes()
    {
        var run = await CliRun.OfAsync("--help");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("Exit codes", run.Output, StringComparison.Ordinal);
    }

    private static async Task<CliRun> AssertEndsAsync(string line, ExitCode code, string name)
    {
        var run = await CliRun.OfAsync(line.Split(' '));
        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.StartsWith($"creditgrains: {name}: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(letter => letter == '\n'));
        return run;
    }
}
