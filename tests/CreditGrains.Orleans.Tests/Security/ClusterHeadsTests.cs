using CreditGrains.Api.Security.Heads;
using CreditGrains.Cli;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Contract;
using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Tests.Servers;
using CreditGrains.Server.Security;
using CreditGrains.Silo.Verifying;

namespace CreditGrains.Orleans.Tests.Security;

/// <summary>An administrator who can write every row of the cluster's database changes it, with every checksum and hash made right. Only the signed heads tell.</summary>
public sealed class ClusterHeadsTests
{
    private const int EveryRow = int.MaxValue;

    [ClusterFact]
    public async Task Verify_OfAnUntouchedDatabase_AgreesWithTheHeadsOfAllSilos()
    {
        await using var silos = await RunAsync();
        var found = Verify(silos);
        Assert.Null(found.Problem);
        Assert.Equal((5, 1, 0), (found.Partitions, (int)found.AuditEntries, (int)found.OutOfReach));
        // Each journal with events is in the heads of both.
        var last = await LastOfEachAsync(silos);
        Assert.Equal(last.Keys.Order(), Signed(silos).Keys.Order());
        Assert.True(last.Count == 5 && found.Heads >= last.Count && HeadFiles(silos).Length == 2, $"{last.Count} journals, {found.Heads} heads, {HeadFiles(silos).Length} files");
        Assert.Contains(HeadFiles(silos), file => HeadFile.Read(file, key: null)[^1].AuditCount == 1);
    }

