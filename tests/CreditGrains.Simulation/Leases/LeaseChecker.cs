namespace CreditGrains.Simulation.Leases;

/// <summary>
/// Looks only at what is durable: appended events and limits in force. Knows nothing of grants, epochs or messages.
/// </summary>
internal sealed class LeaseChecker
{
    private readonly long[,] usage;
    private readonly long[,] unbacked;

    public LeaseChecker(int partitions, int nodes)
    {
        usage = new long[partitions, nodes];
        unbacked = new long[partitions, nodes];
    }

    public long Approved { get; private set; }

    /// <summary>Takes an appended event.</summary>
    /// <param name="partition">Where.</param>
    /// <param name="happened">What; limits of rows are looked at by nobody here.</param>
    /// <param name="limitInForce">The node's durable limit now.</param>
    public void Appended(int partition, TinyEvent happened, long limitInForce)
    {
        var node = happened.Node;
        if (happened.Change == 0) return;
        usage[partition, node] += happened.Change;
        Require(usage[partition, node] >= 0, "usage below nothing");
        // What facts brought is not the approvals' fault; what is repaid is counted against it first.
        if (happened.Request == 0) unbacked[partition, node] = Math.Max(0, unbacked[partition, node] + happened.Change);
        if (happened.Request == 0) return;
        Approved++;
        long sum = 0, facts = 0;
        for (var p = 0; p < usage.GetLength(0); p++)
        {
            sum += usage[p, node];
            facts += unbacked[p, node];
        }
        if (sum - facts > limitInForce) throw new LimitPassedException($"p{partition + 1} approved {happened.Change} on node {node + 1}: {sum} used, {facts} of it by facts, limit {limitInForce}");
    }

    public long UsageOf(int partition, int node) => usage[partition, node];

    public long UsageOf(int node) => Enumerable.Range(0, usage.GetLength(0)).Sum(p => usage[p, node]);

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new LeaseBrokenException(otherwise);
    }
}

/// <summary>A promise of the lease protocol was broken.</summary>
internal class LeaseBrokenException(string message) : Exception(message);

/// <summary>The promise: approvals stay within the limit in force.</summary>
internal sealed class LimitPassedException(string message) : LeaseBrokenException(message);
