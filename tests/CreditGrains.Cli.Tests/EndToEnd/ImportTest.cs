using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Tests.EndToEnd;

public sealed class ImportTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Header = "record,kind,id,currency,limit,parents\n";

    [Fact]
    public async Task Import_OfAGeneratedPortfolioTwice_ChangesNothingTheSecondTime()
    {
        var file = Path.Combine(Path.GetDirectoryName(server.DataDirectory)!, "portfolio.csv");
        Assert.Equal(ExitCode.Ok, (await CliRun.OfAsync("generate", "--facilities", "3000", "--seed", "7", "--tenant", "11", "--out", file)).Code);

        var (first, did) = await server.RunJsonAsync("import", file, "--tenant", "11");
        Assert.Equal(ExitCode.Ok, first.Code);
        Assert.True(did.GetProperty("changed").GetBoolean());
        Assert.Equal(did.GetProperty("rows").GetInt64(), did.GetProperty("applied").GetInt64());

        var before = await StatusAsync();
        var (second, again) = await server.RunJsonAsync("import", file, "--tenant", "11");
        Assert.Equal(ExitCode.Ok, second.Code);
        Assert.False(again.GetProperty("changed").GetBoolean());
        Assert.Equal(did.GetProperty("rows").GetInt64(), again.GetProperty("repeated").GetInt64());
        Assert.Equal(before, await StatusAsync());

        // People are told so.
        Assert.Contains("Nothing changed: this file was imported before.", (await server.RunAsync("import", file, "--tenant", "11")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_StraightIntoTheEngineTwice_ChangesNothingTheSecondTime()
    {
        var (first, did) = await server.RunJsonAsync("generate", "--facilities", "500", "--seed", "3", "--tenant", "12");
        var (second, again) = await server.RunJsonAsync("generate", "--facilities", "500", "--seed", "3", "--tenant", "12");
        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (first.Code, second.Code));
        Assert.True(did.GetProperty("changed").GetBoolean());
        Assert.False(again.GetProperty("changed").GetBoolean());
    }

    [Fact]
    public async Task Import_WithFaultyRows_TakesTheOthersAndNamesRowFieldAndReason()
    {
        var file = server.Write("faults.csv", Header
            + "node,Borrower,1,EUR,unlimited,\n"
            + "node,Shop,2,EUR,unlimited,\n"
            + "facility,,10,EUR,much,Borrower/1\n"
            + "facility,,11,EUR,1000,Borrower/99\n"
            + "facility,,12,EUR,1000,Borrower/1\n"
            + "facility,,13,EUR,-5,Borrower/1\n");
        var (run, json) = await server.RunJsonAsync("import", file, "--tenant", "13");
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Equal((6, 2, 3), (json.GetProperty("rows").GetInt32(), json.GetProperty("applied").GetInt32(), json.GetProperty("malformed").GetInt32()));
        var rows = run.Output.Split('\n');
        Assert.Contains("""{"row":2,"field":"kind","reason":"Unreadable",""", rows[0], StringComparison.Ordinal);
        Assert.Contains("""{"row":3,"field":"limit","reason":"Unreadable",""", rows[1], StringComparison.Ordinal);
        Assert.Contains("""{"row":4,"field":"","reason":"UnknownNode",""", rows[2], StringComparison.Ordinal);
        Assert.Contains("""{"row":6,"field":"limit","reason":"InvalidAmount",""", rows[3], StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("get", "facility", "13/1/12")).Code);

        // Mended, the file is another file: what is there is declined by name, what was missing comes in.
        var (again, mended) = await server.RunJsonAsync("import", server.Write("mended.csv", Header + "facility,,12,EUR,1000,Borrower/1\nfacility,,13,EUR,5,Borrower/1\n"), "--tenant", "13");
        Assert.Equal(ExitCode.Differences, again.Code);
        Assert.Equal(1, mended.GetProperty("declined").GetProperty("AlreadyExists").GetInt32());
        Assert.Equal(1, mended.GetProperty("applied").GetInt32());
    }

    [Fact]
    public async Task Import_WithTooManyFaultyRows_StopsAndSaysSo()
    {
        var file = server.Write("hopeless.csv", Header + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"node,Shop,{i},EUR,1,\n")));
        var (run, json) = await server.RunJsonAsync("import", file, "--tenant", "14", "--malformed-max", "5");
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.True(json.GetProperty("stopped").GetBoolean());
    }

    [Fact]
    public async Task Import_WithAMapping_IsNamedByBoth()
    {
        var file = server.Write("theirs.csv", "ACCOUNT;LINE\n42;1500.50\n");
        var borrower = server.Write("borrower.csv", Header + "node,Borrower,1,EUR,unlimited,\n");
        var mapping = server.Write("mapping.json", """
            { "columns": { "id": "ACCOUNT", "limit": "LINE" }, "constants": { "currency": "EUR", "parents": "Borrower/1" }, "amounts": "major", "delimiter": ";" }
            """);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("import", borrower, "--tenant", "15")).Code);
        Assert.Equal(ExitCode.Ok, (await server.RunAsync("import", file, "--mapping", mapping, "--tenant", "15")).Code);
        Assert.False((await server.RunJsonAsync("import", file, "--mapping", mapping, "--tenant", "15")).Json.GetProperty("changed").GetBoolean());
        var (_, facility) = await server.RunJsonAsync("get", "facility", "15/1/42");
        Assert.Equal("150050", facility.GetProperty("node").GetProperty("limit").GetString());
    }

    [Theory]
    [InlineData("", "EmptyFile")]
    [InlineData("a,b\n1,2\n", "MissingColumn")]
    public async Task Import_OfAnUnfitFile_IsAUsageFault(string text, string name)
    {
        var run = await server.RunAsync("import", server.Write($"unfit-{name}.csv", text), "--tenant", "16");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith($"creditgrains: {name}: ", run.Error, StringComparison.Ordinal);
    }

    private async Task<string> StatusAsync() => (await server.RunJsonAsync("status")).Json.GetProperty("lastDecisionId").GetString()!;
}
