using System.Text.Json;
using CreditGrains.Cli.Connection;
using CreditGrains.Server;

namespace CreditGrains.Cli.Tests.EndToEnd;

/// <summary>A real server over a real engine on a directory of its own. Tests keep apart by tenant.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("creditgrains-cli-");
    private RunningServer? server;

    internal string Address => server!.GrpcAddress.ToString().TrimEnd('/');

    internal string DataDirectory => Path.Combine(directory.FullName, "data");

    internal RunningServer Server => server!;

    /// <summary>Runs a command against the server.</summary>
    internal Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync([.. args, "--address", Address]);

    /// <summary>Runs a command against the server and reads its last line as JSON.</summary>
    internal async Task<(CliRun Run, JsonElement Json)> RunJsonAsync(params string[] args)
    {
        var run = await RunAsync([.. args, "--json"]);
        var last = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        Assert.True(last is not null, $"no output; {run.Error}");
        return (run, JsonDocument.Parse(last).RootElement);
    }

    /// <summary>Writes a file into the directory of the tests.</summary>
    internal string Write(string name, string text)
    {
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Opens a facility under a borrower and product of its own tenant, with the least that is needed.</summary>
    internal async Task OpenFacilityAsync(int tenant, long id, long limit, long principal = 0)
    {
        var file = Write($"facility-{tenant}-{id}.csv", $"record,kind,id,currency,limit,parents,opening_principal\nnode,Borrower,{id},EUR,unlimited,,\nfacility,,{id},EUR,{limit},Borrower/{id},{principal}\n");
        var run = await RunAsync("import", file, "--tenant", tenant.ToString());
        Assert.True(run.Code == Cli.CommandLine.ExitCode.Ok, run.Output + run.Error);
    }

    public async Task InitializeAsync() => server = await CreditGrainsServer.StartAsync(new ServerOptions
    {
        DataDirectory = DataDirectory, OpenEngine = LocalEngine.OpenAsync, Open = true, GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null,
    });

    public async Task DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        directory.Delete(recursive: true);
    }
}
