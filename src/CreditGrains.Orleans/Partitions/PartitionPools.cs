using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Pools;
using CreditGrains.Orleans.Wire;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Partitions;

/// <summary>A partition's parts of pools: what it tells of them, what their loans pay, and loans that enter. What is told is durable; projections run beside the turns on a copy of one moment.</summary>
internal sealed class PartitionPools(PartitionLoop loop, SiloServices silo) : IWriterLook
{
    /// <summary>Loans that wait to enter; null in the register, which has none.</summary>
    public EntryDesk? Entries { get; set; }

    /// <summary>Answers.</summary>
    public Task<Payload> AnswerAsync(Payload request)
    {
        var r = PoolWire.Read(request);
        return (PoolAsk)r.ReadByte() switch
        {
            PoolAsk.Lines => PoolWire.AnswerAsync(() => LinesAsync(r.ReadKey(), DateOnly.FromDayNumber(r.ReadInt32()))),
            PoolAsk.Project => PoolWire.AnswerAsync(() => ProjectAsync(r.ReadKey(), DateOnly.FromDayNumber(r.ReadInt32()), r.ReadString(), r.ReadAssumptions())),
            PoolAsk.Groups => PoolWire.AnswerAsync(() => GroupsAsync(r)),
            PoolAsk.Put => loop.ExecuteAsync(r.ReadPut()),
            PoolAsk.Candidates => PoolWire.AnswerAsync(() => CandidatesAsync(r.ReadKey(), r.ReadKey())),
            PoolAsk.Transfer => loop.ExecuteAsync(ReadTransfer(r)),
            PoolAsk.Enter => EnterAsync(r.ReadKey(), r.ReadOthers()),
            var ask => throw new InvalidDataException($"Question {(int)ask} about a pool comes from a silo of another version; update all silos."),
        };
    }

    /// <inheritdoc/>
    async ValueTask<T> IWriterLook.RunAsync<T>(Func<Partition, T> look) => await loop.LookAsync(look);

    private static Domain.Commands.Command[] ReadTransfer(BinaryReader r)
    {
        var commands = CommandWire.Read(new Payload(r.ReadPart()));
        commands[0].Control = (Domain.Commands.TransferToPool)commands[0].Control! with { Others = r.ReadOthers() };
        return commands;
    }

    private Task<Action<BinaryWriter>?> CandidatesAsync(NodeKey pool, NodeKey facility) => loop.LookAsync<Action<BinaryWriter>?>(p =>
    {
        var groups = p.State.Pools.Find(pool) is { } live ? p.Executor.Pooled.GroupsOf(live, facility) : null;
        return groups is null ? null : w =>
        {
            w.Write(groups.Count);
            foreach (var (by, group) in groups) w.Write(((PoolDimension)by, group));
        };
    });

    private async Task<Payload> EnterAsync(NodeKey pool, Domain.Pools.OtherParts others)
    {
        await Entries!.DecideAsync(pool, others);
        return new Payload([]);
    }

    private Task<Action<BinaryWriter>?> LinesAsync(NodeKey key, DateOnly start) => CopiedAsync(key, pool =>
    {
        var groups = new LoanGroups();
        groups.Add(pool, start);
        return groups.Write;
    });

    private Task<Action<BinaryWriter>?> ProjectAsync(NodeKey key, DateOnly start, string conventionsText, PoolAssumptions assumptions) => CopiedAsync(key, pool =>
    {
        var conventions = PoolAssumptions.Conventions(conventionsText);
        Scenario[] scenarios = assumptions.Of(pool.State.Ledger);
        // A processor a partition: those of a silo are projected side by side.
        CashflowTable[] tables = pool.State.Ledger.Loans == 0 ? [] : PoolRuns.ByColumns(pool, start, scenarios, conventions, parallelism: 1, progress: null, CancellationToken.None);
        return w =>
        {
            w.Write(tables.Length);
            foreach (var table in tables) w.WriteSums(table);
        };
    });

    /// <summary>Copies a part and works on it beside the turns; the answer begins with the part's state.</summary>
    private async Task<Action<BinaryWriter>?> CopiedAsync(NodeKey key, Func<LivePoolLoans, Action<BinaryWriter>> work)
    {
        if (Entries is not null) await Entries.SettledAsync(key);
        await silo.Projections.WaitAsync();
        try
        {
            if (await PoolReader.CopyAsync(this, key, progress: null, CancellationToken.None) is not { } pool) return null;
            return await silo.Workers.Run(() =>
            {
                var state = PoolBytes.Write(pool.State);
                var write = work(pool);
                return (Action<BinaryWriter>)(w =>
                {
                    w.WritePart(state);
                    write(w);
                });
            });
        }
        finally
        {
            silo.Projections.Release();
        }
    }

    private Task<Action<BinaryWriter>?> GroupsAsync(BinaryReader r)
    {
        var key = r.ReadKey();
        var groups = new (PoolDimension By, long Group)[r.ReadInt32()];
        for (var i = 0; i < groups.Length; i++) groups[i] = r.ReadGroup();
        return loop.LookAsync<Action<BinaryWriter>?>(p =>
        {
            if (p.State.Pools.Find(key) is not { } pool) return null;
            var sums = new long[groups.Length + 1];
            sums[0] = pool.Ledger.Balance;
            for (var i = 0; i < groups.Length; i++) sums[i + 1] = pool.Ledger.GroupBalance(groups[i].By, groups[i].Group);
            return w =>
            {
                foreach (var sum in sums) w.Write(sum);
            };
        });
    }
}
