using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Journal;

/// <summary>
/// Appends frames of all partitions of a silo: what waits goes together in one transaction, so one flush of the database pays for as many
/// partitions as came during the last one. Each row is checked against its own partition's epoch, locked for share until the end of
/// the transaction: whoever raises an epoch waits for the appends under the old one, and sees them.
/// </summary>
internal sealed class JournalAppender : IAsyncDisposable
{
    private const int GroupMax = 64;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    /// <summary>After this long a transaction is slow, and the next one does not wait for it: until then waiting makes the next one larger, and the database's work less.</summary>
    private static readonly TimeSpan AloneMax = TimeSpan.FromMilliseconds(25);

    private readonly IJournalTable table;
    private readonly TimeProvider clock;
    private readonly TimeSpan patience;
    private readonly int connections;
    private readonly Channel<Append> waiting = Channel.CreateUnbounded<Append>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentStack<IRowInsert> idle = new();
    private readonly SemaphoreSlim free;
    private readonly Task running;

    /// <param name="table">The journal's rows.</param>
    /// <param name="clock">For the bound on retries.</param>
    /// <param name="patience">How long an append is tried while the database does not answer; afterwards its partition gives up.</param>
    /// <param name="connections">Transactions under way at once, at most.</param>
    /// <param name="workers">Where it runs.</param>
    public JournalAppender(IJournalTable table, TimeProvider clock, TimeSpan patience, int connections, TaskScheduler workers)
    {
        this.table = table;
        this.clock = clock;
        this.patience = patience;
        this.connections = connections;
        free = new SemaphoreSlim(connections);
        running = workers.Run(RunAsync);
    }

    /// <summary>Appends one frame; durable when it completes.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="epoch">The activation's epoch.</param>
    /// <param name="sequence">First sequence of the frame.</param>
    /// <param name="lastSequence">Its last.</param>
    /// <param name="frame">The frame as stored; unchanged until this completes.</param>
    /// <exception cref="JournalException">Fenced, diverged, or the database did not answer for the whole patience: the frame may or may not be there.</exception>
    public Task AppendAsync(int partition, long epoch, long sequence, long lastSequence, ReadOnlyMemory<byte> frame)
    {
        var append = new Append(partition, epoch, sequence, lastSequence, frame);
        if (!waiting.Writer.TryWrite(append)) append.Done.SetException(Stopped());
        return append.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await running;
        for (var i = 0; i < connections; i++) await free.WaitAsync();
        while (idle.TryPop(out var statement)) await statement.DisposeAsync();
        free.Dispose();
    }

    private async Task RunAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            await free.WaitAsync();
            var group = new List<Append>();
            while (group.Count < GroupMax && waiting.Reader.TryRead(out var append)) group.Add(append);
            await Task.WhenAny(AppendAsync(group), Task.Delay(AloneMax, clock));
        }
    }

    /// <summary>Appends a group and settles each member; never throws.</summary>
    private async Task AppendAsync(List<Append> group)
    {
        if (!idle.TryPop(out var statement)) statement = table.OpenInsert();
        try
        {
            var appended = await statement.InsertAsync(group);
            foreach (var append in group) Settle(append, appended);
        }
        catch (Exception e) when (IsUnknown(e))
        {
            // The group's fate is unknown; each member finds out its own, so that one partition's trouble is not the others'.
            foreach (var append in group) _ = RecoverAsync(append);
            await statement.ForgetAsync();
        }
        catch (Exception e)
        {
            // Not known what it is, so not known what stands: their partitions end, and the next activations read it.
            foreach (var append in group) append.Done.TrySetException(e);
            await statement.ForgetAsync();
        }
        finally
        {
            idle.Push(statement);
            free.Release();
        }
    }

    // By epoch too: two activations of a partition may wait in one silo, and only one of them holds.
    private static void Settle(Append append, HashSet<(int Partition, long Epoch)> appended)
    {
        if (appended.Contains((append.Partition, append.Epoch))) append.Done.SetResult();
        else append.Done.SetException(Fenced(append.Partition, append.Epoch));
    }

    /// <summary>After a failure nobody knows whether the commit came through: look, and only then try again.</summary>
    private async Task RecoverAsync(Append append)
    {
        var start = clock.GetTimestamp();
        Exception? last = null;
        do
        {
            try
            {
                if (await table.ReadAsync(append.Partition, append.Sequence) is { } stored)
                {
                    if (stored.AsSpan().SequenceEqual(append.Frame.Span)) append.Done.SetResult();
                    else append.Done.SetException(Diverged(append));
                    return;
                }

                await using var statement = table.OpenInsert();
                Settle(append, await statement.InsertAsync([append]));
                return;
            }
            catch (RowTakenException e)
            {
                // The first attempt was still on its way and came through; the next look sees it.
                last = e;
            }
            catch (Exception e) when (IsUnknown(e))
            {
                last = e;
                await Task.Delay(RetryPause, clock);
            }
            catch (Exception e)
            {
                append.Done.TrySetException(e);
                return;
            }
        }
        while (clock.GetElapsedTime(start) < patience);
        append.Done.SetException(new JournalException(JournalErrorCode.Poisoned,
            $"Partition {append.Partition}: the database did not take a frame for {patience.TotalSeconds:0} s. Bring it back; the partition opens again by itself.", last));
    }

    private static bool IsUnknown(Exception failure) => failure is DbException or TimeoutException or IOException or RowTakenException;

    private static JournalException Stopped() => new(JournalErrorCode.Poisoned, "The silo is stopping; the partition opens on another.");

    /// <summary>A later epoch is in force.</summary>
    internal static JournalException Fenced(int partition, long epoch) => new(JournalErrorCode.EpochOutOfOrder,
        $"Partition {partition}: epoch {epoch} is over, another activation has taken over. Nothing was appended; this one ends.");

    private static JournalException Diverged(Append append) => new(JournalErrorCode.Diverged,
        $"Partition {append.Partition}: another frame stands at sequence {append.Sequence}. This activation ends; the next one reads what stands.");
}
