namespace CreditGrains.Cli.Tests.EndToEnd;

/// <summary>A data directory of one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("creditgrains-cli-");

    public string Path => directory.FullName;

    public void Dispose() => directory.Delete(recursive: true);
}
