using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Tests.EndToEnd;

public sealed class ServeTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Serve_UntilInterrupted_SaysWhereItListensAndEndsWithZero()
    {
        using var directory = new TemporaryDirectory();
        using var stop = new CancellationTokenSource();
        var output = new ReadyWriter("Try, while");
        var shell = new Shell(output, TextWriter.Null, isTerminal: false, isErrorTerminal: false);
        string[] line = ["serve", "--open", "--data", Path.Combine(directory.Path, "data"), "--grpc-port", "0", "--http-port", "0", "--demo"];
        var serving = CommandTree.RunAsync(line, shell, stop.Token);
        await output.Ready.WaitAsync(TimeSpan.FromMinutes(2));
        var address = output.ToString().Split("gRPC  ")[1].Split(' ')[0];
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("authorize", "1/1/1001", "12900", "EUR", "--address", $"http://{address}")).Code);
        await stop.CancelAsync();
        Assert.Equal((int)ExitCode.Ok, await serving);
    }

    [Fact]
    public async Task Serve_OnADirectoryInUse_EndsWithThree()
    {
        var run = await CliRun.OfAsync("serve", "--open", "--data", server.DataDirectory, "--grpc-port", "0", "--http-port", "0");
        Assert.Equal(ExitCode.Unavailable, run.Code);
        Assert.StartsWith("Locked: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OnADirectoryInUse_IsOneNamedLineAndThree()
    {
        var file = server.Write("used.csv", Uci.UciTwin.TextOf(Uci.UciTwin.Accounts(3, seed: 1)));
        var run = await CliRun.OfAsync("replay", "uci", file, "--data", server.DataDirectory);
        Assert.Equal(ExitCode.Unavailable, run.Code);
        Assert.StartsWith("creditgrains: Locked: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OnADamagedJournal_EndsWithFour()
    {
        using var directory = new TemporaryDirectory();
        var file = server.Write("damaged.csv", Uci.UciTwin.TextOf(Uci.UciTwin.Accounts(50, seed: 1)));
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("replay", "uci", file, "--data", directory.Path)).Code);
        Damage(Directory.GetFiles(directory.Path, "journal-*")[0]);
        var run = await CliRun.OfAsync("serve", "--open", "--data", directory.Path, "--grpc-port", "0", "--http-port", "0");
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Equal(ExitCode.Damaged, (await CliRun.OfAsync("replay", "uci", file, "--data", directory.Path)).Code);
        var verified = await CliRun.OfAsync("verify", "--data", directory.Path);
        Assert.Equal(ExitCode.Damaged, verified.Code);
        Assert.Contains("DAMAGED (", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfASoundDirectory_SaysThatEverythingHolds()
    {
        using var directory = new TemporaryDirectory();
        var file = server.Write("sound.csv", Uci.UciTwin.TextOf(Uci.UciTwin.Accounts(200, seed: 9)));
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("replay", "uci", file, "--data", directory.Path)).Code);
        var run = await CliRun.OfAsync("verify", "--data", directory.Path);
        Assert.True(run.Code == ExitCode.Ok, run.Output + run.Error);
        Assert.Contains("Everything holds.", run.Output, StringComparison.Ordinal);
        var json = System.Text.Json.JsonDocument.Parse((await CliRun.OfAsync("verify", "--data", directory.Path, "--json")).Output).RootElement;
        Assert.Equal(200, json.GetProperty("report").GetProperty("facilities").GetInt64());
    }

    [Fact]
    public async Task Verify_OfADirectoryThatIsNot_IsOneNamedLineAndTwo()
    {
        var run = await CliRun.OfAsync("verify", "--data", Path.Combine(server.DataDirectory, "no-such"));
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: DirectoryMissing: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Flips a bit of an event well before the journal's end.</summary>
    private static void Damage(string path)
    {
        using var journal = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var page = new byte[16_384];
        journal.ReadExactly(page);
        var place = Array.FindLastIndex(page, value => value != 0) - 100;
        journal.Position = place;
        journal.WriteByte((byte)(page[place] ^ 1));
    }

    /// <summary>A writer that tells when a text was written.</summary>
    private sealed class ReadyWriter(string text) : StringWriter
    {
        private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ready => ready.Task;

        public override void Flush()
        {
            if (ToString().Contains(text, StringComparison.Ordinal)) ready.TrySetResult();
        }
    }
}
