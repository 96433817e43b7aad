using CreditGrains.Dashboard.Accounts;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Dashboard.Tests.Accounts;

/// <summary>An account on a page whose reads overlap.</summary>
public sealed class AccountSightTests : IAsyncLifetime
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly ExposureBasis Basis = new(ExposureMeasure.DrawnAndHeld, false, 0);
    private static readonly NodeKey Key = NodeKey.Facility(1, 1, 7);
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-account-").FullName;
    private CreditEngine engine = null!;

    public async Task InitializeAsync()
    {
        engine = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
        var borrower = new NodeKey(7, 1, 1, NodeKind.Borrower);
        await ActAsync(new OpenNode(borrower, Eur, 1_000_00, Basis, []));
        await ActAsync(new OpenFacility(Key, Eur, 1_000_00, Basis, true, 0, [new ParentShare(borrower)]));
    }

    public async Task DisposeAsync()
    {
        await engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Show_AReadBegunBeforeAnActAndEndedAfterIt_DoesNotUndoIt()
    {
        var sight = new AccountSight(engine, Key);
        var before = await ReadAsync();
        await ActAsync(new Freeze(Key));
        await sight.ShowAsync(await ReadAsync());
        await sight.ShowAsync(before);
        Assert.Equal(NodeStatus.Frozen, sight.Facility!.Node.Status);
        Assert.Equal([CommandKind.OpenFacility, CommandKind.Freeze], sight.History.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task Show_TwoReadsAtOnce_ShowsTheNewerAndEachEventOnce()
    {
        var sight = new AccountSight(engine, Key);
        var before = await ReadAsync();
        await ActAsync(new Freeze(Key));
        var after = await ReadAsync();
        await Task.WhenAll(sight.ShowAsync(after), sight.ShowAsync(before), sight.History.UpdateAsync());
        Assert.Equal(after, sight.Facility);
        Assert.Equal(2, sight.History.Events.Count);
    }

    [Fact]
    public async Task Show_Nothing_IsUnknown()
    {
        var sight = new AccountSight(engine, Key);
        await sight.ShowAsync(await ReadAsync());
        await sight.ShowAsync(null);
        Assert.Equal((true, null), (sight.IsUnknown, sight.Facility));
    }

    private ValueTask<FacilityView?> ReadAsync() => engine.GetFacilityAsync(Key);

    private async Task ActAsync(ControlCommand act)
    {
        var outcome = await engine.ExecuteAsync(Command.Of(RequestId.FromGuid(Guid.CreateVersion7()), act), ICreditEngine.NoDeadline);
        Assert.Equal(OutcomeKind.Posted, outcome.Kind);
    }
}
