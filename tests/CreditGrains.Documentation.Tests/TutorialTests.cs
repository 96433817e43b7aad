using CreditGrains.Server;

namespace CreditGrains.Documentation.Tests;

/// <summary>Every command of the tutorials does what the page says.</summary>
public sealed class TutorialTests : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("creditgrains-docs-");
    private RunningServer server = null!;

    public static TheoryData<string> Pages() =>
        ["README.md", .. Directory.GetFiles(Checkout.PathOf("docs", "tutorials"), "*.md").Select(path => Path.GetRelativePath(Checkout.Root, path)).Order(StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        server = await CreditGrainsServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(directory.FullName, "data"), Open = true, Demo = true, GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null,
        });
        Directory.CreateSymbolicLink(Path.Combine(directory.FullName, "docs"), Checkout.PathOf("docs"));
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        directory.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_FollowedInAShell_PrintsWhatItSays(string page)
    {
        if (!Shell.IsThere) return;
        var steps = ConsoleStep.Read(await File.ReadAllTextAsync(Checkout.PathOf(page)));
        Assert.NotEmpty(steps);
        var http = server.HttpAddress.Authority;
        var printed = await Shell.RunAsync(steps.Select(step => step.Command.Replace("127.0.0.1:5091", http, StringComparison.Ordinal)), directory.FullName, server.GrpcAddress.ToString().TrimEnd('/'));
        Assert.Equal(steps.Count, printed.Count);
        for (var i = 0; i < steps.Count; i++)
            Assert.True(steps[i].MissingFrom(printed[i]) is null, $"{page}, line {steps[i].Line}: {steps[i].Command}\nshould print\n{steps[i].MissingFrom(printed[i])}\nand printed\n{printed[i]}");
    }

    [Fact]
    public void Step_WhoseLinesAreNotPrinted_IsFound()
    {
        var step = Assert.Single(ConsoleStep.Read("text\n```console\n$ cat <<'END'\na\nEND\none … three\nfour\n```\n"));
        Assert.Equal("cat <<'END'\na\nEND", step.Command);
        Assert.Null(step.MissingFrom("zero\n one   two three \nfour"));
        Assert.Equal("four", step.MissingFrom("one two three\nfive"));
        Assert.Equal("one … three", step.MissingFrom("four\none two"));
        Assert.Equal("four", step.MissingFrom("four\none two three"));
    }
}
