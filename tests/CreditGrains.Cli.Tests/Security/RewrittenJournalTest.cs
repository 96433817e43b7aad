using System.Text.Json.Nodes;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Fuzzing;
using CreditGrains.Cli.Tests.EndToEnd;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Cli.Tests.Security;

/// <summary>An administrator who can write every file rewrites the journal, with every checksum and hash made right. Only the signed heads tell.</summary>
public sealed class RewrittenJournalTest : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-rewritten-").FullName;
    private readonly string keyPath;
    private readonly string headsPath;

    public RewrittenJournalTest()
    {
        (keyPath, headsPath) = (Path.Combine(directory, "heads.key"), Path.Combine(directory, "heads"));
        HeadFile.MakeKey(keyPath);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Verify_OfAnUntouchedJournal_AgreesWithItsHeads()
    {
        var data = await WriteAsync("untouched", 100);
        Sign(data);
        var run = await VerifyAsync(data);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("1 signed heads agree", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfAHistoryWrittenAnew_IsSoundByItselfAndDamagedByTheHeads()
    {
        Sign(await WriteAsync("true", 100));
        var forged = await WriteAsync("forged", 1);
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("verify", "--data", forged)).Code);
        var run = await VerifyAsync(forged);
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Contains("rewritten after it was signed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfAFileChangedInPlaceWithItsChainMadeRight_IsDamagedByTheHeads()
    {
        var data = await WriteAsync("changed", 100);
        Sign(data);
        var path = Directory.GetFiles(data, "journal-*").Single();
        var bytes = await File.ReadAllBytesAsync(path);
        // The caller's attributes: replay looks at no byte of them, so nothing else can notice.
        var at = bytes.AsSpan().IndexOf("attribute"u8);
        bytes[at] = (byte)'A';
        JournalForger.Mend(bytes);
        await File.WriteAllBytesAsync(path, bytes);
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("verify", "--data", data)).Code);
        Assert.Equal(ExitCode.Damaged, (await VerifyAsync(data)).Code);
    }

    [Fact]
    public async Task Verify_OfAJournalCutShort_IsDamagedByTheHeads()
    {
        Sign(await WriteAsync("long", 100, 100));
        var run = await VerifyAsync(await WriteAsync("short", 100));
        Assert.Equal(ExitCode.Damaged, run.Code);
        Assert.Contains("the journal ends at 3", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WithHeadsOfAnotherKeyOrWithAnAuditLogWrittenAnew_IsDamaged()
    {
        var data = await WriteAsync("audited", 100);
        var audit = Path.Combine(directory, "audit");
        using (var log = new AuditLog(audit, TimeProvider.System)) log.Append(new AuditEntry { Principal = "key:mallory", Act = "SetLimit" });
        Sign(data, audit);
        Assert.Equal(ExitCode.Ok, (await VerifyAsync(data, "--audit", audit)).Code);
        Directory.Delete(audit, recursive: true);
        using (var log = new AuditLog(audit, TimeProvider.System)) log.Append(new AuditEntry { Principal = "key:bob", Act = "SetLimit" });
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("audit", audit)).Code);
        Assert.Equal(ExitCode.Damaged, (await VerifyAsync(data, "--audit", audit)).Code);
        var other = Path.Combine(directory, "other.key");
        HeadFile.MakeKey(other);
        Assert.Equal(ExitCode.Damaged, (await CliRun.OfAsync("verify", "--data", data, "--heads", headsPath, "--public-key", $"{other}.pub")).Code);
    }

    private Task<CliRun> VerifyAsync(string data, params string[] more) =>
        CliRun.OfAsync(["verify", "--data", data, "--heads", headsPath, "--public-key", $"{keyPath}.pub", .. more]);

    private async Task<string> WriteAsync(string name, params long[] amounts)
    {
        var data = Path.Combine(directory, name);
        await using var engine = CreditEngine.Open(new EngineOptions { DataDirectory = data, Clock = new FixedClock(), Partition = new PartitionOptions { SegmentBytes = 64 << 20 } });
        var (eur, borrower, facility) = (Currency.Parse("EUR"), new NodeKey(7, 1, 1, NodeKind.Borrower), NodeKey.Facility(1, 1, 42));
        await engine.ExecuteAsync(Command.Of(Id(1), new OpenNode(borrower, eur, 500_000, default, [])));
        await engine.ExecuteAsync(Command.Of(Id(2), new OpenFacility(facility, eur, 200_000, default, false, 0, [new ParentShare(borrower)])));
        for (var i = 0; i < amounts.Length; i++)
            await engine.ExecuteAsync(new Command { Kind = CommandKind.Authorize, Id = Id(3 + i), Facility = facility, Amount = amounts[i], Currency = eur, Attributes = "attribute"u8.ToArray() });
        return data;
    }

    private void Sign(string data, string? audit = null)
    {
        var report = JournalVerification.Run(data);
        Assert.True(report.IsSound);
        var (count, head) = (0L, AuditChain.Genesis);
        if (audit is not null) AuditChain.Read(Path.Combine(audit, AuditLog.FileName), (entry, hash) => (count, head) = (entry.Number, hash));
        using var key = HeadFile.ReadKey(keyPath);
        var signed = new SignedHead(1, 1, new PartitionOptions().PartitionId, report.LastSequence, report.ChainHead, count, head, SignedHead.NoneBefore, "").SignedBy(key);
        Assert.Equal(1, JsonNode.Parse(signed.ToLine())!["n"]!.GetValue<long>());
        File.WriteAllText(headsPath, signed.ToLine() + "\n");
    }

    private static RequestId Id(int number) => RequestId.ForTime(1_790_000_000_000, (ulong)number, (ulong)number);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);
    }
}
