using System.Collections.Concurrent;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Front;

/// <summary>Which pools have concentration rules, as this front door has seen: terms are given once, so what is known stays true. Any thread.</summary>
internal sealed class KnownPools(IClusterGrains grains, Patience patience)
{
    private readonly ConcurrentDictionary<NodeKey, bool> known = new();

    /// <summary>Whether a pool's grain must be asked before a loan enters; false while the pool has no terms, which the partition then says.</summary>
    public bool AsksPool(NodeKey pool) => known.TryGetValue(pool, out var asks) && asks;

    /// <summary>The pool into which a command brings loans; none for all others.</summary>
    public static NodeKey EnteredBy(in Command command) => command.Control switch
    {
        PutLoanInPool => command.Facility,
        TransferToPool transfer => transfer.Pool,
        _ => default,
    };

    /// <summary>Learns of the pools that loans of a submission enter.</summary>
    public async Task LearnAsync(ReadOnlyMemory<Command> commands)
    {
        HashSet<NodeKey>? asked = null;
        for (var i = 0; i < commands.Length; i++)
        {
            var pool = EnteredBy(commands.Span[i]);
            if (!pool.IsValid || pool.Kind != NodeKind.Pool || known.ContainsKey(pool) || !(asked ??= []).Add(pool)) continue;
            var answer = await patience.CallAsync(() => grains.Partition(PartitionMap.Register).AskAsync(PartitionQuestion.Of(QuestionKind.Pool, pool)));
            if (PoolBytes.ReadState(answer.Bytes) is { } state) known[pool] = !state.Ledger.Terms.Concentrations.IsEmpty;
        }
    }
}
