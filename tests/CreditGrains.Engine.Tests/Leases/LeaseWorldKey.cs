using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Simulation.Leases;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>
/// The canonical key of a model state. A book's logical clock (demands, recalls) is replaced by ranks, and messages in flight are sorted, so that ways that differ
/// only in numbering meet.
/// </summary>
internal sealed class LeaseWorldKey
{
    private readonly StringBuilder text = new();
    private readonly Dictionary<long, int>[] ranks;

    private LeaseWorldKey(LeaseWorld world)
    {
        ranks = [.. world.Books.Select((book, n) => RanksOf(world, book, n))];
        for (var n = 0; n < world.Books.Length; n++) Add(world.Books[n], n);
        foreach (var store in world.Stores)
        {
            Add(store.Epoch);
            Add(store);
        }
        foreach (var activation in world.Active) Add(activation);
        List<string> messages = [.. world.Flight.Select(Text)];
        messages.Sort(StringComparer.Ordinal);
        foreach (var message in messages) text.Append(message).Append('|');
        foreach (var done in world.Submitted) Add(done ? 1 : 0);
        foreach (var done in world.Posted) Add(done ? 1 : 0);
        Add(world.CutsDone, world.Reopened, world.Reclaimed, world.Duplicated, world.Abandoned, world.Resent);
    }

    public static UInt128 Of(LeaseWorld world)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(new LeaseWorldKey(world).text.ToString()));
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash, 8));
    }

    private static Dictionary<long, int> RanksOf(LeaseWorld world, LeaseBookState book, int node)
    {
        SortedSet<long> numbers = [];
        foreach (var e in book.Entries.Values) numbers.UnionWith([e.Arrived, e.RecallNumber, e.RecallAnswered, e.ShrunkSince]);
        foreach (var message in world.Flight)
        {
            if (message is LeaseReport r && TinyStore.Index(r.Node) == node) numbers.Add(r.RecallAnswered);
            if (message is LeaseRecall c && TinyStore.Index(c.Node) == node) numbers.Add(c.Number);
        }
        foreach (var activation in world.Active)
        {
            foreach (var entry in activation.Batch)
                if (entry.Report is { } r && TinyStore.Index(r.Node) == node) numbers.Add(r.RecallAnswered);
            if (activation.Holder.Leases.GetValueOrDefault(TinyStore.Key(node)) is { } lease)
                numbers.UnionWith([lease.RecallSeen, lease.RecallAnswered, lease.LastReport?.RecallAnswered ?? 0]);
        }
        numbers.Add(0);
        return numbers.Select((number, rank) => (number, rank)).ToDictionary(x => x.number, x => x.rank);
    }

    private int Rank(NodeKey node, long number) => ranks[TinyStore.Index(node)][number];

    private void Add(LeaseBookState book, int node)
    {
        Add(book.Limit, book.CutTo, book.LimitOrder);
        foreach (var e in book.Entries.Values)
        {
            Add(e.Partition.Value, e.Epoch, e.Sequence, e.Grant, e.Usage, e.Least, e.Wanted, e.Available, (long)e.Status, e.RecallTolerance, e.RecallEverything ? 1 : 0);
            Add(ranks[node][e.Arrived], ranks[node][e.RecallNumber], ranks[node][e.RecallAnswered], ranks[node][e.ShrunkSince]);
        }
        text.Append(';');
    }

    private void Add(TinyStore store)
    {
        Add(store.Limit);
        Add(store.Usage);
        Add(store.Facts);
    }

    private void Add(TinyActivation activation)
    {
        text.Append('@');
        if (activation.IsDead) return;
        var holder = activation.Holder;
        Add(holder.Partition.Value, holder.Epoch);
        Add(activation.Memory);
        foreach (var lease in holder.Leases.Values)
        {
            Add(lease.Limit, lease.Sequence, lease.IsOpen ? 1 : 0, lease.IsAsking ? 1 : 0, lease.Covered, lease.Pinned, lease.RecallTolerance, lease.Reported);
            Add(lease.RecallEverything ? 1 : 0, lease.AwaitsPinned ? 1 : 0, Rank(lease.Node, lease.RecallSeen), Rank(lease.Node, lease.RecallAnswered));
            foreach (var id in lease.Waiting) Add(id);
            text.Append(lease.LastReport is null ? "-" : Text(lease.LastReport));
        }
        foreach (var request in holder.Requests.Values)
        {
            Add(request.Id, request.Position, request.Attempts);
            Add([.. request.Gained]);
        }
        foreach (var entry in activation.Batch)
        {
            if (entry.Report is not null) text.Append(Text(entry.Report));
            if (entry.Event is { } e) Add(e.Node, e.Limit, e.Change, e.IsFact ? 1 : 0, e.Request);
            if (entry.Answer is { } a) Add(a.Request, (long)a.Outcome, a.Node, a.NodeLimit);
        }
    }

    private string Text(object message) => message switch
    {
        LeaseReport m => Join("R", m.Node.Id, m.Partition.Value, m.Epoch, m.Sequence, m.Held, m.Usage, m.Least, m.Wanted, Rank(m.Node, m.RecallAnswered)),
        LeaseReply m => Join("A", m.Node.Id, m.Partition.Value, m.Epoch, m.Sequence, (long)m.Status, m.Grant, m.Available, m.Limit),
        LeaseRecall m => Join("C", m.Node.Id, m.Partition.Value, m.Epoch, Rank(m.Node, m.Number), m.Tolerance, m.Everything ? 1 : 0) + Text(m.LastReply),
        ReclaimOrder m => Join("X", m.Node, m.Command.Partition.Value, m.Command.Epoch, m.Command.Usage),
        _ => throw new InvalidOperationException($"no such message: {message}"),
    };

    private static string Join(string kind, params long[] values) => kind + string.Join(',', values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    private void Add(params ReadOnlySpan<long> values)
    {
        foreach (var value in values) text.Append(CultureInfo.InvariantCulture, $"{value},");
    }
}
