using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Replay;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tests.Rules;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Engine.Tests.Features;

/// <summary>Features in the engine: state by the journal alone, in snapshots and digests, and the same for a past decision as it saw.</summary>
public sealed class FeatureJournalTests
{
    private const string Catalogue = """
        {
          "name": "journal", "lateness": "2h", "ahead": "5m",
          "filters": { "approved": { "kinds": "authorize", "outcomes": ["approved", "approvedInPart"] }, "declined": { "kinds": "authorize", "outcomes": "declined" }, "asked": { "kinds": ["authorize", "drawdown"] } },
          "features": [
            { "name": "spend_{aggregation}_{window}", "filter": "approved", "value": "amount", "aggregations": ["count", "sum", "mean", "max", "standardDeviation"], "windows": ["4h", "24h"], "granularity": "1h" },
            { "name": "life_{aggregation}", "filter": "approved", "value": "amount", "aggregations": ["count", "sum", "min", "max"], "window": "lifetime" },
            { "name": "categories_24h", "filter": "asked", "aggregation": "distinct", "value": "merchantCategory", "window": "24h", "granularity": "4h" },
            { "name": "declines_in_a_row", "filter": "asked", "hit": "declined", "aggregation": "streak", "granularity": "1h" },
            { "name": "since_repaid", "filter": { "kinds": "repay" }, "aggregation": "secondsSinceLast" },
            { "name": "held", "filter": {}, "aggregation": "last", "value": "held" },
            { "name": "late", "aggregation": "late" },
            { "name": "borrower_spend_{window}", "entity": "borrower", "filter": "approved", "value": "amount", "aggregation": "sum", "windows": ["4h", "24h"], "granularity": "1h" },
            { "name": "use", "expression": "(facility.held + facility.drawn + request.amount) / facility.limit" },
            { "name": "share", "aggregation": "ratio", "of": "spend_sum_24h", "to": "borrower_spend_24h" }
          ]
        }
        """;

