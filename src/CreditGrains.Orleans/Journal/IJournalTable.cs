namespace CreditGrains.Orleans.Journal;

/// <summary>
/// The journal's rows, whatever keeps them: one row a batch of a partition, `(partition, sequence)` unique, inserted only under the partition's epoch. Raising an epoch
/// waits for insertions under way below it, so who raised it sees them all or they fail. Any thread.
/// </summary>
internal interface IJournalTable
{
    /// <summary>Raises a partition's epoch and gives it, from 1; insertions below it fail from now on.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="holder">Who opens it, for operators.</param>
    Task<long> RaiseEpochAsync(int partition, string holder);

    /// <summary>A way to insert rows; one user at a time.</summary>
    IRowInsert OpenInsert();

    /// <summary>The frame that begins at a sequence; null when there is none.</summary>
    Task<byte[]?> ReadAsync(int partition, long sequence);

    /// <summary>Deletes the oldest rows under an epoch: those that end before a sequence and are older than a writer time.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="covered">A sequence that every snapshot in force is at or after. The row that holds it stays.</param>
    /// <param name="cutoffMicros">Rows of this writer time and later stay.</param>
    /// <param name="deleted">Told the oldest sequence kept, after each slice.</param>
    /// <returns>Rows deleted.</returns>
    Task<long> DeleteOldAsync(int partition, long epoch, long covered, long cutoffMicros, Action<long> deleted);

    /// <summary>First sequence of the oldest row; −1 for none. Blocks.</summary>
    long OldestSequence(int partition);

    /// <summary>First sequence of the newest row that begins at or before a sequence; −1 for none. Blocks.</summary>
    long RowAtOrBefore(int partition, long sequence);

    /// <summary>Shows the frames of rows that begin at a sequence or later, in order, at most a count. Blocks.</summary>
    /// <returns>How many there were.</returns>
    int ReadRows(int partition, long fromSequence, int countMax, Action<byte[]> visit);

    /// <summary>The frame of the newest row that begins at or before a sequence; null for none. Blocks.</summary>
    byte[]? ReadRowHolding(int partition, long sequence);
}

/// <summary>Inserts groups of rows, each group in one transaction.</summary>
internal interface IRowInsert : IAsyncDisposable
{
    /// <summary>Inserts those whose epoch is in force; durable when it completes.</summary>
    /// <returns>The partitions, with epochs, whose frames were taken.</returns>
    /// <exception cref="RowTakenException">A row stands at one of the sequences; nothing was inserted.</exception>
    /// <exception cref="System.Data.Common.DbException">The fate of all is unknown: <see cref="ForgetAsync"/>, then look. So with time-outs and failures of the network.</exception>
    Task<HashSet<(int Partition, long Epoch)>> InsertAsync(List<Append> group);

    /// <summary>Lets go of what it holds of a connection; the next insertion begins anew.</summary>
    Task ForgetAsync();
}

/// <summary>A frame that waits to be appended.</summary>
internal sealed record Append(int Partition, long Epoch, long Sequence, long LastSequence, ReadOnlyMemory<byte> Frame)
{
    /// <summary>Completes when it is durable.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A row stands at the sequence already: an earlier attempt came through, or another activation wrote it.</summary>
internal sealed class RowTakenException(Exception? cause) : Exception("A journal row stands at that sequence already.", cause);
