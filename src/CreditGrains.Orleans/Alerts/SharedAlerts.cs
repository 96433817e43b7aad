using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// Alerts of figures that lie in several partitions: of shared nodes, whole tenants and pools. The register has them, so the cluster has one list of them. About every second it asks all partitions what changed in
/// their parts, adds up, and judges by the terms of the nodes, which it holds itself; of pools that may have moved it reads the standing. Members belong to the register's scheduler.
/// </summary>
internal sealed class SharedAlerts(PartitionLoop loop, IClusterGrains grains, SiloServices silo, long epoch)
{
    private readonly AlertBook book = new();
    private readonly SharedParts parts = new(silo.Map.Count);
    private readonly Dictionary<NodeKey, long> movedPools = [];
    private readonly StandingFile kept = new(silo.Store.FilesOf(PartitionMap.Register, epoch));
    private AlertRules? rules;
    private string stamp = "";
    private long termsSequence = -1;
    private long keptChanges;
    private bool isPassing;
    private string? fault;

    /// <summary>Begins to look when the last look is over; about once a second.</summary>
    public void Tick()
    {
        if (isPassing || !loop.IsAlive) return;
        isPassing = true;
        _ = PassAsync();
    }

    /// <summary>The alerts raised here.</summary>
    public Payload Answer(AlertAsk ask)
    {
        var sequence = loop.Partition.EventJournal.DurableSequence;
        // Before every partition was heard nothing is known; after that one that is missing keeps the figures it had.
        if (rules is null || !parts.IsComplete) return ViewWire.Write(AlertReport.Nothing(new AlertDeskState(epoch, stamp, sequence, parts.Micros, parts.Fault ?? "not every partition was heard yet")));
        book.TellFigures(silo.Options.Clock.GetUtcNow().Ticks / TimeSpan.TicksPerMicrosecond);
        var report = AlertReport.Of(new AlertDeskState(epoch, stamp, sequence, parts.Micros, null), book, ask);
        return ViewWire.Write(report with { Unwatched = report.Unwatched + parts.Unwatched });
    }

    private async Task PassAsync()
    {
        try
        {
            if (!ReferenceEquals(rules, silo.AlertRules))
            {
                // Read before the first rules are taken: a pass that fails here is made again.
                var stood = rules is null ? await silo.Workers.Run(() => kept.Read(silo.Options.Warn)) : [];
                Take(silo.AlertRules!);
                book.Restore(stood);
            }
            await Task.WhenAll(Enumerable.Range(1, silo.Map.Count).Select(AskAsync));
            if (parts.IsComplete)
            {
                await LookAsync();
                await KeepAsync();
            }
            fault = null;
        }
        catch (Exception failure)
        {
            // Told once; what was owed is looked at by the next pass.
            if (fault is null && loop.IsAlive) silo.Options.Warn($"Alerts of shared nodes could not be looked at; trying again. {failure.Message}");
            fault = failure.Message;
        }
        finally
        {
            isPassing = false;
        }
    }

    private void Take(AlertRules taken)
    {
        book.Use(taken, loop.Partition.EventJournal.DurableSequence, parts.Micros);
        parts.Clear();
        movedPools.Clear();
        (rules, stamp, termsSequence) = (taken, ClusterRules.StampOf(taken), -1);
    }

    private async Task AskAsync(int partition)
    {
        try
        {
            parts.Take(partition, ViewWire.Read<AlertPartsReport>(await grains.Partition(partition).RiskAsync(AlertWire.Parts(parts.AskOf(partition))))!, stamp);
        }
        catch (Exception failure)
        {
            parts.Miss(partition, $"it does not answer: {failure.Message}");
        }
    }

