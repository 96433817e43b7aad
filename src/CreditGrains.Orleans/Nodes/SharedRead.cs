namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// One reading at a time of something that many ask for: who comes while one is under way waits for the next, which all who wait share. So each answer was read after it was asked
/// for. In the turns of one grain.
/// </summary>
internal sealed class SharedRead<T>(Func<Task<T>> read)
{
    private Task<T>? running;
    private Task<T>? next;

    /// <summary>Reads, or joins the next reading.</summary>
    public Task<T> ReadAsync()
    {
        if (running is not { IsCompleted: false }) return running = read();
        return next ??= AfterAsync(running);
    }

    private async Task<T> AfterAsync(Task<T> before)
    {
        await Task.WhenAny(before);
        running = next;
        next = null;
        return await read();
    }
}
