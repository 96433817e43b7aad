using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Leases;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Cluster.Simulation.Net;

/// <summary>A silo's way to partitions and nodes: through the network, to whoever the directory names.</summary>
internal sealed class SimGrains(Cluster cluster, SimSilo from) : IClusterGrains
{
    // Reports that have not come back: partition, epoch, node, sequence.
    private readonly HashSet<(PartitionId, long, NodeKey, long)> reports = [];

    public IPartitionGrain Partition(int number) => new PartitionProxy(cluster, from, number);

    public INodeGrain Node(NodeKey key) => new NodeProxy(cluster, from, key, reports);

    public IPoolGrain Pool(NodeKey key) => throw new NotSupportedException("The callers of the simulator keep no pools.");

    private sealed class PartitionProxy(Cluster cluster, SimSilo from, int number) : IPartitionGrain
    {
        public Task<Payload> ExecuteAsync(Payload commands) => Call(p => p.ExecuteAsync(commands));

        public Task<Payload> AskAsync(PartitionQuestion question) => Call(p => p.AskAsync(question));

        public Task<Payload> AskLongAsync(PartitionQuestion question) => Call(p => p.AskAsync(question));

        public Task<Payload> PoolAsync(Payload request) => Call(p => p.PoolAsync(request));

        public Task<Payload> RiskAsync(Payload request) => Call(p => p.RiskAsync(request));

        public Task<Payload> TermsAsync(Payload nodes) => Call(p => p.TermsAsync(nodes));

        public Task<int[]> SignpostAsync(Payload facilities, int[] homes) => Call(p => p.SignpostAsync(facilities, [.. homes]));

        public Task TakeLeaseReplyAsync(Payload reply) => Call(p =>
        {
            p.Receive(new HolderInput.TakeReply(LeaseWire.ReadReply(reply)!));
            return Task.FromResult(true);
        });

        public Task TakeLeaseRecallAsync(Payload recall) => Call(p =>
        {
            p.Receive(new HolderInput.TakeRecall(LeaseWire.ReadRecall(recall)));
            return Task.FromResult(true);
        });

        public Task<Payload> GiveBackVelocityAsync(Payload asked) => Call(p => p.GiveBackVelocityAsync(asked));

        public Task WakeAsync() => Call(_ => Task.FromResult(true));

        private Task<T> Call<T>(Func<PartitionHost, Task<T>> invoke) => cluster.Network.CallAsync(from, Target.Of(number), host => invoke((PartitionHost)host));
    }

    private sealed class NodeProxy(Cluster cluster, SimSilo from, NodeKey key, HashSet<(PartitionId, long, NodeKey, long)> reports) : INodeGrain
    {
        public Task<NodeStanding?> GetStandingAsync() => Call(n => n.GetStandingAsync());

        public Task<Payload> ExecuteAsync(Payload command) => Call(n => n.ExecuteAsync(command));

        public Task<Payload> ViewAsync() => Call(n => n.ViewAsync());

        public async Task<Payload> VelocityAsync(Payload ask)
        {
            var answer = await Call(n => n.VelocityAsync(ask));
            if (cluster.Options.Fault != PlantedFault.AllowanceCountedTwice || ViewWire.Read<VelocityShare>(answer) is not { } share) return answer;
            return ViewWire.Write(share with { Amount = share.Amount < 0 ? -1 : share.Amount * 2, Count = share.Count < 0 ? -1 : share.Count * 2 });
        }

        public Task<Payload> ViewAsOfAsync(long asOfMicros) => Call(n => n.ViewAsOfAsync(asOfMicros));

        public async Task<Payload> ReportAsync(Payload report)
        {
            var sent = LeaseWire.ReadReport(report);
            var reply = await AloneAsync((sent.Partition, sent.Epoch, key, sent.Sequence), report);
            if (cluster.Options.Fault != PlantedFault.LeaseCountedTwice || LeaseWire.ReadReply(reply) is not { Status: ReplyStatus.Granted } granted) return reply;
            // Counted twice: what came on top of what was held comes on top of that again.
            var more = granted.Grant - sent.Held;
            return LeaseWire.Write(granted with { Grant = granted.Grant + Math.Max(0, more) });
        }

        private async Task<Payload> AloneAsync((PartitionId, long, NodeKey, long) place, Payload report)
        {
            if (!reports.Add(place)) cluster.Checker.ReportsBeside++;
            try
            {
                return await Call(n => n.ReportAsync(report));
            }
            finally
            {
                reports.Remove(place);
            }
        }

        private Task<T> Call<T>(Func<NodeHost, Task<T>> invoke) => cluster.Network.CallAsync(from, Target.Of(key), host => invoke((NodeHost)host));
    }
}
