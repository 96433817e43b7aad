using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Alerts;

/// <summary>
/// Utilisation and growth of nodes. Notes which rows an event may have moved and looks at each once, at the end of its frame; a change of a rate may move any node, so then all are looked at.
/// </summary>
internal sealed class NodeAlerts(AlertSight sight, AlertRules rules, Func<AlertRule, bool> which, IAlertFigures book)
{
    private readonly ScopedRules scoped = new(rules, rule => rule.Figure is AlertFigure.Utilisation or AlertFigure.ExposureGrowth && which(rule));
    private readonly HashSet<int> nodes = [];
    private readonly HashSet<int> facilities = [];
    private readonly HashSet<int> regraphing = [];
    private readonly Dictionary<(int Rule, int Row), (SlidingCount Window, long Exposure)> growths = [];
    private bool isAllOwed;

    private PartitionState State => sight.State;

    /// <summary>Looks at everything as it stands; what is there already is no growth.</summary>
    public void LookAtAll(long sequence, long micros) => LookAtAll(sequence, micros, isFirst: true);

    public void Before(in LedgerEvent e)
    {
        if (scoped.Count == 0 || !e.HasEffect || e.Kind is not (CommandKind.MoveFacility or CommandKind.UnlinkNode or CommandKind.TransferToPool or CommandKind.LinkNode)) return;
        Touch(e.Key);
        if (e.Key.IsFacility) return;
        // Slices recount facilities later; whatever they leave lies above here now.
        foreach (var row in nodes) regraphing.Add(row);
    }

    public void After(in LedgerEvent e)
    {
        if (scoped.Count == 0 || !e.HasEffect) return;
        switch (e.Kind)
        {
            case CommandKind.SetFxRate:
                isAllOwed = true;
                break;
            case CommandKind.RegraphSlice:
                foreach (var key in e.Slice ?? []) Touch(key);
                nodes.UnionWith(regraphing);
                if (!sight.Executor.IsRegraphing) regraphing.Clear();
                break;
            case CommandKind.LinkNode or CommandKind.UnlinkNode when !e.Key.IsFacility:
                Touch(e.Key);
                regraphing.UnionWith(nodes);
                if (!sight.Executor.IsRegraphing) regraphing.Clear();
                break;
            default:
                Touch(e.Key);
                break;
        }
    }

    public void FrameEnd(long sequence, long micros, bool isNewSecond)
    {
        if (scoped.Count == 0) return;
        if (isAllOwed) LookAtAll(sequence, micros, isFirst: false);
        foreach (var row in nodes) LookAtNode(row, sequence, micros, isFirst: false);
        foreach (var row in facilities) LookAtFacility(row, sequence, micros);
        nodes.Clear();
        facilities.Clear();
        if (isNewSecond) Age(sequence, micros);
    }

    private void Touch(NodeKey key)
    {
        if (key.IsFacility)
        {
            var row = State.FindFacility(key);
            if (row == 0) return;
            if (scoped.LookAtFacilities) facilities.Add(row);
            Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
            foreach (var entry in State.PathOf(State.Facilities.Read(row), buffer)) nodes.Add(entry.Node);
        }
        else if (key.Kind != NodeKind.None && State.FindNode(key) is var node and not 0)
        {
            Climb(node);
        }
    }

    // The graph has no cycles and few levels.
    private void Climb(int node)
    {
        nodes.Add(node);
        foreach (var parent in sight.Executor.Graph.ParentsOf(ChildRef.Node(node)))
            if (State.FindNode(parent.Parent) is var above and not 0) Climb(above);
    }

    private void LookAtAll(long sequence, long micros, bool isFirst)
    {
        isAllOwed = false;
        if (scoped.Count == 0) return;
        for (var row = 1; row < State.Nodes.End; row++) LookAtNode(row, sequence, micros, isFirst);
        if (!isFirst || !scoped.LookAtFacilities) return;
        for (var row = 1; row < State.Facilities.End; row++) LookAtFacility(row, sequence, micros);
    }

