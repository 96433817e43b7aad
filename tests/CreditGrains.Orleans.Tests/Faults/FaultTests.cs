using CreditGrains.Orleans.Tests.Servers;
using Xunit.Abstractions;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>Three silos as processes, stormed, while one thing after the other fails. No acknowledged decision is lost or stands twice, and no node passes its limit.</summary>
[Collection("faults")]
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Partitions = 9;

    /// <summary>Back in service within this after each fault, everything on two processors.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(45);

    [ClusterFact]
    public async Task Cluster_EverythingFailsInTurnUnderStorm_KeepsEveryAcknowledgedDecisionOnce()
    {
        using var postgres = PostgresServer.Start();
        using var redis = new RedisServer();
        var silos = new List<SiloProcess>();
        try
        {
            for (var i = 0; i < 3; i++) silos.Add(await SiloProcess.StartAsync(postgres.ConnectionString, redis.Address, Partitions));
            await using var storm = new Storm(silos.Select(s => s.Address));
            await storm.OpenAsync();
            storm.Start();
            await NoteAsync(storm, "calm");

            silos[1].Kill();
            await NoteAsync(storm, "kill -9 of one silo");
            await silos[1].ResumeAsync();
            await NoteAsync(storm, "its return");

            silos[2].Freeze();
            await NoteAsync(storm, "SIGSTOP of one silo");
            silos[2].Thaw();
            await NoteAsync(storm, "SIGCONT past the membership timeout");
            if (!silos[2].HasExited) silos[2].Kill();
            await silos[2].ResumeAsync();
            await NoteAsync(storm, "its return");

            redis.Stop();
            await NoteAsync(storm, "Redis stopped");
            redis.Resume();
            await NoteAsync(storm, "Redis back");

            postgres.Stop();
            postgres.Resume();
            await NoteAsync(storm, "PostgreSQL crashed and back");

            var handedOver = await silos[0].StopAsync();
            output.WriteLine($"SIGTERM: ended after {handedOver.TotalSeconds:F1} s");
            await NoteAsync(storm, "SIGTERM of one silo");
            await silos[0].ResumeAsync();

            foreach (var silo in silos) silo.Kill();
            await Task.WhenAll(silos.Select(s => s.ResumeAsync()));
            await NoteAsync(storm, "all killed and back");

            await storm.DisposeAsync();
            var (events, approved) = await JournalAudit.RunAsync(postgres.ConnectionString, storm.Acknowledged);
            output.WriteLine($"{storm.Acknowledged.Count} acknowledged, {events} events, {approved} of {Storm.EnterpriseLimit} approved");
            Assert.True(approved <= Storm.EnterpriseLimit, $"{approved} approved under a limit of {Storm.EnterpriseLimit}");
            Assert.True(storm.Acknowledged.Count > 1_000, "the storm tests nothing");
        }
        catch (Exception e)
        {
            Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss} FAILED {e}");
            foreach (var silo in silos) output.WriteLine(silo.Printed.Length > 6_000 ? silo.Printed[^6_000..] : silo.Printed);
            throw;
        }
        finally
        {
            foreach (var silo in silos) await silo.DisposeAsync();
        }
    }

    private async Task NoteAsync(Storm storm, string after)
    {
        Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss} waiting: {after}");
        output.WriteLine($"{after}: every facility served after {(await storm.EveryFacilityServedAsync(Within)).TotalSeconds:F1} s, {storm.Acknowledged.Count} acknowledged");
        Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss} done: {after}");
    }
}
