using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Tests.Transport;

namespace CreditGrains.Api.Tests.Security;

/// <summary>The key file and what is recognised by it.</summary>
public sealed class ApiKeysTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-keys-").FullName;
    private readonly ManualClock clock = new();
    private readonly List<string> warnings = [];

    private string FilePath => Path.Combine(directory, "keys.json");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Authenticate_AKnownKey_IsItsPrincipal()
    {
        var key = Write(entry => entry with { Roles = ["decide", "read"], Tenant = 3, LegalEntities = [7, 9] });
        var principal = Recognise(Open(), key).Principal!;
        Assert.Equal(("key:pos", Roles.Decide | Roles.Read, (ushort)3), (principal.Id, principal.Roles, principal.Tenant));
        Assert.True(principal.Covers(3, 9) && !principal.Covers(3, 8) && !principal.Covers(4, 9));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cg_")]
    [InlineData("cg_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cg_ffffffffffff-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Authenticate_AnotherKey_IsRefused(string key) => Assert.Null(Recognise(OpenWithAKey(), key).Principal);

    [Fact]
    public void Authenticate_AKeyWithOneCharacterChanged_IsRefused()
    {
        var key = Write(entry => entry);
        var keys = Open();
        for (var i = 0; i < key.Length; i++)
        {
            var other = key.ToCharArray();
            other[i] = other[i] == 'A' ? 'B' : 'A';
            Assert.Null(Recognise(keys, new string(other)).Principal);
        }

        Assert.NotNull(Recognise(keys, key).Principal);
    }

    [Fact]
    public void Authenticate_AtExpiry_IsRefusedFromThatMomentOn()
    {
        var end = clock.GetUtcNow().AddHours(1);
        var key = Write(entry => entry with { ExpiresAt = end });
        var keys = Open();
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.NotNull(Recognise(keys, key).Principal);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Contains("expired", Recognise(keys, key).Refusal!, StringComparison.Ordinal);
    }

    [Fact]
    public void Authenticate_AfterTheFileChanged_FollowsItAndRaisesTheGeneration()
    {
        var key = Write(entry => entry);
        var keys = Open();
        var before = keys.Generation;
        Rewrite(entry => entry with { RevokedAt = clock.GetUtcNow() });
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("revoked", Recognise(keys, key).Refusal!, StringComparison.Ordinal);
        Assert.True(keys.Generation > before);
    }

    [Fact]
    public void Authenticate_AfterTheFileWasSpoilt_KeepsTheLastGoodOneAndSaysSo()
    {
        var key = Write(entry => entry);
        var keys = Open();
        File.WriteAllText(FilePath, "{ spoilt");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(Recognise(keys, key).Principal);
        Assert.Contains("KeyFileInvalid", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void File_Written_HoldsNoKeyAndIsItsOwnersOnly()
    {
        var key = Write(entry => entry);
        Assert.DoesNotContain(key[16..], File.ReadAllText(FilePath), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Theory]
    [InlineData("null", "KeyFileInvalid")]
    [InlineData("{}", "KeyFileInvalid")]
    [InlineData("""{"keys":[{"id":"a","name":"b","roles":["decide"],"tenant":1}]}""", "KeyFileInvalid")]
    [InlineData("""{"keys":[{"id":"a","name":"b","keySha256":"00","roles":["decide"],"tenant":1}]}""", "KeyFileInvalid")]
    [InlineData("""{"keys":[{"id":"a","name":"b","keySha256":"0000000000000000000000000000000000000000000000000000000000000000","roles":["king"],"tenant":1}]}""", "KeyFileInvalid")]
    [InlineData("""{"keys":[{"id":"a","name":"b","keySha256":"0000000000000000000000000000000000000000000000000000000000000000","roles":[],"tenant":1}]}""", "KeyFileInvalid")]
    [InlineData("""{"keys":[{"id":"a","name":"b","keySha256":"0000000000000000000000000000000000000000000000000000000000000000","roles":["read"],"tenant":0,"legalEntities":[1]}]}""", "KeyFileInvalid")]
    [InlineData("""{"keys":[{"id":"a","name":"b","keySha256":"0000000000000000000000000000000000000000000000000000000000000000","roles":["read"],"tenant":1,"tenants":2}]}""", "KeyFileInvalid")]
    public void Read_AWrongFile_IsRefusedByName(string json, string name)
    {
        File.WriteAllText(FilePath, json);
        Assert.Equal(name, Assert.Throws<SecurityFileException>(() => KeyFile.Read(FilePath)).Name);
    }

    [Fact]
    public void Read_NoFile_SaysHowToMakeOne() =>
        Assert.Contains("keys add", Assert.Throws<SecurityFileException>(() => KeyFile.Read(FilePath)).Message, StringComparison.Ordinal);

    [Fact]
    public void Credentials_Printed_ShowNoSecret() => Assert.DoesNotContain("cg_", new Credentials("Bearer cg_secret", null).ToString(), StringComparison.Ordinal);

    private ApiKeys Open() => new(FilePath, clock, warnings.Add);

    private ApiKeys OpenWithAKey()
    {
        Write(entry => entry);
        return Open();
    }

    private string Write(Func<KeyEntry, KeyEntry> change)
    {
        var key = ApiKey.Create();
        var entry = new KeyEntry { Id = ApiKey.IdOf(key)!, Name = "pos", KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = ["decide"], Tenant = 1 };
        KeyFile.Of([change(entry)]).Write(FilePath);
        return key;
    }

    private void Rewrite(Func<KeyEntry, KeyEntry> change) => KeyFile.Of([.. KeyFile.Read(FilePath).Entries.Select(change)]).Write(FilePath);

    private static Recognition Recognise(ApiKeys keys, string key) => keys.Authenticate(new Credentials($"Bearer {key}", null));
}