    private static byte[] File(string text = Catalogue) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData(1, "narrow")]
    [InlineData(2, "narrow")]
    [InlineData(3, "narrow")]
    [InlineData(4, "wide")]
    [InlineData(5, "compact")]
    [InlineData(6, "compact")]
    public void Features_RandomEventsRestartsAndSnapshots_AreRebuiltBitForBit(int seed, string width)
    {
        var random = new Random(seed);
        var file = File(Catalogue.Replace("\"lateness\": \"2h\",", $"\"lateness\": \"2h\", \"width\": \"{width}\",", StringComparison.Ordinal));
        using var world = Opened();
        world.Set(new ActivateFeatures(World.Scope, file));
        var used = new Dictionary<long, long[]>();
        for (var step = 0; step < 500; step++)
        {
            world.Pass(random.Next(10) == 0 ? random.Next(20_000) * World.Second : random.Next(600) * World.Second);
            world.Partition.Executor.Features.ReadsDecisions = true;
            var outcome = world.Do(RandomCommand(world, random));
            if (outcome.Kind is OutcomeKind.Approved or OutcomeKind.ApprovedInPart or OutcomeKind.Declined or OutcomeKind.Referred && IsRequest(world, outcome.Sequence))
                used.Add(outcome.Sequence, [.. world.Partition.Executor.Features.Values]);
            if (random.Next(60) == 0) world.Snapshot();
            if (random.Next(80) == 0) world.AssertReplaysTheSame();
        }
        Assert.True(used.Count > 150, "too few decisions to say anything");
        var rebuilt = Rebuilt(world, CatalogueFile.Read(file), asUsed: true);
        Assert.Equal(used.Keys.Order(), rebuilt.Keys.Order());
        foreach (var (sequence, values) in used) Assert.Equal(values, rebuilt[sequence]);
        Assert.Contains(rebuilt.Values, values => values[CatalogueFile.Read(file).Find("late")!.Index] > 0);
    }

    [Fact]
    public void Features_CatalogueFromTheStart_EqualsOneActivatedThere()
    {
        using var world = Opened();
        var random = new Random(9);
        for (var step = 0; step < 120; step++)
        {
            world.Pass(random.Next(900) * World.Second);
            world.Do(RandomCommand(world, random));
        }
        using var other = Opened();
        other.Set(new ActivateFeatures(World.Scope, File()));
        random = new Random(9);
        var used = new List<long[]>();
        for (var step = 0; step < 120; step++)
        {
            other.Pass(random.Next(900) * World.Second);
            other.Partition.Executor.Features.ReadsDecisions = true;
            var outcome = other.Do(RandomCommand(other, random));
            if (IsRequest(other, outcome.Sequence)) used.Add([.. other.Partition.Executor.Features.Values]);
        }
        Assert.Equal(used, Rebuilt(world, CatalogueFile.Read(File()), asUsed: false).OrderBy(pair => pair.Key).Select(pair => pair.Value));
        Assert.Empty(Rebuilt(world, CatalogueFile.Read(File()), asUsed: true));
    }

    [Fact]
    public void Catalogue_Malformed_IsRefusedWithThePlaceAndTheOldOneStays()
    {
        using var world = Opened();
        world.Set(new ActivateFeatures(World.Scope, File()));
        world.Hold(10);
        var before = world.Digest;
        var refused = world.Do(new ActivateFeatures(World.Scope, File(Catalogue.Replace("\"mean\"", "\"median\"", StringComparison.Ordinal))));
        Assert.Equal((OutcomeKind.Refused, Reason.InvalidField), (refused.Kind, refused.Reason));
        Assert.Contains("features[0].aggregations[2]: 'median' is not known; write one of count, sum", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, world.Digest);
        Assert.Equal(Reason.NoChange, world.Do(new ActivateFeatures(World.Scope, File())).Reason);
    }

    [Fact]
    public void Catalogue_Replaced_BeginsEmptyAndOldDecisionsKeepTheirs()
    {
        using var world = Opened();
        world.Set(new ActivateFeatures(World.Scope, File()));
        world.Hold(10);
        world.Snapshot();
        var second = Catalogue.Replace("\"4h\", \"24h\"], \"granularity\": \"1h\" },", "\"8h\"], \"granularity\": \"2h\" },", StringComparison.Ordinal).Replace("spend_sum_24h", "spend_sum_8h", StringComparison.Ordinal)
            .Replace("\"to\": \"borrower_spend_24h\"", "\"to\": \"life_sum\"", StringComparison.Ordinal);
        world.Set(new ActivateFeatures(World.Scope, File(second)));
        Assert.Equal(0, Value(world, "life_count"));
        world.Hold(7);
        Assert.Equal(7, Value(world, "spend_sum_8h"));
        world.AssertReplaysTheSame();
        world.Snapshot();
        world.AssertReplaysTheSame();
        Assert.Equal(7, Value(world, "spend_sum_8h"));
        var history = FeatureHistory.Open(world.Disk, Options);
        Assert.Equal([File(), File(second)], history.Activations().Select(one => one.Content.ToArray()));
        Assert.Single(Rebuilt(world, CatalogueFile.Read(File()), asUsed: true));
        Assert.Single(Rebuilt(world, CatalogueFile.Read(File(second)), asUsed: true));
        world.Set(new ActivateFeatures(World.Scope, []));
        Assert.Equal(Reason.NoChange, world.Do(new ActivateFeatures(World.Scope, [])).Reason);
        world.Hold(1);
        world.AssertReplaysTheSame();
    }

    [Fact]
    public void Catalogue_ReplacedWhileASnapshotIsTaken_LeavesTheSnapshotWhole()
    {
        using var world = Opened();
        world.Set(new ActivateFeatures(World.Scope, File()));
        for (var i = 0; i < 5; i++) world.Hold(10);
        var (digest, sequence) = (world.Digest, world.LastSequence);
        var chunks = new Queue<SnapshotChunk>();
        using (var capture = world.Partition.BeginSnapshot(new SnapshotScratch(0), chunks.Enqueue)!)
        {
            world.Set(new ActivateFeatures(World.Scope, File(Catalogue.Replace("\"24h\"], \"granularity\": \"1h\"", "\"12h\"], \"granularity\": \"1h\"", StringComparison.Ordinal).Replace("_24h\"", "_12h\"", StringComparison.Ordinal))));
            world.Hold(3);
            while (!capture.IsDone) capture.Step(64);
        }
        using var file = new SnapshotFile(world.Disk, world.Partition.State, sequence);
        while (chunks.TryDequeue(out var chunk)) file.Write(chunk);
        Assert.Equal(digest, file.Digest);
        world.AssertReplaysTheSame();
    }

    [Fact]
    public void Features_WithoutACatalogue_ChangeNothing()
    {
        using var world = Opened();
        world.Hold(10);
        Assert.Equal((0, 0L), (world.Partition.State.FacilityFeatures.RowLengthBytes, world.Partition.State.FacilityFeatures.MemoryBytes));
        Assert.False(world.Partition.Executor.Features.IsActive);
        Assert.Empty(FeatureHistory.Open(world.Disk, Options).Activations());
    }

    [Fact]
    public void Verification_OfAJournalWithFeatures_Holds()
    {
        using var world = Opened();
        world.Set(new ActivateFeatures(World.Scope, File()));
        for (var i = 0; i < 20; i++)
        {
            world.Pass(3_000 * World.Second);
            world.Hold(10);
        }
        world.Snapshot();
        world.Hold(11);
        Assert.Null(JournalVerification.Run(world.Disk, Options).Problem);
    }

    private static PartitionOptions Options => new() { SegmentBytes = 2 << 20, FrameBytesMax = 512 << 10 };

    private static World Opened()
    {
        var world = new World().WithOneLine();
        world.OpenLine(2, 5_000, World.Node(NodeKind.Borrower));
        world.OpenLine(3, 5_000, World.Node(NodeKind.Portfolio));
        return world;
    }

    private static long Value(World world, string name)
    {
        var state = world.Partition.State;
        var values = new long[state.Catalogue!.Features.Length];
        var e = default(Events.LedgerEvent);
        e.RecordedAtMicros = world.Now;
        world.Partition.Executor.Features.Read(state.FindFacility(World.F(1)), e, values);
        return values[state.Catalogue.Find(name)!.Index];
    }

    private static bool IsRequest(World world, long sequence) => world.Partition.TryReadDurable(sequence, out var e) && e.Kind.IsRequest();

    private static Dictionary<long, long[]> Rebuilt(World world, FeatureCatalogue catalogue, bool asUsed)
    {
        var rebuilt = new Dictionary<long, long[]>();
        FeatureHistory.Open(world.Disk, Options).Rebuild(catalogue, asUsed, (in PastDecision decision, ReadOnlySpan<long> values) => rebuilt.Add(decision.Sequence, values.ToArray()));
        return rebuilt;
    }

    private static Command RandomCommand(World world, Random random)
    {
        var facility = random.Next(1, 4);
        var command = random.Next(8) switch
        {
            0 => world.Of(CommandKind.Repay, random.Next(1, 300), 0, facility),
            1 => world.Of(CommandKind.ClearWithoutHold, random.Next(1, 60), 0, facility),
            2 => world.Of(CommandKind.Drawdown, random.Next(1, 200), 0, facility),
            _ => world.Of(CommandKind.Authorize, random.Next(1, 600), 0, facility) with { LifetimeSeconds = random.Next(2) == 0 ? random.Next(1, 5_000) : 0 },
        };
        if (command.Kind != CommandKind.Repay) command.MerchantCategory = (ushort)(5_000 + random.Next(9));
        // Some in order, some late, some too late, some from a clock that is ahead.
        command.OccurredAtMicros = random.Next(5) switch
        {
            0 => world.Now - random.Next(7_000) * World.Second,
            1 => world.Now - random.Next(30_000) * World.Second,
            2 => world.Now + random.Next(900) * World.Second,
            _ => 0,
        };
        return command;
    }
}