    private void LookAtNode(int row, long sequence, long micros, bool isFirst)
    {
        ref readonly var node = ref State.Nodes.Read(row);
        var (ofKind, ofNode) = (scoped.OfKind(node.Kind), scoped.OfNode(node.Key));
        if (ofKind.Count == 0 && ofNode.Count == 0) return;
        // What cannot be converted now keeps the figure it had.
        if (sight.Executor.Exposures.TryGet(node, node.Currency, 0, micros, out var exposure) != Reason.None) return;
        foreach (var rule in ofKind) Put(rule, row, node.Key, node.Currency, exposure, node.Limit, node.Status, sequence, micros, isFirst);
        foreach (var rule in ofNode) Put(rule, row, node.Key, node.Currency, exposure, node.Limit, node.Status, sequence, micros, isFirst);
    }

    private void LookAtFacility(int row, long sequence, long micros)
    {
        ref readonly var facility = ref State.Facilities.Read(row);
        var exposure = sight.Executor.Limits.OwnExposure(facility, 0);
        foreach (var rule in scoped.OfKind(NodeKind.Facility)) Put(rule, 0, facility.Key, facility.Currency, exposure, facility.Limit, facility.Status, sequence, micros, isFirst: false);
        foreach (var rule in scoped.OfNode(facility.Key)) Put(rule, -row, facility.Key, facility.Currency, exposure, facility.Limit, facility.Status, sequence, micros, isFirst: false);
    }

    private void Put(int rule, int row, NodeKey key, Currency currency, long exposure, long limit, NodeStatus status, long sequence, long micros, bool isFirst)
    {
        var subject = new AlertSubject(key);
        if (status == NodeStatus.Closed && !book.TakesParts)
        {
            book.Drop(rule, subject, sequence, micros);
            return;
        }

        if (rules.Rules[rule].Figure == AlertFigure.Utilisation)
        {
            // 2^60 is no limit; of a limit of 0 everything is too much.
            if (book.TakesParts) book.Put(rule, subject, exposure, default, sequence, micros);
            else if (limit >= Command.AmountMax) book.Drop(rule, subject, sequence, micros);
            else book.Put(rule, subject, (double)exposure / Math.Max(1, limit), default, sequence, micros);
            return;
        }

        var seconds = micros / 1_000_000;
        if (!growths.TryGetValue((rule, row), out var growth)) growth = (new SlidingCount(rules.Rules[rule].WindowSeconds), isFirst ? exposure : 0);
        if (exposure != growth.Exposure) growth.Window.Add(seconds, exposure - growth.Exposure);
        growths[(rule, row)] = (growth.Window, exposure);
        PutGrowth(rule, subject, growth.Window.At(seconds), currency, sequence, micros);
    }

    /// <summary>Looks again at growth that time alone takes back.</summary>
    public void Age(long sequence, long micros)
    {
        for (var rule = 0; rule < rules.Rules.Length; rule++)
        {
            if (rules.Rules[rule].Figure != AlertFigure.ExposureGrowth || !which(rules.Rules[rule])) continue;
            foreach (var subject in book.Aging(rule))
            {
                var key = subject.Key;
                var row = key.IsFacility ? -State.FindFacility(key) : State.FindNode(key);
                if (row == 0) continue;
                var currency = key.IsFacility ? State.Facilities.Read(-row).Currency : State.Nodes.Read(row).Currency;
                if (growths.TryGetValue((rule, row), out var growth)) PutGrowth(rule, subject, growth.Window.At(micros / 1_000_000), currency, sequence, micros);
            }
        }
    }

    private void PutGrowth(int rule, in AlertSubject subject, long growth, Currency currency, long sequence, long micros) =>
        book.Put(rule, subject, book.TakesParts ? growth : Major(growth, currency), currency, sequence, micros);

    /// <summary>Minor units as major ones.</summary>
    internal static double Major(double minor, Currency currency) => minor / Math.Pow(10, currency.MinorUnitDigits);
}
