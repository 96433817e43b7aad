using CreditGrains.Orleans.Tests.Servers;
using Npgsql;
using Xunit.Abstractions;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>
/// Three silos as processes, stormed, while one thing after the other fails. No acknowledged decision is lost or stands twice, and what is held never passes the limit of the
/// shared node. After each fault every facility is served again within <see cref="Within"/> (<see cref="WithinWhenFrozen"/>), with the membership timings that silos have by default.
/// </summary>
[Collection("faults")]
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Partitions = 9;

    /// <summary>Back in service within this after each fault, everything on two processors.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(45);

    /// <summary>The same when a silo stands still: no connection is refused, so it is found dead later.</summary>
    private static readonly TimeSpan WithinWhenFrozen = TimeSpan.FromSeconds(60);

    [ClusterFact]
    public Task Storm_OneSiloKilled_KeepsEveryAcknowledgedDecisionOnce() => RunAsync(async (servers, silos, storm) =>
    {
        silos[1].Kill();
        await NoteAsync(storm, "kill -9 of one silo");
        await silos[1].ResumeAsync();
        await NoteAsync(storm, "its return");
    });

    [LongClusterFact]
    public Task Storm_OneSiloFrozenPastTheMembershipTimeout_KeepsEveryAcknowledgedDecisionOnce() => RunAsync((servers, silos, storm) => FrozenAsync(silos[2], storm));

    [LongClusterFact]
    public Task Storm_EverythingFailsInTurn_KeepsEveryAcknowledgedDecisionOnce() => RunAsync(async (servers, silos, storm) =>
    {
        for (var victim = 0; victim < silos.Count; victim++)
        {
            silos[victim].Kill();
            await NoteAsync(storm, $"kill -9 of silo {victim}");
            await silos[victim].ResumeAsync();
            await SpreadAsync(servers, silos.Count);
            await NoteAsync(storm, "its return");
        }
        foreach (var silo in silos)
        {
            await FrozenAsync(silo, storm);
            if (!silo.HasExited) silo.Kill();
            await silo.ResumeAsync();
            await SpreadAsync(servers, silos.Count);
        }
        servers.Redis.Stop();
        await NoteAsync(storm, "Redis stopped");
        servers.Redis.Resume();
        await NoteAsync(storm, "Redis back");
        servers.Postgres.Stop();
        servers.Postgres.Resume();
        await NoteAsync(storm, "PostgreSQL crashed and back");
        var handedOver = await silos[0].StopAsync();
        output.WriteLine($"SIGTERM: ended after {handedOver.TotalSeconds:F1} s");
        await NoteAsync(storm, "SIGTERM of one silo");
        await silos[0].ResumeAsync();
        foreach (var silo in silos) silo.Kill();
        await Task.WhenAll(silos.Select(s => s.ResumeAsync()));
        await NoteAsync(storm, "all killed and back");
        foreach (var silo in silos) silo.Kill();
        servers.Postgres.Stop();
        servers.Redis.Stop();
        servers.Redis.Resume();
        servers.Postgres.Resume();
        await Task.WhenAll(silos.Select(s => s.ResumeAsync()));
        await NoteAsync(storm, "silos, Redis and PostgreSQL killed and back");
    });

    private async Task RunAsync(Func<Servers, List<SiloProcess>, Storm, Task> faults)
    {
        using var servers = new Servers();
        var silos = new List<SiloProcess>();
        try
        {
            for (var i = 0; i < 3; i++) silos.Add(await SiloProcess.StartAsync(servers.Postgres.ConnectionString, servers.Redis.Address, Partitions));
            await using var storm = new Storm(silos.Select(s => s.Address));
            await storm.OpenAsync();
            storm.Start();
            await SpreadAsync(servers, silos.Count);
            await NoteAsync(storm, "calm");
            await faults(servers, silos, storm);
            await storm.EnoughAsync(WithinWhenFrozen);
            await storm.DisposeAsync();
            var audit = new JournalAudit(Storm.EnterpriseLimit);
            await audit.RunAsync(servers.Postgres.ConnectionString, storm.Acknowledged);
            output.WriteLine($"{storm.Acknowledged.Count} acknowledged, {audit.Events} events, at most {audit.ExposureMax} of {Storm.EnterpriseLimit} held");
            Assert.True(storm.Acknowledged.Count >= Storm.AcknowledgedMin, "the storm tests nothing");
            Assert.True(audit.ExposureMax > Storm.EnterpriseLimit * 9 / 10, "the limit was never near: the storm tests nothing");
        }
        catch
        {
            await ShowPartitionsAsync(servers);
            foreach (var silo in silos) output.WriteLine(silo.Printed.Length > 20_000 ? silo.Printed[^20_000..] : silo.Printed);
            throw;
        }
        finally
        {
            foreach (var silo in silos) await silo.DisposeAsync();
        }
    }

    private async Task FrozenAsync(SiloProcess silo, Storm storm)
    {
        silo.Freeze();
        await NoteAsync(storm, "SIGSTOP of one silo", WithinWhenFrozen);
        silo.Thaw();
        await NoteAsync(storm, "SIGCONT past the membership timeout");
    }

    /// <summary>Completes when each silo has partitions: a fault of one that has none would test nothing.</summary>
    private static async Task SpreadAsync(Servers servers, int silos)
    {
        await using var database = NpgsqlDataSource.Create(servers.Postgres.ConnectionString);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (true)
        {
            await using var command = database.CreateCommand("select count(distinct holder) from cg_partition");
            if ((long)(await command.ExecuteScalarAsync(patience.Token))! == silos) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }

    private async Task ShowPartitionsAsync(Servers servers)
    {
        await using var database = NpgsqlDataSource.Create(servers.Postgres.ConnectionString);
        await using var command = database.CreateCommand(
            "select format('partition %s epoch %s at %s since %s, now %s', p.partition, p.epoch, p.holder, p.opened_at, now()) from cg_partition p order by p.partition");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) output.WriteLine(reader.GetString(0));
    }

    private async Task NoteAsync(Storm storm, string after, TimeSpan? within = null) =>
        output.WriteLine($"{after}: every facility served after {(await storm.EveryFacilityServedAsync(within ?? Within)).TotalSeconds:F1} s, {storm.Acknowledged.Count} acknowledged");

    private sealed class Servers : IDisposable
    {
        public PostgresServer Postgres { get; } = PostgresServer.Start();

        public RedisServer Redis { get; } = new();

        public void Dispose()
        {
            Redis.Dispose();
            Postgres.Dispose();
        }
    }
}
