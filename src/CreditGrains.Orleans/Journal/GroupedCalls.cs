using System.Threading.Channels;

namespace CreditGrains.Orleans.Journal;

/// <summary>What one caller wants of the database and can have together with others.</summary>
/// <param name="rows">How many rows it is about.</param>
internal abstract class GroupedCall(int rows)
{
    /// <summary>How many rows it is about.</summary>
    public int Rows { get; } = rows;

    /// <summary>Completes when it was done: what was written is durable, what was asked is answered.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Calls about small rows of all partitions and nodes of a silo: one statement on one connection at a time, and what comes meanwhile goes together in the next. A call of a front door reaches hundreds
/// of them at once, and each with a connection of its own was more than the database has. A group waits for one connection, however many its members are.
/// A statement begins after all of its callers asked, so what it reads is not older than their asking.
/// </summary>
internal sealed class GroupedCalls<T> : IAsyncDisposable
    where T : GroupedCall
{
    private readonly Func<List<T>, Task> call;
    private readonly int rowsMax;
    private readonly Channel<T> waiting = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task running;

    /// <param name="call">Does what a group wants, and completes after it; may end or fail single members itself.</param>
    /// <param name="rowsMax">Rows of a group, at least those of one member.</param>
    public GroupedCalls(Func<List<T>, Task> call, int rowsMax)
    {
        this.call = call;
        this.rowsMax = rowsMax;
        running = Task.Run(RunAsync);
    }

    /// <summary>Does it with others; done when it completes.</summary>
    public Task DoAsync(T wanted)
    {
        if (!waiting.Writer.TryWrite(wanted)) wanted.Done.SetException(new ObjectDisposedException(nameof(GroupedCalls<T>), "The silo is stopping."));
        return wanted.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await running;
    }

    private async Task RunAsync()
    {
        var group = new List<T>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            for (var rows = 0; rows < rowsMax && waiting.Reader.TryRead(out var next); rows += next.Rows) group.Add(next);
            try
            {
                await call(group);
                foreach (var member in group) member.Done.TrySetResult();
            }
            catch (Exception failure)
            {
                // Whether writings stand is not known; their callers write them again, which changes nothing.
                foreach (var member in group) member.Done.TrySetException(failure);
            }
        }
    }
}
