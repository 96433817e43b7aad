using System.Text;
using CreditGrains.Contract;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Alerts;

/// <summary>Silos with alert rules in this process, over a PostgreSQL and a Redis of their own.</summary>
internal sealed class WatchedSilos : IAsyncDisposable
{
    public const int Partitions = 6;
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private readonly PostgresServer postgres = PostgresServer.Start();
    private readonly RedisServer redis = new();

    public List<ClusterEngine> Silos { get; } = [];

    public static AlertRules RulesOf(params string[] rules) => AlertFile.Parse(Encoding.UTF8.GetBytes($$"""{ "name": "t", "rules": [{{string.Join(",", rules)}}] }"""));

    public static string Rule(string name, string figure, string of, string levels) =>
        $$"""{ "name": "{{name}}", "severity": "warning", "figure": "{{figure}}", "of": {{of}}, {{levels}}, "text": { "en": "{subject}: {figure} of {threshold}", "zh": "{subject}：{figure}" } }""";

    /// <summary>Starts another silo.</summary>
    public async Task<ClusterEngine> AddAsync(AlertRules? rules)
    {
        var silo = await ClusterHost.StartAsync(Options() with { AlertRules = rules });
        Silos.Add(silo);
        return silo;
    }

    public ClusterOptions Options() => new()
    {
        Database = postgres.ConnectionString, Redis = redis.Address, ClusterId = "watched", SiloPort = Programs.FreePort(), GatewayPort = Programs.FreePort(), Partitions = Partitions, Warn = _ => { },
    };

    /// <summary>An alert in short.</summary>
    public static string TextOf(RaisedAlert alert)
    {
        var (key, trigger, loan) = alert.Subject;
        return FormattableString.Invariant($"{alert.Rule.Name} {key.Kind}/{key.Id}{(trigger.Length > 0 ? " " + trigger : "")}{(loan > 0 ? $" {loan}" : "")} {alert.Figure:0.###}");
    }

    /// <summary>What stands for a book at a silo, once it is as expected: "rule subject figure".</summary>
    public static async Task StandsAsync(ClusterEngine silo, Book book, params string[] expected)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = silo.Alerts!.Read(book.Tenant, 1_000);
            var seen = view.Raised.Select(TextOf).Order(StringComparer.Ordinal).ToArray();
            if (seen.SequenceEqual(expected.Order(StringComparer.Ordinal)) && view.Fault is null)
            {
                Assert.Equal(expected.Length, view.Count);
                return;
            }

            if (TimeProvider.System.GetElapsedTime(began) > PatienceMax) Assert.Fail($"expected {string.Join("; ", expected)}, there is {string.Join("; ", seen)} ({view.Fault})");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends a silo; its partitions go to the others.</summary>
    public async Task RemoveAsync(int silo)
    {
        await Silos[silo].DisposeAsync();
        Silos.RemoveAt(silo);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Enumerable.Reverse(Silos)) await silo.DisposeAsync();
        redis.Dispose();
        postgres.Dispose();
    }
}
