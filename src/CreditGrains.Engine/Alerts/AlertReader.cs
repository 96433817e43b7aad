namespace CreditGrains.Engine.Alerts;

/// <summary>Changes of a standalone engine: each just before the last event of its frame.</summary>
internal sealed class AlertReader(AlertDesk desk, long afterSequence) : IAlertReader
{
    private long told = afterSequence;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AlertChange>> BeforeAsync(long sequence, CancellationToken cancellationToken)
    {
        await desk.FollowedAsync(sequence, cancellationToken);
        var changes = desk.ChangesAfter(told).TakeWhile(change => change.Sequence <= sequence).ToArray();
        told = sequence;
        return changes;
    }

    /// <inheritdoc/>
    public IReadOnlyList<AlertChange> Meanwhile() => [];
}
