using CreditGrains.Simulation.Leases;

namespace CreditGrains.Engine.Tests.Leases;

/// <summary>What must hold in every state and step of the model check.</summary>
internal static class LeaseChecks
{
    /// <summary>Books are sound, and no activation that can still append may use more than its node has recorded.</summary>
    public static void State(LeaseWorld world)
    {
        for (var n = 0; n < world.Books.Length; n++)
        {
            var book = world.Books[n];
            Require(book.GrantSum <= book.Limit, "grants pass the limit in force");
            Require(book.GrantSum == Sum(book.Entries.Values.Select(e => e.Grant)) && book.ChargeSum == Sum(book.Entries.Values.Select(e => e.Charge))
                && book.UsageSum == Sum(book.Entries.Values.Select(e => e.Usage)) && book.AskedSum == Sum(book.Entries.Values.Select(e => e.Asked)), "totals differ from entries");
            Require(book.Queue.Count == book.Entries.Values.Count(e => e.Arrived != 0), "queue differs from entries");
            foreach (var activation in world.Active)
            {
                var store = world.Stores[activation.Holder.Partition.Value - 1];
                if (activation.IsDead || activation.Holder.Epoch != store.Epoch) continue;
                var usable = Math.Max(activation.Memory.Limit[n], store.Limit[n]);
                // Before a new epoch's first flush the journal still shows the old grant; memory is what decides.
                if (activation.Batch.Count > 0 && activation.Holder.Leases.GetValueOrDefault(TinyStore.Key(n))?.Sequence is null or 0 or 1) usable = activation.Memory.Limit[n];
                var recorded = book.Find(activation.Holder.Partition)?.Grant ?? 0;
                Require(usable <= recorded || usable == 0, $"{activation.Holder.Partition} may use {usable} of node {n}, recorded {recorded}");
            }
        }
    }

    /// <summary>After an append that approved something, everything approved fits the limit in force.</summary>
    public static void Appended(LeaseWorld world, int partition, List<TinyEntry> durable)
    {
        foreach (var entry in durable)
        {
            if (entry.Event is not { Request: > 0 } approved) continue;
            var n = approved.Node;
            var approvedSum = world.Stores.Sum(s => s.Usage[n] - s.Facts[n]);
            Require(approvedSum <= world.Books[n].Limit, $"partition {partition} approved up to {approvedSum} on node {n}, limit {world.Books[n].Limit}");
        }
    }

    /// <summary>A decline is true: with nothing stranded, the amount is more than limit less all usage. Only where usage never falls.</summary>
    public static void Answered(LeaseWorld world, LeaseScope scope, int partition, TinyAnswer answer)
    {
        if (answer.Outcome != TinyOutcome.Declined || scope.Facts.Any(f => f.Change < 0)) return;
        var added = scope.Requests[answer.Request - 1].Needs.Single(n => n.Node == answer.Node).Added;
        var used = world.Stores.Sum(s => s.Usage[answer.Node]);
        var slack = scope.Policy.StrandedMax(answer.NodeLimit);
        Require(added > answer.NodeLimit - used - slack, $"request {answer.Request} of {added} declined on node {answer.Node}: limit {answer.NodeLimit}, used {used}");
    }

    /// <summary>When everything arrives and nothing more fails, every request is answered and every report acknowledged.</summary>
    public static void Drained(LeaseWorld world)
    {
        foreach (var activation in world.Active)
            Require(activation.IsDead || activation.Holder.Requests.IsEmpty, $"{activation.Holder.Partition} epoch {activation.Holder.Epoch} still waits");
        foreach (var book in world.Books)
            Require(book.Queue.IsEmpty && !book.IsCutting, "the node still waits");
    }

    private static Int128 Sum(IEnumerable<long> values) => values.Aggregate((Int128)0, (sum, value) => sum + value);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new LeaseUnsafeException(otherwise);
    }
}