    private async Task LookAsync()
    {
        var terms = loop.Partition.EventJournal.DurableSequence;
        var looked = parts.TakeMoved();
        if (terms != termsSequence)
        {
            // A limit, a rate or a status may be another: everything is judged again, and what stands although nothing is left of it.
            var known = looked.Select(one => (one.Rule, one.Subject)).ToHashSet();
            var standing = Enumerable.Range(0, rules!.Rules.Length).SelectMany(rule => book.Aging(rule).Select(subject => (Rule: rule, Subject: subject)));
            looked = [.. looked, .. parts.Subjects.Union(standing).Where(subject => !known.Contains(subject)).Select(subject => (subject.Rule, subject.Subject, terms))];
        }

        var nodes = looked.Where(one => NeedsTerms(rules!.Rules[one.Rule].Figure)).Select(one => one.Subject.Key).Distinct().ToArray();
        var rows = nodes.Length == 0 ? [] : await loop.LookAsync(partition => TermsOf(partition.State, nodes));
        foreach (var (rule, subject, sequence) in looked)
        {
            if (rules!.Rules[rule].Figure == AlertFigure.TriggerDistance) movedPools[subject.Key] = sequence;
            else Judge(rule, subject, rows.GetValueOrDefault(subject.Key), sequence);
        }

        termsSequence = terms;
        foreach (var (pool, sequence) in movedPools.ToArray())
        {
            JudgePool(pool, PoolBytes.ReadState((await grains.Pool(pool).ReadPoolAsync()).Bytes), sequence);
            movedPools.Remove(pool);
        }
    }

    private async Task KeepAsync()
    {
        if (book.Changes == keptChanges) return;
        var changes = book.Changes;
        var report = AlertReport.Of(new AlertDeskState(epoch, stamp, 0, parts.Micros, null), book, new AlertAsk(epoch, changes, -1, 0));
        await silo.Workers.Run(() => kept.Write(report));
        keptChanges = changes;
    }

    private void Judge(int rule, in AlertSubject subject, NodeTerms? terms, long sequence)
    {
        var sum = parts.SumOf(rule, subject);
        var figure = rules!.Rules[rule].Figure;
        if (!NeedsTerms(figure)) book.Put(rule, subject, sum, default, sequence, parts.Micros);
        // 2^60 is no limit; of a limit of 0 everything is too much.
        else if (terms is null || terms.Status == NodeStatus.Closed || (figure == AlertFigure.Utilisation && terms.Limit >= Command.AmountMax)) book.Drop(rule, subject, sequence, parts.Micros);
        else if (figure == AlertFigure.Utilisation) book.Put(rule, subject, sum / Math.Max(1, terms.Limit), default, sequence, parts.Micros);
        else book.Put(rule, subject, NodeAlerts.Major(sum, terms.Currency), terms.Currency, sequence, parts.Micros);
    }

    private void JudgePool(NodeKey pool, PoolState? state, long sequence)
    {
        if (state is null) return;
        foreach (var trigger in state.Ledger.Triggers())
        {
            if (trigger.Distance is not { } distance) continue;
            for (var i = 0; i < rules!.Rules.Length; i++)
            {
                var rule = rules.Rules[i];
                if (rule.Figure != AlertFigure.TriggerDistance || (rule.Of.IsNode && rule.Of.Node != pool) || (rule.Trigger.Length > 0 && rule.Trigger != trigger.Trigger.Name)) continue;
                book.Put(i, new AlertSubject(pool, trigger.Trigger.Name), distance, default, sequence, parts.Micros);
            }
        }
    }

    private static bool NeedsTerms(AlertFigure figure) => figure is AlertFigure.Utilisation or AlertFigure.ExposureGrowth;

    private static Dictionary<NodeKey, NodeTerms?> TermsOf(PartitionState state, NodeKey[] nodes)
    {
        var terms = new Dictionary<NodeKey, NodeTerms?>();
        foreach (var key in nodes)
        {
            if (state.FindNode(key) is not (var row and not 0)) continue;
            ref readonly var node = ref state.Nodes.Read(row);
            terms.Add(key, new NodeTerms(node.Limit, node.Status, node.Currency));
        }
        return terms;
    }

    private sealed record NodeTerms(long Limit, NodeStatus Status, Currency Currency);
}
