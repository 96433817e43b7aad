using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Tests.Deals;

/// <summary>
/// Several planned tranches share what both speeds have in common. 1,200,000 over 12 months in equal parts at bands of 0 and 0 PSA have 100,000 a month: P1 of 250,000 comes first and takes 100,000, 100,000 and
/// 50,000; P2 of 300,000 has the other 50,000 of month 3, then 100,000, 100,000 and 50,000.
/// </summary>
public sealed class PlannedLadderTest
{
    private const string Bands = "\"psaBands\": [0, 0]";
    private const string InTurn = """{ "do": "payPrincipal", "to": "P1", "upTo": "schedule", "from": "principal" }, { "do": "payPrincipal", "to": "P2", "upTo": "schedule", "from": "principal" },""";
    private static readonly long[] First = [150_000, 50_000, 0];
    private static readonly long[] Second = [300_000, 300_000, 250_000, 150_000, 50_000, 0];

    /// <summary>The order is that of the steps, not of the file, in which P2 stands before P1.</summary>
    [Theory]
    [InlineData(InTurn)]
    [InlineData("""{ "do": "payPrincipal", "to": ["P1", "P2"], "upTo": "schedule", "from": "principal" },""")]
    public void Ladder_OfTheSameBands_GivesTheSecondWhatTheFirstLeaves(string steps)
    {
        var run = DealRunner.Run(Deal(Bands, Bands, steps));
        Assert.Equal((First, Second), (Schedule(run, "P1"), Schedule(run, "P2")), Same);
        // Prepayments are at both speeds, so the schedules are kept.
        Assert.Equal([300_000, 300_000, 250_000, 150_000, 50_000, 0], run.Of("P2").Take(6).Select(period => period.Closing));
        Assert.Equal([150_000, 50_000, 0], run.Of("P1").Take(3).Select(period => period.Closing));
    }

    [Fact]
    public void Ladder_AfterAWrittenSchedule_GivesWhatThatLeaves()
    {
        var run = DealRunner.Run(Deal("\"schedule\": [150000, 50000]", Bands, InTurn));
        Assert.Equal(Second, Schedule(run, "P2"));
    }

    /// <summary>100,000 by 250,000 and 300,000: 45,454 and, with what rounding leaves, 54,546.</summary>
    [Fact]
    public void Ladder_PaidProRata_SharesByBalance()
    {
        var run = DealRunner.Run(Deal(Bands, Bands, """{ "do": "payPrincipal", "to": ["P1", "P2"], "order": "proRata", "upTo": "schedule", "from": "principal" },"""));
        Assert.Equal((250_000 - 45_454, 300_000 - 54_546), (Schedule(run, "P1")[0], Schedule(run, "P2")[0]));
        Assert.Equal([100_000, 200_000, 300_000, 400_000, 500_000, 550_000], Enumerable.Range(0, 6).Select(i => 550_000 - Schedule(run, "P1")[i] - Schedule(run, "P2")[i]));
    }

    [Theory]
    [InlineData("\"periodsBefore\": 1,")]
    [InlineData("""
        "actuals": [{ "opening": 1300000, "scheduled": 100000, "closing": 1200000 }],
        """)]
    public void Bands_FromTheMiddleOfALife_AreRefused(string more)
    {
        var fault = Assert.Throws<InvalidInputException>(() => Deal(Bands, Bands, InTurn, more));
        Assert.Equal("tranches[0].psaBands", fault.Path);
        Assert.Contains("write the schedule", fault.Fault, StringComparison.Ordinal);
    }

    /// <summary>Terms that got their actuals after they were read, as those of a live pool do.</summary>
    [Fact]
    public void Bands_OfTermsThatGotActuals_AreRefused()
    {
        var deal = Deal(Bands, Bands, InTurn) with { Actuals = [new PoolMonth { Opening = 1_300_000, Scheduled = 100_000, Closing = 1_200_000 }] };
        Assert.Equal("tranches[0].psaBands", Assert.Throws<InvalidInputException>(() => DealRunner.Run(deal)).Path);
    }

    private static long[] Schedule(DealRun run, string name) => [.. run.Terms.Tranches.Single(tranche => tranche.Name == name).Schedule];

    private static bool Same((long[] One, long[] Two) a, (long[] One, long[] Two) b) => a.One.SequenceEqual(b.One) && a.Two.SequenceEqual(b.Two);

    private static DealTerms Deal(string first, string second, string steps, string more = "") => DealSamples.Parse($$"""
        { "collateral": { "currency": "EUR", "lines": [{ "balance": 1200000, "rate": 0, "remainingMonths": 12, "amortisation": "equalPrincipal" }] }, {{more}}
          "tranches": [{ "name": "P2", "kind": "plannedAmortisation", "balance": 300000, {{second}} }, { "name": "P1", "kind": "plannedAmortisation", "balance": 250000, {{first}} }, { "name": "S", "balance": 650000 }],
          "waterfalls": { "amortising": [{{steps}} { "do": "payPrincipal", "to": ["S", "P1", "P2"], "from": "principal" }] } }
        """);
}
