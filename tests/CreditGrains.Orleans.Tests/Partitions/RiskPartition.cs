using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Tests.Partitions;

/// <summary>A partition without an engine that answers questions about risk only; a test says how.</summary>
internal abstract class RiskPartition : IPartitionGrain
{
    public abstract Task<Payload> RiskAsync(Payload request);

    public Task<Payload> ExecuteAsync(Payload commands) => throw new NotSupportedException();

    public Task<Payload> AskAsync(PartitionQuestion question) => throw new NotSupportedException();

    public Task<Payload> AskLongAsync(PartitionQuestion question) => throw new NotSupportedException();

    public Task<Payload> PoolAsync(Payload request) => throw new NotSupportedException();

    public Task<Payload> TermsAsync(Payload nodes) => throw new NotSupportedException();

    public Task<int[]> SignpostAsync(Payload facilities, int[] homes) => throw new NotSupportedException();

    public Task TakeLeaseReplyAsync(Payload reply) => throw new NotSupportedException();

    public Task TakeLeaseRecallAsync(Payload recall) => throw new NotSupportedException();

    public Task<Payload> GiveBackVelocityAsync(Payload asked) => throw new NotSupportedException();

    public Task WakeAsync() => throw new NotSupportedException();
}
