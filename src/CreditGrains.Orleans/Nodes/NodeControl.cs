using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// Control commands about a shared node, one at a time: the register executes each once, then every partition with a row of the node is told, by the same request id. What is being told is
/// written down before, so that an activation that ends half-way goes on.
/// </summary>
internal sealed class NodeControl(NodeKey key, SiloServices silo, IClusterGrains grains, NodeLedger ledger, NodeReadings readings, NodeVelocities velocities, Func<Task<bool>> followLimit) : IDisposable
{
    private readonly SemaphoreSlim control = new(1);

    /// <summary>Executes a command; gives its outcome.</summary>
    public async Task<Payload> ExecuteAsync(Payload command)
    {
        Payload outcome = default;
        await AloneAsync(async () =>
        {
            await FinishSpreadingAsync(command);
            outcome = OutcomeWire.Write([await CarryOutAsync(command)], elsewhere: null);
        });
        return outcome;
    }

    /// <summary>Runs something while no control command does.</summary>
    public async Task AloneAsync(Func<Task> act)
    {
        await control.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            control.Release();
        }
    }

    /// <summary>Carries out what was left half-way, unless a command is being executed, which does so itself.</summary>
    public async Task ResumeAsync()
    {
        if (ledger.Spreading.IsEmpty || !control.Wait(0)) return;
        try
        {
            await FinishSpreadingAsync();
        }
        finally
        {
            control.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => control.Dispose();

    private async Task<Outcome> CarryOutAsync(Payload command)
    {
        var asked = CommandWire.Read(command)[0];
        if (asked.Kind == CommandKind.Close && Array.Exists(await readings.MirrorViewsAsync(), v => v is { FacilityCount: > 0 }))
            return new Outcome { Reason = Reason.NodeNotEmpty, Message = "facilities in some partitions still count here; close or move them first" };
        var isSpread = asked.Kind != CommandKind.SetLimit;
        var isUnderWay = ledger.Spreading.Span.SequenceEqual(command.Bytes);
        if (isSpread && !isUnderWay) await ledger.SpreadAsync(command.Bytes);
        var outcome = new Outcome[1];
        OutcomeWire.Read(await grains.Partition(PartitionMap.Register).ExecuteAsync(command), outcome);
        velocities.TermsChanged();
        // A repeat of what was told to its end is not told again: for a partition that has its row since, it would be new, and undo what came later. That the register calls it a repeat does not say so:
        // the call to it may have arrived twice, and the answer be that of the second.
        var mustTell = outcome[0].Kind == OutcomeKind.Posted && isSpread && (isUnderWay || !outcome[0].Duplicate || outcome[0].Sequence > ledger.Told);
        if (mustTell)
        {
            await TellMirrorsAsync(ForMirrors(command, asked), asked);
            if (asked.Control is SetVelocityLimit changed) await velocities.SettleAsync(changed.WindowSeconds, await readings.MirrorsAsync());
        }
        if (isSpread) await ledger.ToldAsync(mustTell ? outcome[0].Sequence : 0);
        if (outcome[0].Kind == OutcomeKind.Posted && asked.Kind == CommandKind.SetLimit && await followLimit())
            outcome[0].Message = "Recalling: grants above the new limit are on their way back; the old limit is in force until they fit.";
        return outcome[0];
    }

    /// <summary>Partitions get a velocity limit without any allowance: that they ask for.</summary>
    private static Payload ForMirrors(Payload command, in Command asked) => asked.Control is SetVelocityLimit limit
        ? CommandWire.Write([Command.Of(asked.Id, limit with { AmountMax = Math.Min(0, limit.AmountMax), CountMax = Math.Min(0, limit.CountMax) })]) : command;

    /// <summary>Carries out what an earlier activation, or a call that failed, left half-way; unless it is what is asked now.</summary>
    private async Task FinishSpreadingAsync(Payload? next = null)
    {
        if (ledger.Spreading.IsEmpty || (next is { } command && ledger.Spreading.Span.SequenceEqual(command.Bytes))) return;
        await CarryOutAsync(new Payload(ledger.Spreading.ToArray()));
    }

    /// <summary>Repeats a command in every partition with a row of this node, terms of a pool in all: each keeps a part of it. The same request id: however often it is told, it takes effect once.</summary>
    private async Task TellMirrorsAsync(Payload command, Command asked)
    {
        // Read after the register has it: a partition that is not in the list yet asks the register later.
        var told = asked.Kind == CommandKind.DefinePool ? Enumerable.Range(1, silo.Map.Count) : await readings.MirrorsAsync();
        var outcomes = await Task.WhenAll(told.Select(async p =>
        {
            var outcome = new Outcome[1];
            OutcomeWire.Read(await grains.Partition(p).ExecuteAsync(command), outcome);
            return (Partition: p, Outcome: outcome[0]);
        }));
        foreach (var (partition, outcome) in outcomes)
        {
            // A partition without the row takes the terms as they are then when it opens one.
            if (outcome.Kind == OutcomeKind.Posted || outcome.Reason is Reason.NoChange or Reason.UnknownNode) continue;
            silo.Options.Warn($"{asked.Kind} of {key}: partition {partition} answers {outcome.Reason} {outcome.Message}");
            if (outcome.Kind == OutcomeKind.Refused)
                throw new PartitionUnavailableException($"Partition {partition} does not take {asked.Kind} of {key} now: {outcome.Reason}. Send the same request again.");
        }
    }
}
