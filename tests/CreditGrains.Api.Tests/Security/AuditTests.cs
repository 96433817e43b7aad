using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Api.Tests.Transport;
using CreditGrains.Api.Transport;
using CreditGrains.Server.Security;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>The audit log and the signed heads.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-audit-").FullName;

    private string LogPath => Path.Combine(directory, AuditLog.FileName);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task PrivilegedAct_IsKeptWithItsPrincipalBeforeItIsDone_AndARequestIsNot()
    {
        await using var server = await StartAsync(settings => settings with { Audit = directory });
        var key = server.AddKey("ada", tenant: 0, "admin");
        await RoleTests.SettleAsync(server, key);
        var client = server.Client(key);
        await client.UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, 1001, 5));
        var freeze = new V1.FreezeRequest { RequestUuid = NewId(), Node = new() { Tenant = 1, LegalEntity = 1, Id = 1001, Kind = V1.NodeKind.Facility } };
        await client.UnaryAsync(Method<V1.FreezeRequest, V1.Decision>("ControlService", "Freeze"), freeze);
        await client.UnaryAsync(Method<V1.SnapshotRequest, V1.SnapshotReply>("ControlService", "Snapshot"), new V1.SnapshotRequest());
        var entries = Read();
        Assert.Equal([("key:ada", "Freeze", "Facility/1/1/1001", freeze.RequestUuid), ("key:ada", "Snapshot", null, null)], entries.Select(e => (e.Principal, e.Act, e.Subject, e.Request)));
        var decision = await server.Running.Engine.GetDecisionAsync(1, CreditGrains.Domain.Requests.RequestId.FromGuid(Guid.Parse(entries[0].Request!)));
        Assert.Equal(CreditGrains.Domain.Commands.CommandKind.Freeze, decision!.Kind);
    }

    [Fact]
    public async Task PrivilegedAct_WhenTheLogCannotBeWritten_IsNotDone()
    {
        await using var server = await StartAsync(settings => settings with { Audit = directory });
        var key = server.AddKey("ada", tenant: 1, "admin");
        await RoleTests.SettleAsync(server, key);
        var log = server.Running.Access.Records.Audit!;
        log.Dispose();
        var freeze = new V1.FreezeRequest { RequestUuid = NewId(), Node = new() { Tenant = 1, LegalEntity = 1, Id = 1001, Kind = V1.NodeKind.Facility } };
        var before = (await server.Running.Engine.GetStatusAsync()).LastSequence;
        var refused = await RefusalOf(() => server.Client(key).UnaryAsync(Method<V1.FreezeRequest, V1.Decision>("ControlService", "Freeze"), freeze));
        Assert.Equal(StatusCode.Unavailable, refused.Code);
        Assert.StartsWith("AuditUnavailable", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await server.Running.Engine.GetStatusAsync()).LastSequence);
    }

    [Fact]
    public void Log_OpenedAgain_GoesOnAndCutsAnIncompleteLine()
    {
        var clock = new ManualClock();
        using (var log = new AuditLog(directory, clock)) log.Append(Entry("a"), Entry("b"));
        File.AppendAllText(LogPath, """{"n":3,"at":1,"by":"x" """);
        using (var log = new AuditLog(directory, clock))
        {
            Assert.Equal(2, log.End.Count);
            log.Append(Entry("c"));
        }

        Assert.Equal(["a", "b", "c"], Read().Select(e => e.Act));
    }

    [Fact]
    public void Log_WithAnyByteChanged_IsFound()
    {
        using (var log = new AuditLog(directory, new ManualClock())) log.Append(Entry("Freeze"), Entry("Unfreeze"));
        var bytes = File.ReadAllBytes(LogPath);
        for (var i = 0; i < bytes.Length - 1; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 1;
            File.WriteAllBytes(LogPath, changed);
            Assert.Equal("AuditDamaged", Assert.Throws<SecurityFileException>(() => Read()).Name);
        }
    }

    [Fact]
    public void Heads_ChangedDroppedOrSignedByAnother_AreFound()
    {
        var (keyPath, path) = (Path.Combine(directory, "k"), Path.Combine(directory, "heads"));
        HeadFile.MakeKey(keyPath);
        using var own = HeadFile.ReadKey(keyPath);
        using var publicKey = HeadFile.ReadKey($"{keyPath}.pub");
        var previous = SignedHead.NoneBefore;
        for (var i = 1; i <= 3; i++)
        {
            var head = new SignedHead(i, i, Guid.Empty, i * 10, new string('a', 48), 0, AuditChain.Genesis, previous, "").SignedBy(own);
            HeadFile.Append(path, head);
            previous = SignedHead.HashOf(head.ToLine());
        }

        Assert.Equal(3, HeadFile.Read(path, publicKey).Count);
        var lines = File.ReadAllLines(path);
        void Bad(params string[] text)
        {
            File.WriteAllLines(path, text);
            Assert.Equal("HeadsDamaged", Assert.Throws<SecurityFileException>(() => HeadFile.Read(path, publicKey)).Name);
        }

        Bad(lines[0], lines[2]);
        Bad(lines[1], lines[0], lines[2]);
        Bad(lines[0].Replace("\"sequence\":10", "\"sequence\":11", StringComparison.Ordinal), lines[1], lines[2]);
        Bad("{}", lines[1]);
        File.WriteAllLines(path, lines);
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        Assert.Throws<SecurityFileException>(() => HeadFile.Read(path, other));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyPath));
    }

    [Fact]
    public void Heads_OfSeveralJournals_AreOfEachInOrder_AndSignedAsAWhole()
    {
        var (keyPath, path) = (Path.Combine(directory, "k"), Path.Combine(directory, "heads"));
        HeadFile.MakeKey(keyPath);
        using var own = HeadFile.ReadKey(keyPath);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        SignedHead Of(SignedHead? before, Guid of, long sequence, params JournalHead[] more) =>
            new SignedHead((before?.Number ?? 0) + 1, 1, of, sequence, new string('a', 48), 0, AuditChain.Genesis, before is null ? SignedHead.NoneBefore : SignedHead.HashOf(before.ToLine()), "", more).SignedBy(own);
        var one = Of(null, first, 20, new JournalHead(second, 5, new string('b', 48)));
        var two = Of(one, second, 6);
        void Write(params SignedHead[] heads) => File.WriteAllLines(path, heads.Select(head => head.ToLine()));
        Write(one, two);
        Assert.Equal([(first, 20), (second, 5), (second, 6)], HeadFile.Read(path, own).SelectMany(head => head.Journals).Select(journal => (journal.Partition, journal.Sequence)));
        foreach (var bad in (SignedHead[])[one with { More = [new JournalHead(second, 4, new string('b', 48))] }, one with { More = [] }, one with { More = null }])
        {
            Write(bad);
            Assert.Throws<SecurityFileException>(() => HeadFile.Read(path, own));
        }

        Write(one, Of(one, second, 4));
        Assert.Contains("earlier state", Assert.Throws<SecurityFileException>(() => HeadFile.Read(path, own)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithHeads_SignsOneAtTheEndAndGoesOnAfterARestart()
    {
        var (keyPath, path) = (Path.Combine(directory, "k"), Path.Combine(directory, "heads"));
        HeadFile.MakeKey(keyPath);
        SecuritySettings Settings(SecuritySettings plain) => plain with { Audit = directory, Heads = new HeadSettings { File = path, SigningKey = keyPath, EverySeconds = 3_600 } };
        await using (var server = await StartAsync(Settings))
        {
            var key = server.AddKey("pos", tenant: 1, "decide");
            await RoleTests.SettleAsync(server, key);
            await server.Client(key).UnaryAsync(Method<V1.AuthorizeRequest, V1.Decision>("LimitService", "Authorize"), Authorize(1, 1, 1001, 5));
        }

        using var publicKey = HeadFile.ReadKey($"{keyPath}.pub");
        var heads = HeadFile.Read(path, publicKey);
        Assert.Equal(32, heads[^1].Sequence);
    }

    private static AuditEntry Entry(string act) => new() { Principal = "key:x", Act = act };

    private List<AuditEntry> Read()
    {
        var entries = new List<AuditEntry>();
        AuditChain.Read(LogPath, (entry, _) => entries.Add(entry));
        return entries;
    }
}
