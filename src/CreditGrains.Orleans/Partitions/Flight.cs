using CreditGrains.Engine;

namespace CreditGrains.Orleans.Partitions;

/// <summary>A batch on its way: what it decides and what leaves after its flush.</summary>
internal sealed class Flight(DecidedBatch batch)
{
    public DecidedBatch Batch { get; } = batch;

    /// <summary>Answered after the flush.</summary>
    public List<LoopItem> Decided { get; } = [];

    /// <summary>Messages that may leave only when all events before them are durable.</summary>
    public List<Action> AfterFlush { get; } = [];

    public int Commands { get; set; }

    public bool IsFull(int frameBytesMax, int commandsMax) => Commands >= commandsMax || Batch.Frame.Length >= frameBytesMax / 2;
}
