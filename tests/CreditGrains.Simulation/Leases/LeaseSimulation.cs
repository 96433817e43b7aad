using CreditGrains.Engine.Leases;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Leases;

/// <summary>What came of one run.</summary>
internal readonly record struct LeaseSummary(long Approved, long Declined, long Refused, long Messages, long Fencings, long Reopenings, long CutsInForce);

/// <summary>
/// Many partitions and a few shared nodes under a network that loses, repeats and reorders, storage that fails without saying whether it stored,
/// activations that pause and go on as stale ones beside their successors, reclaims, limit cuts. One seed, one run. In the end faults stop and everything must
/// come to rest: every request answered, every book in agreement with the journals.
/// </summary>
internal sealed class LeaseSimulation
{
    private const int SettleRoundsMax = 400;
    private readonly LeaseSimulationOptions options;
    private readonly Dice dice;
    private readonly LeaseNetwork network;
    private readonly LeaseNodeRow[] rows;
    private readonly List<LeaseNodeHost>[] nodes;
    private readonly PartitionSlot[] partitions;
    private readonly LeaseChecker checker;
    private readonly Dictionary<(int Node, int Partition), (long Number, long Since)> openRecalls = [];
    private readonly bool hasFacts;
    private readonly long amountMax;
    private long now, requests, declined, refused, fencings, reopenings, cuts, limitOrder;

    private LeaseSimulation(ulong seed, LeaseSimulationOptions options)
    {
        this.options = options;
        dice = new Dice(seed);
        network = new LeaseNetwork(dice.Fork(), options);
        hasFacts = dice.Percent(50);
        amountMax = dice.Between(2, 40);
        var policy = new LeasePolicy
        {
            GrowthFactor = dice.Below(9), UsageDivisor = 1 + dice.Below(9), FreeDivisor = 1 + dice.Below(3),
            StrandedDivisor = dice.Pick([0, 8, 1_024]), RecallsOpenMax = 1 + dice.Below(4),
        };
        var partitionCount = 2 + dice.Below(options.PartitionsMax - 1);
        var nodeCount = 1 + dice.Below(options.NodesMax);
        rows = [.. Enumerable.Range(0, nodeCount).Select(n => new LeaseNodeRow(LeaseBookState.Open(TinyStore.Key(n), dice.Between(20, 600))))];
        var book = new LeaseBook(policy);
        nodes = [.. rows.Select(row => Enumerable.Range(0, 2).Select(_ => new LeaseNodeHost(row, book, dice.Fork(), options)).ToList())];
        partitions = [.. Enumerable.Range(0, partitionCount).Select(p => new PartitionSlot(p, nodeCount))];
        checker = new LeaseChecker(partitionCount, nodeCount);
    }

    public static LeaseSummary Run(ulong seed, LeaseSimulationOptions? options = null)
    {
        var simulation = new LeaseSimulation(seed, options ?? new LeaseSimulationOptions());
        try
        {
            return simulation.Run();
        }
        catch (LimitPassedException passed)
        {
            throw new LimitPassedException($"seed {seed}, tick {simulation.now}: {passed.Message}");
        }
        catch (LeaseBrokenException broken)
        {
            throw new LeaseBrokenException($"seed {seed}, tick {simulation.now}: {broken.Message}");
        }
    }

    private LeaseSummary Run()
    {
        for (; now < options.Ticks; now++)
        {
            DeliverDue();
            foreach (var slot in partitions) Live(slot);
            Disturb();
        }
        Rest();
        return new LeaseSummary(checker.Approved, declined, refused, network.Sent, fencings, reopenings, cuts);
    }

    private void Live(PartitionSlot slot)
    {
        slot.Active.RemoveAll(a => a.Activation.IsDead);
        if (slot.Active.Count == 0 && dice.Percent(20)) Reopen(slot);
        foreach (var (activation, pausedUntil) in slot.Active.ToArray())
        {
            if (pausedUntil > now) continue;
            Work(slot, activation);
            Flush(slot, activation);
        }
    }

    private void Work(PartitionSlot slot, TinyActivation activation)
    {
        if (dice.Percent(40)) Submit(slot, activation);
        var node = dice.Below(rows.Length);
        var used = activation.Memory.Usage[node];
        if (used > 0 && dice.Percent(15)) activation.Post(node, -dice.Between(1, used));
        if (hasFacts && dice.Percent(2)) activation.Post(node, dice.Between(1, amountMax * 2));
        if (dice.Percent(10)) activation.Take(new HolderInput.Resend());
        if (dice.Percent(2)) activation.Take(new HolderInput.ReturnIdle(TinyStore.Key(node), dice.Below(5)));
        foreach (var id in activation.Holder.Requests.Keys)
            if (slot.Asked.TryGetValue(id, out var at) && at + options.DeadlineTicks < now) activation.Take(new HolderInput.Abandon(id));
    }

