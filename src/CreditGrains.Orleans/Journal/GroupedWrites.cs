using System.Threading.Channels;

namespace CreditGrains.Orleans.Journal;

/// <summary>Rows of one caller that wait to be written with others'.</summary>
/// <param name="rows">How many.</param>
internal abstract class GroupedWrite(int rows)
{
    /// <summary>How many rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Completes when they are durable.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Writes small rows of all partitions of a silo: one statement on one connection at a time, and what comes meanwhile goes together in the next. A call of a front door reaches hundreds
/// of partitions at once, and each with a connection of its own was more than the database has.
/// </summary>
internal sealed class GroupedWrites<T> : IAsyncDisposable
    where T : GroupedWrite
{
    private readonly Func<List<T>, Task> write;
    private readonly int rowsMax;
    private readonly Channel<T> waiting = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task running;

    /// <param name="write">Writes a group, durable when it completes; may fail single members itself.</param>
    /// <param name="rowsMax">Rows of a group, at least those of one member.</param>
    public GroupedWrites(Func<List<T>, Task> write, int rowsMax)
    {
        this.write = write;
        this.rowsMax = rowsMax;
        running = Task.Run(RunAsync);
    }

    /// <summary>Writes; durable when it completes.</summary>
    public Task WriteAsync(T rows)
    {
        if (!waiting.Writer.TryWrite(rows)) rows.Done.SetException(new ObjectDisposedException(nameof(GroupedWrites<T>), "The silo is stopping."));
        return rows.Done.Task;
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
                await write(group);
                foreach (var member in group) member.Done.TrySetResult();
            }
            catch (Exception failure)
            {
                // Whether they stand is not known; their callers write them again, which changes nothing.
                foreach (var member in group) member.Done.TrySetException(failure);
            }
        }
    }
}
