using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// A partition's part of model monitoring. Nothing runs until somebody asks; then a second book follows the partition's durable journal, from its first event or the newest snapshot, as beside a standalone
/// engine. Inputs of a decision are rebuilt in a book of their own and need no second one. It goes with the activation: after a move the next question begins it anew, and outcomes must be told again.
/// </summary>
internal sealed class PartitionRisk(Partition partition, PartitionOptions options, Action<string> warn) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(60);
    private readonly PastInputs past = new(partition, options);
    private RiskDesk? desk;

    /// <summary>Answers.</summary>
    public async Task<Payload> AnswerAsync(Payload request)
    {
        var r = PoolWire.Read(request);
        var ask = (RiskAsk)r.ReadByte();
        if (ask == RiskAsk.Inputs) return RiskWire.WriteInputs(await past.RowOfAsync(r.ReadKey(), r.ReadInt64(), CancellationToken.None));
        desk ??= new RiskDesk(engine: null, partition, options, () => Task.Delay(LookEvery), warn, RiskWire.PerformanceMonths);
        using var patience = new CancellationTokenSource(CatchUpMax);
        try
        {
            await desk.CaughtUpAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new PartitionUnavailableException("The partition's second book is still reading its journal; ask again in a minute.", late);
        }

        if (ask == RiskAsk.Monitors)
        {
            var entity = r.ReadKey();
            return RiskWire.Write(desk.AsOf, desk.Parts(entity));
        }

        var outcomes = new (NodeKey Facility, bool IsBad)[r.ReadInt32()];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = (r.ReadKey(), r.ReadBoolean());
        var known = desk.NoteOutcomes(outcomes);
        return PoolWire.Write(w => w.Write(known));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (desk is not null) await desk.DisposeAsync();
        past.Dispose();
    }
}
