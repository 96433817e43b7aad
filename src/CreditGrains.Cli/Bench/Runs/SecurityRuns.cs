using System.Globalization;
using System.Net;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Server;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>
/// What security costs the decision path: an open server and a secured one on books of their own, loaded in turn, several times each. The ratio is of the medians.
/// </summary>
internal static class SecurityRuns
{
    private const int Rounds = 5;

    /// <summary>Measures unary and streamed calls on both.</summary>
    /// <param name="settings">The load; its directory holds both books.</param>
    /// <param name="streamConnections">Connections of the streamed load.</param>
    /// <param name="report">Gets each round.</param>
    /// <param name="figures">Get the ratios.</param>
    public static async Task RunAsync(BenchSettings settings, int streamConnections, Report report, List<Figure> figures)
    {
        Directory.CreateDirectory(settings.DataDirectory);
        var (file, authorization) = WriteSecurity(settings.DataDirectory);
        await using var open = await StartAsync(settings, "open", ["--open"], null);
        await using var secured = await StartAsync(settings, "secured", ["--security", file], authorization);
        foreach (var target in (ServerTarget[])[open, secured]) await PopulationImport.EnsureAsync(target, settings.Shape);
        var with = settings with { Authorization = authorization };
        figures.Add(Asked.SecuredUnary(
            Ratio("unary", report, () => GeneratorRun.Unary(settings, open, settings.Connections, settings.Streams), () => GeneratorRun.Unary(with, secured, settings.Connections, settings.Streams), out var note), note));
        figures.Add(Asked.SecuredStream(
            Ratio("stream", report, () => GeneratorRun.Stream(settings, open, streamConnections), () => GeneratorRun.Stream(with, secured, streamConnections), out note), note));
    }

    private static double Ratio(string name, Report report, Func<LoadResult> open, Func<LoadResult> secured, out string note)
    {
        var (plain, guarded) = (new List<double>(), new List<double>());
        for (var round = 1; round <= Rounds; round++)
        {
            Report.Progress($"{name}: round {round} of {Rounds}");
            // In turn, and who is first in turn too: the machine's other tenants come and go.
            if (round % 2 == 1) plain.Add(open().PerSecond);
            var measured = secured();
            guarded.Add(measured.PerSecond);
            if (round % 2 == 0) plain.Add(open().PerSecond);
            report.Detail($"{name} {round}: open {plain[^1]:N0}/s, secured {guarded[^1]:N0}/s {measured.ErrorNote}");
        }

        note = string.Create(CultureInfo.InvariantCulture, $"medians {Median(guarded):N0}/s and {Median(plain):N0}/s of {Rounds} rounds");
        return Median(guarded) / Median(plain);
    }

    private static Task<ServerTarget> StartAsync(BenchSettings settings, string name, string[] how, string? authorization)
    {
        var address = new IPEndPoint(IPAddress.Loopback, ServerProcess.FreePort());
        var process = ServerProcess.Start(settings.ServeWith,
            ["serve", "--data", Path.Combine(settings.DataDirectory, name), "--grpc-port", Text(address.Port), "--http-port", Text(ServerProcess.FreePort()), .. how], address);
        return ServerTarget.OfAsync(process, authorization);
    }

    /// <summary>Everything that a bank would switch on but TLS, whose cost is that of the cipher.</summary>
    private static (string File, string Authorization) WriteSecurity(string directory)
    {
        var key = ApiKey.Create();
        var signing = Path.Combine(directory, "heads.key");
        foreach (var old in (string[])[signing, $"{signing}.pub", Path.Combine(directory, "heads")]) File.Delete(old);
        HeadFile.MakeKey(signing);
        KeyFile.Of([new KeyEntry { Id = ApiKey.IdOf(key)!, Name = "bench", KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = ["admin"], Tenant = 0 }]).Write(Path.Combine(directory, "keys.json"));
        var file = Path.Combine(directory, "security.json");
        File.WriteAllText(file, """
            {
              "keys": "keys.json", "audit": "audit", "approvals": { "setLimitAbove": 1000000 },
              "heads": { "file": "heads", "signingKey": "heads.key", "everySeconds": 1 },
              "limits": [ { "commandsPerSecond": 1000000000, "burst": 1000000000, "concurrentCallsMax": 100000 } ]
            }
            """);
        return (file, $"Bearer {key}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
