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
internal sealed class SharedAlerts
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);
    private readonly PartitionLoop loop;
    private readonly IClusterGrains grains;
    private readonly SiloServices silo;
    private readonly long epoch;
    private readonly AlertBook book = new();
    private readonly SharedParts parts;
    private readonly OpenAsks asks;
    private readonly MovedPools pools;
    private readonly StandingFile kept;
    private AlertRules? rules;
    private string stamp = "";
    private long termsSequence = -1;
    private long keptChanges;
    private bool isPassing;
    private bool hasLooked;
    private string? fault;

    /// <param name="loop">The register's turns.</param>
    /// <param name="grains">The way to partitions and pools.</param>
    /// <param name="silo">What grains share.</param>
    /// <param name="epoch">Names the desk.</param>
    public SharedAlerts(PartitionLoop loop, IClusterGrains grains, SiloServices silo, long epoch)
    {
        (this.loop, this.grains, this.silo, this.epoch) = (loop, grains, silo, epoch);
        parts = new SharedParts(silo.Map.Count);
        asks = new OpenAsks(silo.Map.Count, silo.Options.Clock);
        pools = new MovedPools(async pool => PoolBytes.ReadState((await grains.Pool(pool).ReadPoolAsync()).Bytes), JudgePool, silo.Options.Clock);
        kept = new StandingFile(silo.Store.FilesOf(PartitionMap.Register, epoch));
    }

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
        // Before every partition was heard, and looked at by these rules, nothing is known; after that one that is missing keeps the figures it had.
        if (!hasLooked) return ViewWire.Write(AlertReport.Nothing(new AlertDeskState(epoch, stamp, sequence, parts.Micros, parts.Fault ?? fault ?? "not every partition was heard yet")));
        book.TellFigures(loop.NowMicros);
        var report = AlertReport.Of(new AlertDeskState(epoch, stamp, sequence, parts.Micros, null), book, ask);
        return ViewWire.Write(report with { Unwatched = report.Unwatched + parts.Unwatched, Missing = parts.Fault ?? pools.Fault ?? fault });
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
            await asks.PassAsync(place => AskAsync(place + 1), WaitMax, CancellationToken.None);
            foreach (var (place, seconds) in asks.Silent()) parts.Miss(place + 1, $"it has not answered for {seconds} s");
            if (parts.IsComplete)
            {
                await LookAsync();
                await pools.ReadAsync(WaitMax);
                await KeepAsync();
            }
            fault = null;
        }
        catch (Exception failure)
        {
            // Told to the operator once, and with the list; everything is looked at by the next pass.
            termsSequence = -1;
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
        pools.Clear();
        (rules, stamp, termsSequence, hasLooked) = (taken, ClusterRules.StampOf(taken), -1, false);
    }

    private async Task AskAsync(int partition)
    {
        var asked = rules;
        try
        {
            var report = ViewWire.Read<AlertPartsReport>(await grains.Partition(partition).RiskAsync(AlertWire.Parts(parts.AskOf(partition))))!;
            // What changed since a telling that was forgotten with the rules before is not the whole.
            if (ReferenceEquals(asked, rules)) parts.Take(partition, report, stamp);
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
            if (rules!.Rules[rule].Figure == AlertFigure.TriggerDistance) pools.Note(subject.Key, sequence);
            else Judge(rule, subject, rows.GetValueOrDefault(subject.Key), sequence);
        }

        (termsSequence, hasLooked) = (terms, true);
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
