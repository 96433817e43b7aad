using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Features;

public sealed class FeatureCommandsTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly string Catalogue = Path.Combine(Docs(), "examples", "features.json");

    [Fact]
    public async Task Export_OfDecisionsUnderACatalogue_GivesWhatTheySawWithLabels()
    {
        using var directory = new TemporaryDirectory();
        var (labels, output) = (Path.Combine(directory.Path, "labels.csv"), Path.Combine(directory.Path, "out.csv"));
        await server.OpenFacilityAsync(tenant: 71, id: 1, limit: 1_000);
        await server.RunAsync("authorize", "71/1/1", "100", "EUR");
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("features", "activate", Catalogue, "--tenant", "71")).Code);
        var again = await server.RunAsync("features", "activate", Catalogue, "--tenant", "71");
        Assert.Equal(ExitCode.Differences, again.Code);
        foreach (var amount in (string[])["200", "300", "4000"]) await server.RunAsync("authorize", "71/1/1", amount, "EUR");
        await File.WriteAllTextAsync(labels, "facility,bad,note\n71/1/1,1,\"a, b\"\n71/1/9,0,\n");

        var run = await CliRun.OfAsync("features", "export", "--data", server.DataDirectory, "--out", output, "--labels", labels, "--labelled-only");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("as decisions saw them", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 labels met no decision", run.Error, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(output);
        var header = lines[0].Split(',');
        Assert.Equal(4, lines.Length);
        Assert.Equal(["0", "1", "2"], lines[1..].Select(line => Cell(header, line, "spend_count_24h")));
        Assert.Equal(["", "200.000000", "250.000000"], lines[1..].Select(line => Cell(header, line, "spend_life_mean")));
        Assert.Equal(["0.100000", "0.300000", "0.600000"], lines[1..].Select(line => Cell(header, line, "utilisation")));
        Assert.All(lines[1..], line => Assert.EndsWith(",1,\"a, b\"", line, StringComparison.Ordinal));

        run = await CliRun.OfAsync("features", "export", "--data", server.DataDirectory, "--out", output, "--from-start");
        Assert.Contains("as if in force from the start", run.Error, StringComparison.Ordinal);
        lines = [.. (await File.ReadAllLinesAsync(output)).Where(line => line.Contains(",71/1/1,", StringComparison.Ordinal))];
        Assert.Equal(["0", "1", "2", "3"], lines.Select(line => Cell(header, line, "spend_count_24h")));
    }

    [Fact]
    public async Task Check_OfTheDefaultSet_TellsItsBytes()
    {
        var run = await CliRun.OfAsync("features", "check", Catalogue);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("card-default: 62 features, 304 bytes a facility, late by at most 6 h", run.Output, StringComparison.Ordinal);
        Assert.Contains("distinct values: exact to 16, then a sketch of 256 places: standard error", run.Output, StringComparison.Ordinal);
        Assert.Contains("at most 1,568", run.Output, StringComparison.Ordinal);
        run = await CliRun.OfAsync("features", "check", Catalogue, "--json");
        Assert.Contains("\"facilityBytes\":304", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activate_OfAWrongCatalogue_IsRefusedBeforeItIsSent()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "wrong.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(Catalogue)).Replace("\"84d\"", "\"85d\"", StringComparison.Ordinal));
        var run = await server.RunAsync("features", "activate", file);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("FieldWrong: " + file + ": features[2].window: the window 85d is no whole number of buckets of 2419200 s", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,bad\n1,1\n", "MissingColumn")]
    [InlineData("facility\n1/1/1\n", "MissingColumn")]
    [InlineData("facility,bad\n1/1/1,1\n1/1/1,0\n", "DoubledKey")]
    [InlineData("facility,bad\n1/1,1\n", "BadKey")]
    [InlineData("sequence,bad\n,1\n", "MissingKey")]
    public async Task Export_WithBadLabels_IsRefusedByName(string content, string name)
    {
        using var directory = new TemporaryDirectory();
        var labels = Path.Combine(directory.Path, "labels.csv");
        await File.WriteAllTextAsync(labels, content);
        var run = await CliRun.OfAsync("features", "export", "--data", server.DataDirectory, "--catalogue", Catalogue, "--out", Path.Combine(directory.Path, "o.csv"), "--labels", labels);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith($"creditgrains: {name}: ", run.Error.Split('\n').First(line => line.StartsWith("creditgrains", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OfNoJournal_IsRefusedByName()
    {
        using var directory = new TemporaryDirectory();
        var run = await CliRun.OfAsync("features", "export", "--data", directory.Path, "--out", "-");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("creditgrains: NoJournal: ", run.Error, StringComparison.Ordinal);
    }

    private static string Cell(string[] header, string line, string column) => line.Split(',')[Array.IndexOf(header, column)];

    private static string Docs()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln"))) directory = directory.Parent ?? throw new InvalidOperationException("Run the tests from a checkout.");
        return Path.Combine(directory.FullName, "docs");
    }
}
