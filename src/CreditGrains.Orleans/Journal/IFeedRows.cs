namespace CreditGrains.Orleans.Journal;

/// <summary>Journal rows of all partitions in the order of the transactions that brought them, below the oldest still under way. Any thread.</summary>
internal interface IFeedRows
{
    /// <summary>Rows after a place that may be shown, in order, at most a count.</summary>
    Task<List<FeedRow>> AfterAsync(JournalFeed.Place place, int countMax, CancellationToken cancellationToken);

    /// <summary>The row of a partition that holds a sequence; null for none.</summary>
    Task<FeedRow?> HoldingAsync(int partition, long sequence, CancellationToken cancellationToken);

    /// <summary>The place of the newest row that was deleted, and its last sequence; null when none was.</summary>
    Task<(JournalFeed.Place Place, long LastSequence)?> LastDeletedAsync(CancellationToken cancellationToken);

    /// <summary>Last sequence of the newest row; 0 for none.</summary>
    Task<long> NewestAsync();
}

/// <summary>A journal row.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Frame">Its bytes.</param>
internal sealed record FeedRow(JournalFeed.Place Place, byte[] Frame);
