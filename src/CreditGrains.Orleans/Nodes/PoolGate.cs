using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Pools;
using CreditGrains.Engine.Pools;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// Lets loans into a pool with concentration rules, one call after the other: what groups hold is read from all partitions, each loan gets a verdict, and its partition checks all else and decides. A
/// loan whose verdict depends on whether those before it enter waits until they are decided. Loans of the engine's own are decided by their partition, which is told what the others hold: it knows their figures.
/// </summary>
internal sealed class PoolGate(NodeKey key, SiloServices silo, IClusterGrains grains) : IDisposable
{
    /// <summary>Most commands of a call.</summary>
    public const int CommandsMax = 1_024;

    private readonly SemaphoreSlim alone = new(1);
    private PoolTerms? terms;

    /// <summary>Decides commands that put loans into this pool; gives their outcomes.</summary>
    public async Task<Payload> PutAsync(Payload commands)
    {
        var asked = CommandWire.Read(commands);
        var outcomes = new Outcome[asked.Length];
        await alone.WaitAsync();
        try
        {
            terms ??= PoolBytes.ReadState((await grains.Partition(PartitionMap.Register).AskAsync(PartitionQuestion.Of(QuestionKind.Pool, key))).Bytes)?.Ledger.Terms;
            if (terms is null) await DecideAsync(asked, new PoolVerdict?[asked.Length], outcomes, 0, asked.Length);
            else await DecideAllAsync(asked, outcomes, terms);
        }
        finally
        {
            alone.Release();
        }

        return OutcomeWire.Write(outcomes, elsewhere: null);
    }

    /// <summary>Decides the transfer of a facility into this pool; gives its outcome.</summary>
    public async Task<Payload> TransferAsync(int home, Payload command)
    {
        await alone.WaitAsync();
        try
        {
            var others = await OthersAsync(home, CommandWire.Read(command)[0].Facility);
            return await grains.Partition(home).PoolAsync(PoolWire.Write(w =>
            {
                w.Write((byte)PoolAsk.Transfer);
                w.WritePart(command.Bytes);
                w.Write(others);
            }));
        }
        finally
        {
            alone.Release();
        }
    }

    /// <summary>Has a partition decide its loans that wait to enter.</summary>
    public async Task EnterAsync(int partition)
    {
        await alone.WaitAsync();
        try
        {
            var others = await OthersAsync(partition, default);
            await grains.Partition(partition).PoolAsync(PoolWire.Write(w =>
            {
                w.Write((byte)PoolAsk.Enter);
                w.Write(key);
                w.Write(others);
            }));
        }
        finally
        {
            alone.Release();
        }
    }

    /// <summary>What all parts but a partition's hold, of the groups in which loans of a facility there are, or those that wait.</summary>
    private async Task<OtherParts> OthersAsync(int partition, NodeKey facility)
    {
        var request = PoolWire.Write(w =>
        {
            w.Write((byte)PoolAsk.Candidates);
            w.Write(key);
            w.Write(facility);
        });
        var groups = PoolWire.ReadAnswer(await grains.Partition(partition).PoolAsync(request), r =>
        {
            var read = new (PoolDimension, long)[r.ReadInt32()];
            for (var i = 0; i < read.Length; i++) read[i] = r.ReadGroup();
            return read;
        }) ?? [];
        var sums = await SumsAsync(groups, Enumerable.Range(1, silo.Map.Count).Where(number => number != partition));
        return new OtherParts(sums[0], groups.Select((group, i) => (group, Held: sums[i + 1])).ToDictionary(one => ((int)one.group.Item1, one.group.Item2), one => one.Held));
    }

    /// <inheritdoc/>
    public void Dispose() => alone.Dispose();

    private async Task DecideAllAsync(Command[] asked, Outcome[] outcomes, PoolTerms rules)
    {
        var standing = await StandingAsync(asked, rules);
        var verdicts = new PoolVerdict?[asked.Length];
        for (var start = 0; start < asked.Length;)
        {
            var end = start;
            standing.BeginWave();
            while (end < asked.Length && standing.Judge(((PutLoanInPool)asked[end].Control!).State) is { } verdict)
            {
                verdicts[end] = verdict;
                if (verdict.Rule.Length == 0) standing.Expect(((PutLoanInPool)asked[end].Control!).State);
                end++;
            }

            await DecideAsync(asked, verdicts, outcomes, start, end);
            for (var i = start; i < end; i++)
                if (outcomes[i].Kind == OutcomeKind.Posted && !outcomes[i].Duplicate) standing.Entered(((PutLoanInPool)asked[i].Control!).State);
            start = end;
        }
    }

    /// <summary>Reads what the pool, and the groups that these loans are in, hold.</summary>
    private async Task<PoolStandings> StandingAsync(Command[] asked, PoolTerms rules)
    {
        var groups = asked.SelectMany(command => rules.Concentrations.Select(rule => (rule.By, rule.GroupOf(rules, ((PutLoanInPool)command.Control!).State)))).Distinct().ToArray();
        var sums = await SumsAsync(groups, Enumerable.Range(1, silo.Map.Count));
        return new PoolStandings(rules, sums[0], groups.Select((group, i) => (group, sums[i + 1])));
    }

    /// <summary>What the pool holds in some partitions, then what each group does.</summary>
    private async Task<long[]> SumsAsync((PoolDimension By, long Group)[] groups, IEnumerable<int> partitions)
    {
        var request = PoolWire.Write(w =>
        {
            w.Write((byte)PoolAsk.Groups);
            w.Write(key);
            w.Write(groups.Length);
            foreach (var group in groups) w.Write(group);
        });
        var answers = await Task.WhenAll(partitions.Select(number => grains.Partition(number).PoolAsync(request)));
        var sums = new long[groups.Length + 1];
        foreach (var answer in answers)
        {
            if (PoolWire.ReadAnswer(answer, r => Array.ConvertAll(sums, _ => r.ReadInt64())) is not { } part) continue;
            for (var i = 0; i < sums.Length; i++) sums[i] += part[i];
        }

        return sums;
    }

    /// <summary>Lets the partitions decide, each its own loans in their order.</summary>
    private async Task DecideAsync(Command[] asked, PoolVerdict?[] verdicts, Outcome[] outcomes, int start, int end)
    {
        var parts = Enumerable.Range(start, end - start).GroupBy(i => silo.Map.OfLoan(key, ((PutLoanInPool)asked[i].Control!).Loan));
        await Task.WhenAll(parts.Select(async part =>
        {
            var places = part.ToArray();
            var request = PoolWire.Put(Array.ConvertAll(places, i => asked[i]), Array.ConvertAll(places, i => verdicts[i]));
            var decided = new Outcome[places.Length];
            OutcomeWire.Read(await grains.Partition(part.Key).PoolAsync(request), decided);
            for (var i = 0; i < places.Length; i++) outcomes[places[i]] = decided[i];
        }));
    }
}
