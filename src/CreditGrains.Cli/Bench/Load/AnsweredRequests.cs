namespace CreditGrains.Cli.Bench.Load;

/// <summary>The newest authorisations that were answered, so that they can be sent again. Not thread-safe; the connections of one thread share it.</summary>
/// <param name="countMax">How many are kept, at least 1.</param>
internal sealed class AnsweredRequests(int countMax)
{
    private readonly Queue<AnsweredRequest> newest = new(countMax);

    /// <summary>A copy, the oldest first.</summary>
    public IReadOnlyList<AnsweredRequest> Newest() => [.. newest];

    /// <summary>Keeps one, and lets go of the oldest where there is no more room.</summary>
    public void Add(in AnsweredRequest answered)
    {
        if (newest.Count == countMax) newest.Dequeue();
        newest.Enqueue(answered);
    }
}

/// <summary>An authorisation and the number of its decision.</summary>
internal readonly record struct AnsweredRequest(Authorization Request, long DecisionId);