    [ClusterFact]
    public async Task Verify_OfAJournalRowRewrittenWithItsChainMadeRight_IsFoundByTheHeadsAlone()
    {
        await using var silos = await RunAsync();
        var partition = await FullestAsync(silos);
        await ForgeAsync(silos, partition, EveryRow);
        Assert.Null(Verify(silos, withHeads: false).Problem);
        var problem = Verify(silos).Problem!;
        Assert.Contains($"the hash of partition {partition} there is another", problem, StringComparison.Ordinal);
        Assert.Contains("rewritten after it was signed", problem, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Verify_OfAJournalRowRewrittenWithoutTheRest_IsFoundByTheChain()
    {
        await using var silos = await RunAsync();
        await ForgeAsync(silos, await FullestAsync(silos), rows: 1);
        Assert.Contains("does not follow from the one before", Verify(silos, withHeads: false).Problem!, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Verify_OfAJournalCutShort_IsFoundByTheHeadsAlone()
    {
        await using var silos = await RunAsync();
        var partition = await FullestAsync(silos);
        await silos.SqlAsync($"delete from cg_journal where partition = {partition} and last_sequence >= {Signed(silos)[partition]}");
        Assert.Null(Verify(silos, withHeads: false).Problem);
        Assert.Contains($"the journal of partition {partition} ends at", Verify(silos).Problem!, StringComparison.Ordinal);
        await silos.SqlAsync($"delete from cg_journal where partition = {partition}");
        Assert.Contains($"the journal of partition {partition} ends at", Verify(silos).Problem!, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Verify_OfAJournalWithoutItsBeginning_IsFound()
    {
        await using var silos = await RunAsync();
        silos.Settings = silos.Settings with { Heads = null };
        await silos.ResumeAsync();
        await OpenTownAsync(silos);
        await silos.StopAsync();
        var partition = await FullestAsync(silos);
        await silos.SqlAsync($"delete from cg_journal where partition = {partition} and sequence = (select min(sequence) from cg_journal where partition = {partition})");
        Assert.Contains("were deleted by retention", Verify(silos, withHeads: false).Problem!, StringComparison.Ordinal);
        // Made to look as if retention had done it: that is what it may do, as long as a head is of what is left.
        await silos.SqlAsync($"insert into cg_journal_deleted select {partition}, min(sequence), 0, 0 from cg_journal where partition = {partition}");
        Assert.Null(Verify(silos).Problem);
        await silos.SqlAsync($"delete from cg_journal where partition = {partition} and sequence <= {Signed(silos)[partition]}");
        await silos.SqlAsync($"update cg_journal_deleted set oldest_kept = (select min(sequence) from cg_journal where partition = {partition}) where partition = {partition}");
        Assert.Null(Verify(silos, withHeads: false).Problem);
        Assert.Contains("no head vouches for what is kept", Verify(silos).Problem!, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Verify_OfAnAuditLogWrittenAnewOrCut_IsFoundByTheHeadsAlone()
    {
        await using var silos = await RunAsync();
        await silos.SqlAsync("alter table cg_audit disable trigger user");
        await silos.SqlAsync("delete from cg_audit");
        await silos.SqlAsync("update cg_audit_head set number = 0, hash = repeat('0', 64)");
        Assert.Null(Verify(silos, withHeads: false).Problem);
        Assert.Contains("is not what it was at entry 1", Verify(silos).Problem!, StringComparison.Ordinal);
        using (var log = silos.ReadLog()) log.Append(new Api.Security.Audit.AuditEntry { Principal = "key:bob", Act = "Freeze" });
        Assert.Null(Verify(silos, withHeads: false).Problem);
        Assert.Contains("is not what it was at entry 1", Verify(silos).Problem!, StringComparison.Ordinal);
        await silos.SqlAsync("update cg_audit set body = replace(body, 'key:bob', 'key:ann')");
        Assert.Contains("does not follow from the line before", Verify(silos, withHeads: false).Problem!, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task CommandLine_HasTheSiloCheckTheDatabase_AndEndsWithItsFindings()
    {
        await using var silos = await RunAsync();
        string[] call = ["verify", "--database", silos.ConnectionString, "--silo", Path.Combine(AppContext.BaseDirectory, "CreditGrains.Silo.dll"), "--public-key", KeyOf(silos) + ".pub", "--heads", .. HeadFiles(silos)];
        var (code, printed) = await RunCliAsync(call);
        Assert.True(code == ExitCode.Ok, printed);
        Assert.Contains($"in {HeadFiles(silos).Length} files agree", printed, StringComparison.Ordinal);
        await ForgeAsync(silos, await FullestAsync(silos), EveryRow);
        (code, printed) = await RunCliAsync(call);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("DAMAGED", printed, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await RunCliAsync(call[..5])).Code);
        var other = Path.Combine(silos.Files, "other.key");
        HeadFile.MakeKey(other);
        call[6] = other + ".pub";
        (code, printed) = await RunCliAsync(call);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("HeadsDamaged", printed, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Silo_WhoseJournalWasCutAfterItSigned_SaysSoAndSignsNothing()
    {
        await using var silos = await SecuredSilos.StartAsync(1, own => Settings(own) with { Heads = new HeadSettings { File = Path.Combine(own.Files, "heads"), SigningKey = KeyOf(own), EverySeconds = 1 } });
        var book = await Acts.OpenBookAsync(silos);
        await book.Hold(1);
        var file = await WhenSignedAsync(silos, await LastOfEachAsync(silos));
        var partition = await FullestAsync(silos);
        await silos.SqlAsync($"delete from cg_journal where partition = {partition} and sequence = (select max(sequence) from cg_journal where partition = {partition})");
        var patience = DateTime.UtcNow.AddSeconds(20);
        while (!silos.HavePrinted("HeadNotSigned") && DateTime.UtcNow < patience) await Task.Delay(50);
        Assert.True(silos.HavePrinted("it was cut or rewritten"));
        var before = HeadFile.Read(file, key: null).Count;
        await silos.StopAsync();
        Assert.Equal(before, HeadFile.Read(file, key: null).Count);
    }

    /// <summary>Two silos that decided something, did something privileged, and were stopped, which signs.</summary>
    private static async Task<SecuredSilos> RunAsync()
    {
        var silos = await SecuredSilos.StartAsync(settings: Settings);
        var book = await OpenTownAsync(silos);
        await Acts.FreezeAsync(silos.At(1, "ann"), book.F(1));
        await silos.StopAsync();
        return silos;
    }

    /// <summary>Borrowers in every partition under an enterprise, which the register keeps, with some holds each.</summary>
    private static async Task<Book> OpenTownAsync(SecuredSilos silos)
    {
        var book = new Book(silos.Silos[0].Engine);
        await book.OpenUnderOneEnterprise(borrowers: 24, enterpriseLimit: 100_000);
        for (var i = 1; i <= 24; i++) await book.Hold(10, i);
        return book;
    }

    private static SecuritySettings Settings(SecuredSilos silos)
    {
        HeadFile.MakeKey(KeyOf(silos));
        return silos.Settings with { Heads = new HeadSettings { File = Path.Combine(silos.Files, "heads"), SigningKey = KeyOf(silos), EverySeconds = 3_600 } };
    }

    private static string KeyOf(SecuredSilos silos) => Path.Combine(silos.Files, "signing.key");

    private static string[] HeadFiles(SecuredSilos silos) => Directory.GetFiles(silos.Files, "heads.*");

    private static VerifiedCluster Verify(SecuredSilos silos, bool withHeads = true) =>
        ClusterVerification.Run(silos.Database, withHeads ? HeadFiles(silos) : [], withHeads ? KeyOf(silos) + ".pub" : null);

    /// <summary>The newest event of each partition that a silo signed.</summary>
    private static Dictionary<int, long> Signed(SecuredSilos silos) => HeadFiles(silos).SelectMany(file => HeadFile.Read(file, key: null)).SelectMany(head => head.Journals)
        .GroupBy(journal => PartitionMap.OfSequence(journal.Sequence)).ToDictionary(group => group.Key, group => group.Max(journal => journal.Sequence));

    private static async Task<string> WhenSignedAsync(SecuredSilos silos, Dictionary<int, long> last)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (HeadFiles(silos) is [var file] && HeadFile.Read(file, key: null).SelectMany(head => head.Journals).Select(journal => journal.Sequence).ToHashSet() is var signed && last.Values.All(signed.Contains)) return file;
            await Task.Delay(50, patience.Token);
        }
    }

    private static async Task<Dictionary<int, long>> LastOfEachAsync(SecuredSilos silos)
    {
        var last = new Dictionary<int, long>();
        await using var command = silos.Database.CreateCommand("select partition, max(last_sequence) from cg_journal group by partition");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) last.Add(reader.GetInt32(0), reader.GetInt64(1));
        return last;
    }

    private static async Task<int> FullestAsync(SecuredSilos silos)
    {
        await using var command = silos.Database.CreateCommand("select partition from cg_journal where partition > 0 group by partition order by count(*) desc limit 1");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Moves the moment of the first row by a microsecond, which nothing else can notice, and makes checksum and chain right in so many rows from it on.</summary>
    private static async Task ForgeAsync(SecuredSilos silos, int partition, int rows)
    {
        var chain = ChainHash.Genesis(PartitionMap.JournalIdOf(partition));
        var frames = new List<(long Sequence, byte[] Frame)>();
        await using (var command = silos.Database.CreateCommand($"select sequence, frame from cg_journal where partition = {partition} order by sequence"))
        {
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) frames.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        }

        Assert.True(frames.Count > 2, "too few rows to forge");
        foreach (var ((sequence, frame), i) in frames.Select((one, i) => (one, i)).Take(rows))
        {
            chain = FrameForger.Mend(frame, chain, i == 0 ? -1 : 0);
            await using var update = silos.Database.CreateCommand("update cg_journal set frame = $1 where partition = $2 and sequence = $3");
            update.Parameters.AddWithValue(frame);
            update.Parameters.AddWithValue(partition);
            update.Parameters.AddWithValue(sequence);
            Assert.Equal(1, await update.ExecuteNonQueryAsync());
        }
    }

    private static async Task<(ExitCode Code, string Printed)> RunCliAsync(string[] args)
    {
        using var printed = new StringWriter();
        var code = await CommandTree.RunAsync(args, new Shell(printed, printed, isTerminal: false, isErrorTerminal: false));
        return ((ExitCode)code, printed.ToString());
    }
}
