using CreditGrains.Engine.Leases;
using CreditGrains.Simulation.Leases;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>
/// One state of the model check: books, journals, activations (also stale ones) and messages in flight. A message that is never delivered is a lost one, so loss
/// needs no step of its own; order of delivery is free.
/// </summary>
internal sealed class LeaseWorld
{
    private readonly LeaseScope scope;
    private readonly LeaseBook book;

    public LeaseWorld(LeaseScope scope)
    {
        this.scope = scope;
        book = new LeaseBook(scope.Policy);
        Books = [.. scope.Limits.Select((limit, i) => LeaseBookState.Open(TinyStore.Key(i), limit))];
        Stores = [.. Enumerable.Range(0, scope.Partitions).Select(_ => new TinyStore(scope.Limits.Length))];
        Submitted = new bool[scope.Requests.Length];
        Posted = new bool[scope.Facts.Length];
        for (var p = 0; p < scope.Partitions; p++) Open(p);
    }

    private LeaseWorld(LeaseWorld from)
    {
        scope = from.scope;
        book = from.book;
        Books = [.. from.Books];
        Stores = [.. from.Stores.Select(s => s.Clone())];
        Active = [.. from.Active.Select(a => a.Clone())];
        Flight = [.. from.Flight];
        Submitted = [.. from.Submitted];
        Posted = [.. from.Posted];
        CutsDone = from.CutsDone;
        Reopened = from.Reopened;
        Reclaimed = from.Reclaimed;
        Duplicated = from.Duplicated;
        Abandoned = from.Abandoned;
        Resent = from.Resent;
        Depth = from.Depth + 1;
        Parent = from;
    }

    public LeaseWorld? Parent { get; private set; }

    public string Step { get; private set; } = "start";

    public int Depth { get; }

    public LeaseBookState[] Books { get; }

    public TinyStore[] Stores { get; }

    public List<TinyActivation> Active { get; } = [];

    /// <summary>Messages in flight: LeaseReport, LeaseReply, LeaseRecall, or a reclaim with its node.</summary>
    public List<object> Flight { get; } = [];

    public bool[] Submitted { get; }

    public bool[] Posted { get; }

    public int CutsDone { get; private set; }

    public int Reopened { get; private set; }

    public int Reclaimed { get; private set; }

    public int Duplicated { get; private set; }

    public int Abandoned { get; private set; }

    public int Resent { get; private set; }

    public LeaseWorld Copy() => new(this);


    public string Story()
    {
        List<string> steps = [];
        for (var world = this; world is not null; world = world.Parent) steps.Add(world.Step);
        steps.Reverse();
        return string.Join("\n", steps);
    }

    /// <summary>Every state one step away.</summary>
    public IEnumerable<LeaseWorld> Next()
    {
        for (var i = 0; i < Flight.Count; i++)
        {
            var message = Flight[i];
            if (Flight.IndexOf(message) != i) continue;
            foreach (var to in Receivers(message))
            {
                yield return After($"deliver {message} to {to}", w => w.Deliver(message, to, keeps: false));
                if (Duplicated < scope.Duplicates) yield return After($"deliver twice {message} to {to}", w => w.Deliver(message, to, keeps: true));
            }
        }
        for (var a = 0; a < Active.Count; a++)
        {
            var at = a;
            if (Active[a].IsDead) continue;
            if (Active[a].Batch.Count > 0) yield return After($"flush {at}", w => w.Flush(at));
            foreach (var step in StepsOf(at)) yield return step;
        }
        foreach (var step in FaultSteps()) yield return step;
    }

    private IEnumerable<LeaseWorld> StepsOf(int a)
    {
        var partition = Active[a].Holder.Partition.Value - 1;
        for (var r = 0; r < Submitted.Length; r++)
        {
            var id = r;
            if (!Submitted[r] && scope.Requests[r].Partition == partition)
                yield return After($"submit {id + 1} to {a}", w => { w.Submitted[id] = true; w.Active[a].Submit(id + 1, scope.Requests[id].ToNeeds()); w.Settle(a); });
            if (Submitted[r] && Abandoned < scope.Abandons && Active[a].Holder.Requests.ContainsKey(r + 1))
                yield return After($"abandon {id + 1} at {a}", w => { w.Abandoned++; w.Active[a].Take(new HolderInput.Abandon(id + 1)); w.Settle(a); });
        }
        for (var f = 0; f < Posted.Length; f++)
        {
            var fact = scope.Facts[f];
            var at = f;
            if (!Posted[f] && fact.Partition == partition && Active[a].Memory.Usage[fact.Node] + fact.Change >= 0)
                yield return After($"post {fact} to {a}", w => { w.Posted[at] = true; w.Active[a].Post(fact.Node, fact.Change); w.Settle(a); });
        }
        if (Resent < scope.Resends) yield return After($"resend {a}", w => { w.Resent++; w.Active[a].Take(new HolderInput.Resend()); w.Settle(a); });
    }

    private IEnumerable<LeaseWorld> FaultSteps()
    {
        for (var p = 0; p < Stores.Length; p++)
        {
            var partition = p;
            if (Reopened < scope.Reopenings) yield return After($"reopen {partition}", w => { w.Reopened++; w.Open(partition); });
            if (Reclaimed < scope.Reclaims) yield return After($"fence {partition}", w => w.Fence(partition));
        }
        if (CutsDone < scope.Cuts.Length)
            yield return After($"set limit {scope.Cuts[CutsDone]}", w =>
            {
                var (node, limit) = w.scope.Cuts[w.CutsDone++];
                w.Decide(node, new LeaseCommand.SetLimit(w.CutsDone, limit));
            });
        for (var n = 0; n < Books.Length; n++)
        {
            var node = n;
            if (Resent < scope.Resends) yield return After($"remind {node}", w => { w.Resent++; w.Decide(node, new LeaseCommand.Remind()); });
        }
    }

