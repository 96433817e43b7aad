using System.Security.Cryptography;
using System.Text;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Vault;
using CreditGrains.Api.Transport;
using Google.Protobuf;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Personal data: apart from the book, under keys that can be destroyed.</summary>
public sealed class VaultTests : IDisposable
{
    private const string Secret = "Ada Lovelace, 12 St James's Square";
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-vault-").FullName;
    private readonly VaultSettings settings;

    public VaultTests()
    {
        settings = new VaultSettings { Records = Path.Combine(directory, "records"), Keys = Path.Combine(directory, "keys"), KeyFile = Path.Combine(directory, "kek") };
        PersonalVault.MakeKey(settings.KeyFile);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Put_ThenGet_GivesItBackAlsoAfterARestart()
    {
        new PersonalVault(settings).Put(1, "borrower/42", Bytes(Secret));
        Assert.Equal(Secret, Encoding.UTF8.GetString(new PersonalVault(settings).Get(1, "borrower/42")!));
        Assert.Null(new PersonalVault(settings).Get(2, "borrower/42"));
        Assert.Null(new PersonalVault(settings).Get(1, "borrower/43"));
    }

    [Fact]
    public void Files_OfASubject_ShowNeitherDataNorName()
    {
        new PersonalVault(settings).Put(1, "borrower/42", Bytes(Secret));
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("42", Path.GetFileName(file).Replace(HexOnly(file), "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("Lovelace", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Forget_LeavesNothingReadable_NotEvenOfACopiedRecordWithTheVaultsOwnKey()
    {
        var vault = new PersonalVault(settings);
        vault.Put(1, "borrower/42", Bytes(Secret));
        vault.Put(1, "borrower/43", Bytes("somebody else"));
        var record = Directory.GetFiles(settings.Records).Select(path => (path, File.ReadAllBytes(path))).Single(r => r.Item2.Length > 50);
        Assert.True(vault.Forget(1, "borrower/42"));
        Assert.Null(vault.Get(1, "borrower/42"));
        Assert.False(vault.Forget(1, "borrower/42"));
        // The record comes back from a backup; everything else of the vault is still there.
        File.WriteAllBytes(record.path, record.Item2);
        Assert.Null(vault.Get(1, "borrower/42"));
        vault.Put(1, "borrower/42", Bytes("a new start"));
        File.WriteAllBytes(record.path, record.Item2);
        Assert.Equal("VaultDamaged", Assert.Throws<SecurityFileException>(() => vault.Get(1, "borrower/42")).Name);
        Assert.Equal("somebody else", Encoding.UTF8.GetString(vault.Get(1, "borrower/43")!));
    }

    [Fact]
    public void Record_PutInAnothersPlace_DoesNotOpen()
    {
        var vault = new PersonalVault(settings);
        vault.Put(1, "a", Bytes("alpha"));
        vault.Put(1, "b", Bytes("bravo"));
        var (records, keys) = (Directory.GetFiles(settings.Records).Order().ToArray(), Directory.GetFiles(settings.Keys).Order().ToArray());
        File.Copy(records[0], records[1], overwrite: true);
        File.Copy(keys[0], keys[1], overwrite: true);
        Assert.Equal(1, new[] { "a", "b" }.Count(subject => Try(() => vault.Get(1, subject))));
    }

    [Fact]
    public void Open_WithAnotherKeyFile_ReadsNothing()
    {
        new PersonalVault(settings).Put(1, "a", Bytes("alpha"));
        var other = settings with { KeyFile = Path.Combine(directory, "other") };
        PersonalVault.MakeKey(other.KeyFile);
        Assert.Null(new PersonalVault(other).Get(1, "a"));
        File.WriteAllText(other.KeyFile, "short");
        Assert.Equal("VaultKeyInvalid", Assert.Throws<SecurityFileException>(() => new PersonalVault(other)).Name);
    }

    [Fact]
    public void SealedBox_WithAnyBitChanged_DoesNotOpen()
    {
        var key = RandomNumberGenerator.GetBytes(SealedBox.KeyLength);
        var box = SealedBox.Seal(key, Bytes("x"), Bytes("context"));
        for (var i = 0; i < box.Length * 8; i++)
        {
            var changed = (byte[])box.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(key, changed, Bytes("context")));
        }

        Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(key, box, Bytes("contexT")));
        Assert.Equal("x", Encoding.UTF8.GetString(SealedBox.Open(key, box, Bytes("context"))));
    }

    [Fact]
    public async Task Service_ForgetsByAdminOnly_AndJournalSnapshotAndLogsNeverHoldTheData()
    {
        var audit = Path.Combine(directory, "audit");
        await using var server = await StartAsync(plain => plain with { Vault = settings, Audit = audit });
        var (operate, admin, other) = (server.AddKey("desk", 1, "operate"), server.AddKey("officer", 1, "admin"), server.AddKey("other", 2, "admin"));
        await RoleTests.SettleAsync(server, other);
        var desk = server.Client(operate);
        await desk.UnaryAsync(Method<V1.PutPersonalDataRequest, V1.PutPersonalDataReply>("VaultService", "PutPersonalData"), new V1.PutPersonalDataRequest { Tenant = 1, Subject = "borrower/42", Data = ByteString.CopyFromUtf8(Secret) });
        var get = Method<V1.GetPersonalDataRequest, V1.GetPersonalDataReply>("VaultService", "GetPersonalData");
        Assert.Equal(Secret, (await desk.UnaryAsync(get, new V1.GetPersonalDataRequest { Tenant = 1, Subject = "borrower/42" })).Data.ToStringUtf8());
        Assert.Equal(StatusCode.PermissionDenied, (await RefusalOf(() => server.Client(other).UnaryAsync(get, new V1.GetPersonalDataRequest { Tenant = 1, Subject = "borrower/42" }))).Code);
        Assert.False((await server.Client(other).UnaryAsync(get, new V1.GetPersonalDataRequest { Tenant = 2, Subject = "borrower/42" })).Found);
        await server.Running.Engine.SnapshotAsync();
        var forget = Method<V1.ForgetPersonalDataRequest, V1.ForgetPersonalDataReply>("VaultService", "ForgetPersonalData");
        Assert.Equal(StatusCode.PermissionDenied, (await RefusalOf(() => desk.UnaryAsync(forget, new V1.ForgetPersonalDataRequest { Tenant = 1, Subject = "borrower/42" }))).Code);
        Assert.True((await server.Client(admin).UnaryAsync(forget, new V1.ForgetPersonalDataRequest { Tenant = 1, Subject = "borrower/42" })).Found);
        Assert.False((await desk.UnaryAsync(get, new V1.GetPersonalDataRequest { Tenant = 1, Subject = "borrower/42" })).Found);
        foreach (var file in Directory.GetFiles(server.Directory, "*", SearchOption.AllDirectories).Concat(Directory.GetFiles(directory, "*", SearchOption.AllDirectories)).Where(file => Path.GetFileName(file) != "LOCK"))
        {
            // A segment is a quarter of a GiB of zeros; what was written stands at its start.
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var head = new byte[Math.Min(stream.Length, 1 << 20)];
            await stream.ReadExactlyAsync(head);
            var text = Encoding.Latin1.GetString(head);
            Assert.DoesNotContain("Lovelace", text, StringComparison.Ordinal);
            Assert.DoesNotContain("borrower/42", text, StringComparison.Ordinal);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string HexOnly(string path) => Path.GetFileNameWithoutExtension(path);

    private static bool Try(Func<byte[]?> get)
    {
        try
        {
            return get() is not null;
        }
        catch (SecurityFileException)
        {
            return false;
        }
    }
}