    private void Submit(PartitionSlot slot, TinyActivation activation)
    {
        List<LeaseNeed> needs = [];
        for (var n = 0; n < rows.Length; n++)
            if (dice.Percent(60)) needs.Add(new LeaseNeed(TinyStore.Key(n), dice.Between(1, amountMax)));
        if (needs.Count == 0) return;
        slot.Asked.Add(++requests, now);
        activation.Submit(requests, [.. needs]);
    }

    private void Flush(PartitionSlot slot, TinyActivation activation)
    {
        foreach (var report in activation.Leak()) network.Send(report, now);
        if (dice.Percent(30) && network.IsFaulty) return;
        var isLost = network.IsFaulty && dice.Percent(options.AppendFailPercent);
        if (isLost && dice.Percent(50))
        {
            slot.Kill(activation);
            return;
        }
        foreach (var entry in activation.Flush(slot.Store))
        {
            if (entry.Event is { } happened) checker.Appended(slot.Number, happened, rows[happened.Node].Read().Limit);
            if (isLost) continue;
            if (entry.Report is not null) network.Send(entry.Report, now);
            if (entry.Answer is { } answer) Answered(slot, answer);
        }
        if (isLost) slot.Kill(activation);
    }

    private void Answered(PartitionSlot slot, TinyAnswer answer)
    {
        LeaseChecker.Require(slot.Asked.Remove(answer.Request), $"request {answer.Request} answered twice");
        if (answer.Outcome == TinyOutcome.Declined) declined++;
        if (answer.Outcome == TinyOutcome.Refused) refused++;
    }

    private void Disturb()
    {
        foreach (var slot in partitions)
        {
            if (dice.Percent(1) && slot.Active.Count > 0) slot.Pause(dice.Below(slot.Active.Count), now + dice.Between(5, 120));
            if (dice.Below(250) == 0) Reopen(slot);
            if (dice.Below(400) == 0 && slot.Active.Count > 0) slot.Kill(dice.Pick(slot.Active).Activation);
        }
        for (var n = 0; n < rows.Length; n++)
        {
            if (dice.Percent(1)) SetLimit(n);
            if (dice.Percent(20)) ToNode(n, new LeaseCommand.Remind());
            FenceSilent(n);
        }
        foreach (var slot in partitions) slot.FenceWhenDue(now);
    }

    private void SetLimit(int node)
    {
        var before = rows[node].Read();
        ToNode(node, new LeaseCommand.SetLimit(++limitOrder, dice.Between(0, 700)));
        if (rows[node].Read().Limit < before.Limit) cuts++;
    }

    /// <summary>Fences holders that have not answered a recall for long.</summary>
    private void FenceSilent(int node)
    {
        foreach (var entry in rows[node].Read().Entries.Values)
        {
            var key = (node, entry.Partition.Value - 1);
            if (!entry.IsRecalled)
            {
                openRecalls.Remove(key);
                continue;
            }
            if (!openRecalls.TryGetValue(key, out var open)) openRecalls[key] = (entry.RecallNumber, now);
            else if (open.Since + options.FenceAfterTicks < now)
            {
                openRecalls.Remove(key);
                Fence(partitions[entry.Partition.Value - 1]);
            }
        }
    }

    private void Fence(PartitionSlot slot)
    {
        fencings++;
        long epoch;
        if (options.Fault == LeaseFault.ReclaimBeforeFencing)
        {
            epoch = slot.Store.Epoch + 1;
            slot.FenceLater(now + 30, epoch);
        }
        else epoch = ++slot.Store.Epoch;
        for (var n = 0; n < rows.Length; n++)
            network.Send((n, new LeaseCommand.Reclaim(new PartitionId(slot.Number + 1), epoch, slot.Store.Usage[n])), now);
    }

    private void Reopen(PartitionSlot slot)
    {
        reopenings++;
        slot.Open(options.Fault);
    }

    private void DeliverDue()
    {
        while (network.Take(now) is { } message) Deliver(message);
    }

