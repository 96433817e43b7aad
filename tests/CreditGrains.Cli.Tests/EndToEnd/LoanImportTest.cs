using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Tests.EndToEnd;

public sealed class LoanImportTest(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Header = "facility,currency,balance,rate_percent,months_left,days_past_due,next_due,origination_date\n";
    private const string Product = """{ "currency": "EUR", "dayCount": "MONTHS/12", "overdue": { "penaltyPpm": 1500000, "charging": "monthEnd" }, "retail": true }""";

    private async Task<string> OpenAsync(int tenant, int facilities)
    {
        for (var id = 1; id <= facilities; id++) await server.OpenFacilityAsync(tenant, id, 10_000_000);
        var dated = await server.RunAsync("execute", $$$"""{"advanceBusinessDate":{"tenant":{{{tenant}}},"legalEntity":1,"businessDate":"2026-03-31"}}""");
        Assert.True(dated.Code == ExitCode.Ok, dated.Output + dated.Error);
        return server.Write($"product-{tenant}.json", Product);
    }

    [Fact]
    public async Task Import_OfATapeTwice_TakesLoansOverOnce()
    {
        var product = await OpenAsync(41, 3);
        var tape = server.Write("tape.csv", Header
            + "1,EUR,900000,6,18,,2026-04-15,2024-04-15\n"
            + "2,EUR,500000,12.5,10,45,2026-04-14,\n"
            + "3,EUR,100000,0,5,0,,\n");

        var (first, did) = await server.RunJsonAsync("loan", "import", tape, "--product", product, "--as-of", "2026-03-31", "--tenant", "41");
        Assert.True(first.Code == ExitCode.Ok, first.Output + first.Error);
        Assert.Equal((3, 3, 0, 0), (did.GetProperty("rows").GetInt32(), did.GetProperty("taken").GetInt32(), did.GetProperty("repeated").GetInt32(), did.GetProperty("rejected").GetInt32()));
        var (_, again) = await server.RunJsonAsync("loan", "import", tape, "--product", product, "--as-of", "2026-03-31", "--tenant", "41");
        Assert.Equal((3, 3), (again.GetProperty("taken").GetInt32(), again.GetProperty("repeated").GetInt32()));

        // 45 days before 31 March is 14 February: two instalments were missed, and ten are to come.
        var late = (await server.RunAsync("get", "facility", "41/1/2", "--json")).Output;
        Assert.Contains("\"daysPastDue\":45", late.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"nextDue\":\"2026-04-14\"", late.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"remaining\":10", late.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var good = (await server.RunAsync("get", "facility", "41/1/1", "--json")).Output.Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("\"vintage\":\"2024-04-15\"", good, StringComparison.Ordinal);
        Assert.Contains("\"remaining\":18", good, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WithFaultyRows_TakesTheOthersAndReportsRowColumnAndReason()
    {
        var product = await OpenAsync(42, 1);
        var tape = server.Write("faulty.csv", Header
            + "1,EUR,900000,6,18,,2026-04-15,\n"
            + "1,EUR,none,6,18,,2026-04-15,\n"
            + "1,EUR,900000,-1,18,,2026-04-15,\n"
            + "1,EUR,900000,6,0,,2026-04-15,\n"
            + "1,EUR,900000,6,18,45,2026-05-20,\n"
            + "1,EUR,900000,6,18,,2026-03-31,\n"
            + "1,EUR,900000,6,18,,2026-04-15,2026-04-01\n"
            + "1,USD,900000,6,18,,2026-04-15,\n"
            + "9,EUR,900000,6,18,,2026-04-15,\n"
            + "x,EUR,900000,6,18,,2026-04-15,\n");
        var report = server.Write("rejected.csv", "");

        var (run, did) = await server.RunJsonAsync("loan", "import", tape, "--product", product, "--as-of", "2026-03-31", "--tenant", "42", "--rejected", report);

        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Equal((10, 1, 9), (did.GetProperty("rows").GetInt32(), did.GetProperty("taken").GetInt32(), did.GetProperty("rejected").GetInt32()));
        var lines = (await File.ReadAllLinesAsync(report))[1..];
        Assert.Equal(
            ["2,balance", "3,rate_percent", "4,months_left", "5,next_due", "6,next_due", "7,origination_date", "8,loan,CurrencyMismatch", "9,loan,UnknownFacility", "10,facility"],
            lines.Select(line => string.Join(',', line.Split(',')[1..4]).Replace(",Unreadable", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Import_WithAMapping_ReadsTheirColumnsAndMajorUnits()
    {
        var product = await OpenAsync(43, 1);
        var tape = server.Write("theirs.csv", "ACC;BAL;APR;TERM;DPD\n1;9000.50;6;18;0\n");
        var mapping = server.Write("map.json", """{ "amounts": "major", "delimiter": ";", "constants": { "currency": "EUR" }, "columns": { "facility": "ACC", "balance": "BAL", "rate_percent": "APR", "months_left": "TERM", "days_past_due": "DPD" } }""");

        var (run, did) = await server.RunJsonAsync("loan", "import", tape, "--product", product, "--as-of", "2026-03-31", "--tenant", "43", "--mapping", mapping);

        Assert.True(run.Code == ExitCode.Ok, run.Output + run.Error);
        Assert.Equal(1, did.GetProperty("taken").GetInt32());
        Assert.Contains("\"amount\":900050", (await server.RunAsync("get", "facility", "43/1/1", "--json")).Output.Replace(" ", "", StringComparison.Ordinal).Replace("\"900050\"", "900050", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WithAProductFileThatIsWrong_NamesThePath()
    {
        var tape = server.Write("unread.csv", Header);
        var run = await server.RunAsync("loan", "import", tape, "--product", server.Write("bad.json", """{ "currency": "EUR", "amount": 5 }"""), "--as-of", "2026-03-31");

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("$.amount", run.Error + run.Output, StringComparison.Ordinal);
    }
}
