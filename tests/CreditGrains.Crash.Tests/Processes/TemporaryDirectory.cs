namespace CreditGrains.Crash.Tests.Processes;

/// <summary>A directory of a test's own, deleted with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Directory.CreateDirectory(Root);

    private string Root { get; } = Path.Combine(Path.GetTempPath(), "creditgrains-crash-" + Path.GetRandomFileName());

    public string Of(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
