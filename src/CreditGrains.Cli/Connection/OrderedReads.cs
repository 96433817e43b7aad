namespace CreditGrains.Cli.Connection;

/// <summary>Reads made side by side, at most <see cref="InFlightMax"/>, and given in the order asked.</summary>
internal sealed class OrderedReads<TKey, TResult>(Func<TKey, Task<TResult>> read)
{
    private const int InFlightMax = 128;

    public async IAsyncEnumerable<(TKey Key, TResult Result)> ReadAsync(IEnumerable<TKey> keys)
    {
        var pending = new Queue<(TKey Key, Task<TResult> Result)>(InFlightMax);
        foreach (var key in keys)
        {
            if (pending.Count == InFlightMax)
            {
                var (first, result) = pending.Dequeue();
                yield return (first, await result);
            }

            pending.Enqueue((key, read(key)));
        }

        while (pending.TryDequeue(out var next)) yield return (next.Key, await next.Result);
    }
}