    /// <summary>Goes on without faults until nothing moves: everything delivered in order, flushed, sent again.</summary>
    public void Drain()
    {
        for (var round = 0; round < 60; round++)
        {
            var moved = false;
            for (var a = 0; a < Active.Count; a++)
            {
                if (Active[a].IsDead || Active[a].Batch.Count == 0) continue;
                Flush(a);
                moved = true;
            }
            while (Flight.Count > 0)
            {
                var message = Flight[0];
                var receivers = Receivers(message).ToList();
                if (receivers.Count == 0) Flight.RemoveAt(0);
                else Deliver(message, receivers[^1], keeps: false);
                moved = true;
            }
            if (moved) continue;
            if (Books.All(b => b is { IsCutting: false, Queue.Count: 0 }) && Active.All(a => a.IsDead || (a.Holder.Requests.IsEmpty && !a.Holder.Leases.Values.Any(l => l.IsOpen)))) return;
            foreach (var activation in Active) activation.Take(new HolderInput.Resend());
            for (var n = 0; n < Books.Length; n++) Decide(n, new LeaseCommand.Remind());
        }
    }

    private LeaseWorld After(string step, Action<LeaseWorld> change)
    {
        var next = new LeaseWorld(this) { Step = step };
        change(next);
        next.Prune();
        return next;
    }

    private IEnumerable<int> Receivers(object message)
    {
        var partition = message switch { LeaseReply r => r.Partition.Value, LeaseRecall r => r.Partition.Value, _ => 0 };
        if (partition == 0) return [-1];
        return Enumerable.Range(0, Active.Count).Where(a => !Active[a].IsDead && Active[a].Holder.Partition.Value == partition);
    }

    private void Deliver(object message, int to, bool keeps)
    {
        if (keeps) Duplicated++;
        else Flight.Remove(message);
        switch (message)
        {
            case LeaseReport m: Decide(TinyStore.Index(m.Node), new LeaseCommand.Receive(m)); break;
            case ReclaimOrder m: Decide(m.Node, m.Command); break;
            case LeaseReply m: Active[to].Take(new HolderInput.TakeReply(m)); break;
            case LeaseRecall m: Active[to].Take(new HolderInput.TakeRecall(m)); break;
            default: throw new InvalidOperationException($"no such message: {message}");
        }
        if (to >= 0) Settle(to);
    }

    private void Decide(int node, LeaseCommand command)
    {
        var decision = book.Decide(Books[node], command);
        if (decision.Rejection is LeaseRejection.HeldAboveGrant or LeaseRejection.RecallNotMade or LeaseRejection.Malformed or LeaseRejection.WrongNode)
            throw new LeaseUnsafeException($"book refused {command}: {decision.Rejection}");
        Books[node] = LeaseBookCodec.Read(LeaseBookCodec.Write(decision.State));
        Flight.AddRange(decision.Replies);
        Flight.AddRange(decision.Recalls);
    }

    private void Open(int partition)
    {
        Active.Add(TinyActivation.Open(new PartitionId(partition + 1), Stores[partition], scope.Fault));
        Settle(Active.Count - 1);
    }

    private void Fence(int partition)
    {
        Reclaimed++;
        var epoch = scope.Fault == LeaseFault.ReclaimBeforeFencing ? Stores[partition].Epoch + 1 : ++Stores[partition].Epoch;
        for (var n = 0; n < Books.Length; n++)
            Flight.Add(new ReclaimOrder(n, new LeaseCommand.Reclaim(new PartitionId(partition + 1), epoch, Stores[partition].Usage[n])));
    }

    private void Settle(int a)
    {
        Flight.AddRange(Active[a].Leak());
        if (scope.FlushesAtOnce) Flush(a);
    }

    private void Flush(int a)
    {
        var partition = Active[a].Holder.Partition.Value - 1;
        var durable = Active[a].Flush(Stores[partition]);
        LeaseChecks.Appended(this, partition, durable);
        foreach (var entry in durable)
        {
            if (entry.Report is not null) Flight.Add(entry.Report);
            if (entry.Answer is { } answer) LeaseChecks.Answered(this, scope, partition, answer);
        }
    }

    /// <summary>Drops messages that can never have an effect again.</summary>
    private void Prune() => Flight.RemoveAll(message => message switch
    {
        LeaseReport m => Books[TinyStore.Index(m.Node)].Find(m.Partition) is { } e && e.Epoch == m.Epoch && e.Sequence > m.Sequence,
        LeaseReply { Status: ReplyStatus.Waiting } => true,
        LeaseReply m when m.Status != ReplyStatus.Fenced => !Active.Any(a => !a.IsDead && a.Holder.Partition == m.Partition && a.Holder.Epoch == m.Epoch
            && a.Holder.Leases.GetValueOrDefault(m.Node) is { } l && l.Sequence <= m.Sequence),
        LeaseRecall m => !Active.Any(a => !a.IsDead && a.Holder.Partition == m.Partition && a.Holder.Epoch == m.Epoch
            && a.Holder.Leases.GetValueOrDefault(m.Node) is { } l && l.RecallSeen <= m.Number),
        _ => false,
    });
}

/// <summary>A fencing's outcome on its way to one node's book.</summary>
internal sealed record ReclaimOrder(int Node, LeaseCommand.Reclaim Command);

/// <summary>A promise of the protocol was broken.</summary>
internal sealed class LeaseUnsafeException(string message) : Exception(message);