    private void Deliver(object message)
    {
        switch (message)
        {
            case LeaseReport m: ToNode(TinyStore.Index(m.Node), new LeaseCommand.Receive(m)); break;
            case (int node, LeaseCommand.Reclaim m): ToNode(node, m); break;
            case LeaseReply m: ToPartition(m.Partition, new HolderInput.TakeReply(m)); break;
            case LeaseRecall m: ToPartition(m.Partition, new HolderInput.TakeRecall(m)); break;
            default: throw new InvalidOperationException($"no such message: {message}");
        }
    }

    private void ToNode(int node, LeaseCommand command)
    {
        foreach (var message in dice.Pick(nodes[node]).Take(command)) network.Send(message, now);
    }

    /// <summary>Usually to the newest activation, at times to a stale one; a paused one hears nothing (its queue is lost with it or late).</summary>
    private void ToPartition(PartitionId partition, HolderInput input)
    {
        var slot = partitions[partition.Value - 1];
        if (slot.Active.Count == 0) return;
        var (activation, pausedUntil) = dice.Percent(90) ? slot.Active[^1] : dice.Pick(slot.Active);
        if (pausedUntil > now) slot.Late.Add((pausedUntil, activation, input));
        else activation.Take(input);
        foreach (var (_, late, held) in slot.Late.Where(l => l.Until <= now)) late.Take(held);
        slot.Late.RemoveAll(l => l.Until <= now);
    }

    /// <summary>No more faults: everyone wakes, everything is sent again until nothing waits.</summary>
    private void Rest()
    {
        network.IsFaulty = false;
        foreach (var host in nodes.SelectMany(n => n)) host.IsFaulty = false;
        foreach (var slot in partitions) slot.WakeAll();
        for (var round = 0; round < SettleRoundsMax; round++, now++)
        {
            DeliverDue();
            foreach (var slot in partitions)
            {
                slot.FenceWhenDue(long.MaxValue);
                slot.Active.RemoveAll(a => a.Activation.IsDead);
                // A fenced activation with nothing to append does not know; its successor voids what the journal still shows.
                if (slot.Active.Count == 0 || slot.Active[^1].Activation.Holder.Epoch != slot.Store.Epoch) Reopen(slot);
                foreach (var (activation, _) in slot.Active) activation.Take(new HolderInput.Resend());
                for (var n = 0; n < rows.Length; n++) slot.Active[^1].Activation.Take(new HolderInput.Observe(TinyStore.Key(n)));
                foreach (var (activation, _) in slot.Active.ToArray()) Flush(slot, activation);
            }
            for (var n = 0; n < rows.Length; n++) ToNode(n, new LeaseCommand.Remind());
            if (network.Count == 0 && IsAtRest()) break;
        }
        LeaseChecker.Require(IsAtRest(), "did not come to rest");
        CompareBooks();
    }

    private bool IsAtRest() => rows.All(r => r.Read() is { IsCutting: false, Queue.Count: 0 })
        && partitions.All(s => s.Active.All(a => a.Activation.IsDead || (a.Activation.Holder.Requests.IsEmpty && !a.Activation.Holder.Leases.Values.Any(l => l.IsOpen))));

    /// <summary>Books and journals agree: nothing is granted twice or lost, and what each partition takes of a limit is what its book says.</summary>
    private void CompareBooks()
    {
        for (var n = 0; n < rows.Length; n++)
        {
            var book = rows[n].Read();
            foreach (var slot in partitions)
            {
                LeaseChecker.Require(slot.Store.Usage[n] == checker.UsageOf(slot.Number, n), "journal and checker differ");
                var entry = book.Find(new PartitionId(slot.Number + 1));
                if (entry is null) continue;
                if (slot.Active[^1].Activation.Holder.Leases.GetValueOrDefault(TinyStore.Key(n)) is null or { Sequence: 0 })
                {
                    // It has not heard of the newest epoch: until it needs to know it counts the grant of an earlier one.
                    LeaseChecker.Require(entry.Charge >= Math.Max(slot.Store.Limit[n], slot.Store.Usage[n]), $"p{slot.Number + 1} node {n + 1}: book charges {entry.Charge}, used {slot.Store.Usage[n]}");
                    continue;
                }
                LeaseChecker.Require(entry.Grant == slot.Store.Limit[n], $"p{slot.Number + 1} node {n + 1}: book grants {entry.Grant}, journal has {slot.Store.Limit[n]}");
                LeaseChecker.Require(
                    entry.Charge == Math.Max(slot.Store.Limit[n], slot.Store.Usage[n]), $"p{slot.Number + 1} node {n + 1}: book charges {entry.Charge}, used {slot.Store.Usage[n]}");
            }
        }
    }
}
