using System.Text.Json;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Risk.Monitoring;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>What follows the journal: a second book that sees what decisions saw, monitors, and backtests.</summary>
public sealed class BesideTests
{
    private static readonly byte[] Catalogue = System.Text.Encoding.UTF8.GetBytes("""
        { "name": "t", "lateness": "1h", "filters": { "approved": { "kinds": ["authorize"], "outcomes": ["approved", "approvedInPart"] } },
          "features": [ { "name": "spend_life_{aggregation}", "filter": "approved", "value": "amount", "aggregations": ["count", "sum"], "window": "lifetime" } ] }
        """);

    [Fact]
    public void Shadow_OfTheActingModelsFile_SeesAndScoresTheSame()
    {
        using var world = RiskWorld.WithCard();
        world.Set(new ActivateFeatures(World.Scope, Catalogue));
        var card = System.Text.Encoding.UTF8.GetBytes("""
            {"kind":"scorecard","name":"f","scale":{"points":600,"odds":30,"pdo":20},"basePoints":0,"characteristics":[
             {"input":"spend_life_count","bins":[{"points":100,"high":3},{"points":140,"low":3}],"missingPoints":1,"allAverage":120},
             {"input":"utilisation","bins":[{"points":300,"high":0.02},{"points":250,"low":0.02}],"missingPoints":2,"allAverage":260},
             {"input":"income","bins":[{"points":200,"high":50},{"points":220,"low":50}],"missingPoints":3,"allAverage":210}]}
            """);
        world.AddModel(card, name: "f");
        world.AddModel(card, name: "g");
        world.Role(VersionRole.Acting, "f");
        world.Role(VersionRole.Shadow, "g");
        for (var i = 0; i < 8; i++) world.Ask(100_00 + i, i % 2 == 0 ? "income=60" : null);
        world.Do(CommandKind.Drawdown, 50_00);
        using var book = new ShadowBook(new PartitionState(), 0, 0, new PartitionOptions(), text => Assert.Fail(text));
        var scores = new Scores();
        for (var sequence = 1L; sequence <= world.LastSequence; sequence++)
        {
            Assert.True(world.Partition.TryReadDurable(sequence, out var e));
            book.Take(e, scores);
        }
        Assert.Equal(9, scores.Pairs.Count);
        Assert.All(scores.Pairs, pair => Assert.Equal(pair.Acting, pair.Shadow));
        // Counts, uses and incomes differ over the run, so equal scores are no accident.
        Assert.True(scores.Pairs.Select(pair => pair.Shadow).Distinct().Count() >= 4);
    }

    [Fact]
    public void Monitor_ScoresThatMoved_RaiseAnAlarm_AndOutcomesCount()
    {
        var model = ScoringModel.Compile(RiskWorld.Card, RiskWorld.Texts).Model;
        var random = new Random(3);
        double[] Row(double low) => [low + random.NextDouble() / 2, random.Next(500, 800), random.Next(0, 8)];
        var development = DevelopmentDeciles.Read(DevelopmentDeciles.Of(model, [.. Enumerable.Range(0, 2_000).Select(_ => Row(0))]).ToMetadata());
        Assert.NotNull(development);
        var monitor = new ModelMonitor(new VersionName("card", 1), VersionRole.Acting, model, development);
        var scratch = new double[model.ScratchLength];
        for (var month = 1; month <= 2; month++)
        {
            for (var i = 0; i < 600; i++)
            {
                var row = Row(month == 1 ? 0 : 0.5);
                monitor.Note(NodeKey.Facility(1, 1, i + 1), row, model.Score(row, scratch), true, new DateOnly(2026, month, 5));
            }
        }
        for (var i = 0; i < 600; i++) Assert.True(monitor.NoteOutcome(NodeKey.Facility(1, 1, i + 1), i % 7 == 0));
        Assert.False(monitor.NoteOutcome(NodeKey.Facility(1, 1, 9_999), true));
        var months = monitor.Months.ToArray();
        Assert.Equal(2, months.Length);
        Assert.True(months[0].Psi < 0.1 && months[1].Psi > 0.25, $"{months[0].Psi} {months[1].Psi}");
        monitor.Note(NodeKey.Facility(1, 1, 1), Row(0), 600, true, new DateOnly(2026, 3, 1));
        var view = monitor.View(new DateOnly(2026, 4, 1), performanceMonths: 1);
        Assert.Contains(view.Alarms, alarm => alarm.StartsWith("utilisation has drifted", StringComparison.Ordinal));
        Assert.Equal(600, view.Review.Calibration.Sum(band => band.Rows));
        Assert.False(view.Review.IsReviewDue);
        Assert.True(monitor.View(new DateOnly(2026, 9, 1), 1).Review.IsReviewDue);
    }

    [Fact]
    public void Backtest_StricterPolicy_FreesHeadroomForLaterRequests()
    {
        using var world = RiskWorld.WithCard();
        // As it was: 6,000 and then 5,000 of 10,000; the second did not fit.
        var first = world.Ask(6_000_00, "bureauScore=700");
        Assert.Equal(OutcomeKind.Approved, first.Kind);
        Assert.Equal(OutcomeKind.Posted, world.Do(CommandKind.Capture, 6_000_00, first.Sequence).Kind);
        Assert.Equal(Reason.LimitExceeded, world.Ask(5_000_00, "bureauScore=700").Reason);
        Assert.Equal(OutcomeKind.Approved, world.Ask(100_00, "bureauScore=700").Kind);
        // Under the policy the first is declined, so the second fits and is taken as used.
        var policy = System.Text.Encoding.UTF8.GetBytes(ScoredRequestTests.Table("""<rule><inputEntry><text>&gt; 5500</text></inputEntry><outputEntry><text>"decline"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"approve"</text></outputEntry></rule>"""));
        using var test = new Backtest(new PartitionOptions { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 }, World.Scope, new BacktestFiles(policy, "Request"), 0);
        for (var sequence = 1L; sequence <= world.LastSequence; sequence++)
        {
            Assert.True(world.Partition.TryReadDurable(sequence, out var e));
            test.Take(e);
        }
        var counts = test.Tally.Counts;
        Assert.Equal((3, 2, 2, 1, 1), (counts.Requests, counts.ApprovedThen, counts.ApprovedNow, counts.SwapsIn, counts.SwapsOut));
        Assert.Equal(5_100_00, test.Exposure()["EUR"]);
        using var report = JsonDocument.Parse(BacktestReport.Of("t", [test.Tally.Part(Backtest.ExposureOf(world.Partition.State, World.Scope), test.Exposure(), new Dictionary<NodeKey, bool> { [World.F(1)] = true })]));
        Assert.Equal(6_100_00, report.RootElement.GetProperty("exposureMinorUnits").GetProperty("then").GetProperty("EUR").GetInt64());
        Assert.True(report.RootElement.GetProperty("badRates").GetProperty("swapsIn").GetProperty("inferred").GetBoolean());
        Assert.Equal(1.0, report.RootElement.GetProperty("badRates").GetProperty("approvedThen").GetProperty("rate").GetDouble());
    }

    private sealed class Scores : IShadowScores
    {
        public List<(double Acting, double Shadow)> Pairs { get; } = [];

        void IShadowScores.Note(in LedgerEvent e, BoundModel shadow, ReadOnlySpan<double> row, double score) => Pairs.Add((e.Risk.Score, score));

        void IShadowScores.NoteActing(in LedgerEvent e, BoundModel model, ReadOnlySpan<double> row)
        {
        }

        void IShadowScores.Note(in LedgerEvent e, BoundPolicy shadow, PolicyOutcome outcome)
        {
        }
    }
}
