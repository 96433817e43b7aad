using CreditGrains.Api.Security.Keys;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Security;

/// <summary>creditgrains keys, and keys of clients.</summary>
public sealed class KeysCommandTest : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-keys-").FullName;

    private string FilePath => Path.Combine(directory, "keys.json");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Add_ThenListAndRevoke_ShowsTheKeyOnceAndNeverAgain()
    {
        var added = await CliRun.OfAsync("keys", "add", "pos", "--keys", FilePath, "--roles", "decide,read", "--tenant", "7", "--entities", "1,2", "--expires", "2099-01-31");
        var key = added.Output.Trim();
        Assert.Equal((ExitCode.Ok, ApiKey.IdOf(key)), (added.Code, KeyFile.Read(FilePath).Entries.Single().Id));
        var listed = await CliRun.OfAsync("keys", "list", "--keys", FilePath);
        Assert.Contains("in force", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key[16..], listed.Output + added.Error + await File.ReadAllTextAsync(FilePath), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("keys", "revoke", "pos", "--keys", FilePath)).Code);
        Assert.Contains("revoked", (await CliRun.OfAsync("keys", "list", "--keys", FilePath)).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await CliRun.OfAsync("keys", "revoke", "pos", "--keys", FilePath)).Code);
    }

    [Theory]
    [InlineData("pos", "king", "1", "KeyFileInvalid")]
    [InlineData("po s", "read", "1", "KeyFileInvalid")]
    [InlineData("pos", "read", "0", "Usage")]
    [InlineData("pos", "read", "65536", "Usage")]
    public async Task Add_WithAWrongValue_IsRefusedByNameAndWritesNothing(string name, string roles, string tenant, string fault)
    {
        var run = await CliRun.OfAsync("keys", "add", name, "--keys", FilePath, "--roles", roles, "--tenant", tenant);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task Client_WithAKeyOnItsCommandLine_IsRefusedWithoutShowingIt()
    {
        var key = ApiKey.Create();
        var run = await CliRun.OfAsync("status", "--api-key", key);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.DoesNotContain(key[16..], run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatWouldSendItsKeyUnencrypted_DoesNot()
    {
        var path = Path.Combine(directory, "key");
        await File.WriteAllTextAsync(path, ApiKey.Create());
        var run = await CliRun.OfAsync("status", "--address", "http://192.0.2.1:5090", "--api-key", path);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("KeyUnencrypted", run.Error, StringComparison.Ordinal);
    }
}
