using System.Runtime.CompilerServices;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Execution;

/// <summary>What a limit check looks at besides the state.</summary>
/// <param name="Amount">Minor units of the facility's currency to be held or drawn.</param>
/// <param name="Channel">Channel, for sub-limits.</param>
/// <param name="MerchantCategory">Merchant category, for sub-limits.</param>
/// <param name="Approvals">1 for a request of its own, 0 for an increase: what velocity counts.</param>
/// <param name="NowMicros">Writer time.</param>
internal readonly record struct CheckedAmount(long Amount, Channel Channel, ushort MerchantCategory, int Approvals, long NowMicros);

/// <summary>A shared node that has no headroom for a request, as it said itself.</summary>
/// <param name="Key">The node.</param>
/// <param name="Limit">Its limit in force, minor units.</param>
/// <param name="Headroom">What it had for the request, minor units; may be negative.</param>
/// <param name="Kind">Its limit, or one of its velocity limits; with that of a count the figures are approvals.</param>
/// <param name="WindowSeconds">Which velocity limit.</param>
internal readonly record struct NodeWithoutRoom(NodeKey Key, long Limit, long Headroom, LimitKind Kind = LimitKind.Node, int WindowSeconds = 0);

/// <summary>
/// Whether an amount fits under every limit of a facility and its path (docs/rules.md, "A request", steps 1, 3 and 5). Reads only.
/// <see cref="Fits"/> answers the common case fast; <see cref="Explain"/> repeats the check and names everything that failed.
/// </summary>
internal sealed class LimitCheck(PartitionState state, ExposureBook exposures)
{
    private readonly List<FailingLimit> failing = [];

    /// <summary>
    /// Set by a host for the command that it lets be declined because a shared node has no headroom for it: rows of nodes that partitions share carry grants, which say nothing of the node, so this one is
    /// named with its own figures and the others not at all. Null otherwise.
    /// </summary>
    public NodeWithoutRoom? WithoutRoom { get; set; }

    /// <summary>Whether facility and nodes are active and the amount fits everywhere.</summary>
    public bool Fits(in FacilityRow facility, ReadOnlySpan<PathEntry> path, in CheckedAmount check)
    {
        if (facility.Status != NodeStatus.Active || check.Amount > Command.AmountMax - facility.Held) return false;
        if (OwnExposure(facility, check.Amount) > facility.Limit) return false;
        if (facility.HasRules && !FitsRules(facility, check)) return false;
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.Status == NodeStatus.Frozen || !FitsNode(facility, node, entry.SharePpm, check)) return false;
        }
        return true;
    }

    /// <summary>The reason an amount does not fit, with every failing limit (or the blocked node).</summary>
    public Reason Explain(in FacilityRow facility, ReadOnlySpan<PathEntry> path, in CheckedAmount check, out FailingLimit[]? limits)
    {
        limits = null;
        var status = StatusReason(facility, path, out limits);
        if (status != Reason.None) return status;
        var rates = RatesReason(facility, path, check, out limits);
        if (rates != Reason.None) return rates;
        if (check.Amount > Command.AmountMax - facility.Held) return Reason.AmountOverflow;
        failing.Clear();
        CollectFacility(facility, check);
        foreach (var entry in path) CollectNode(facility, entry, check);
        NameWithoutRoom(failing);
        if (failing.Count == 0) return Reason.None;
        limits = [.. failing];
        return ReasonOf(limits);
    }

    /// <summary>Whether the limit of a node's row is a grant and not told.</summary>
    public bool IsGrant(NodeKind kind) => WithoutRoom is not null && kind != NodeKind.Borrower;

    /// <summary>Adds the node without room, as it knows itself.</summary>
    public void NameWithoutRoom(List<FailingLimit> limits)
    {
        if (WithoutRoom is { } node) limits.Add(new FailingLimit(node.Key, node.Kind, node.Limit, node.Headroom, node.WindowSeconds));
    }

    /// <summary>Whether facility and path take requests.</summary>
    public Reason StatusReason(in FacilityRow facility, ReadOnlySpan<PathEntry> path, out FailingLimit[]? blocked)
    {
        blocked = null;
        if (facility.Status is NodeStatus.Closing or NodeStatus.Closed) return Reason.FacilityClosed;
        if (facility.Status == NodeStatus.Frozen) return Reason.FacilityFrozen;
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.Status != NodeStatus.Frozen) continue;
            blocked = [new FailingLimit(node.Key, LimitKind.Blocked, 0, 0, 0)];
            return Reason.NodeFrozen;
        }
        return Reason.None;
    }

    /// <summary>The first review threshold an amount passes, or null.</summary>
    public FailingLimit? ReviewOf(in FacilityRow facility, ReadOnlySpan<PathEntry> path, long amount, long nowMicros)
    {
        if (facility.HasRules)
        {
            var threshold = state.FacilityRules.Read(facility.Rules).ReviewThreshold;
            if (threshold >= 0 && amount > threshold) return new FailingLimit(facility.Key, LimitKind.Review, threshold, threshold - amount, 0);
        }
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            if (node.ReviewThreshold < 0) continue;
            exposures.Convert(node, facility.Currency, (Int128)amount * entry.SharePpm, nowMicros, out var converted);
            if (converted > node.ReviewThreshold)
                return new FailingLimit(node.Key, LimitKind.Review, node.ReviewThreshold, node.ReviewThreshold - converted, 0);
        }
        return null;
    }

    /// <summary>What an amount held on a facility adds to a node of its path, minor units of the node's currency; −1 when a rate is missing or stale.</summary>
    public long AddedTo(in FacilityRow facility, PathEntry entry, long amount, long nowMicros)
    {
        ref readonly var node = ref state.Nodes.Read(entry.Node);
        var weighted = (Int128)Delta(facility, node, amount) * entry.SharePpm;
        if (exposures.TryGet(node, facility.Currency, weighted, nowMicros, out var after) != Reason.None) return -1;
        return exposures.TryGet(node, facility.Currency, 0, nowMicros, out var before) == Reason.None ? after - before : -1;
    }

    /// <summary>The facility's own exposure with an amount held.</summary>
    public long OwnExposure(in FacilityRow facility, long added)
    {
        if ((facility.Flags & ~FacilityFlags.MeasureMask) == 0 && (facility.Flags & FacilityFlags.MeasureMask) == 0)
            return facility.Principal + facility.Interest + facility.Fees + facility.Held + added;
        var balances = facility.Balances with { Held = facility.Held + added };
        var counted = Contribution.Of(state.BasisOf(facility), balances, facility.Limit);
        return (facility.Flags & FacilityFlags.CreditAddsHeadroom) != 0 ? counted - facility.Credit : counted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool FitsNode(in FacilityRow facility, in NodeRow node, int sharePpm, in CheckedAmount check)
    {
        var weighted = (Int128)Delta(facility, node, check.Amount) * sharePpm;
        if (node.FirstForeign == 0 && node.Currency == facility.Currency)
        {
            // ⌈sum / 10^6⌉ ≤ limit is sum ≤ limit × 10^6: no division on the way to an approval.
            if (node.OwnSum + weighted > (Int128)node.Limit * Share.WholePpm) return false;
        }
        else
        {
            if (exposures.Convert(node, facility.Currency, 1, check.NowMicros, out _) != Reason.None) return false;
            if (exposures.TryGet(node, facility.Currency, weighted, check.NowMicros, out var exposure) != Reason.None || exposure > node.Limit) return false;
        }
        return node.FirstVelocity == 0 || FitsVelocity(facility, node, sharePpm, check);
    }

    /// <summary>What an amount held on the facility adds to a node, minor units of the facility's currency.</summary>
    private static long Delta(in FacilityRow facility, in NodeRow node, long amount)
    {
        if (node.Measure <= ExposureMeasure.PrincipalAndHeld) return amount;
        var before = facility.Balances;
        return Contribution.Of(node.Basis, before with { Held = before.Held + amount }, facility.Limit) - Contribution.Of(node.Basis, before, facility.Limit);
    }

    private bool FitsRules(in FacilityRow facility, in CheckedAmount check)
    {
        ref readonly var rules = ref state.FacilityRules.Read(facility.Rules);
        for (var row = rules.FirstSubLimit; row != 0; row = state.SubLimits.Read(row).Next)
        {
            ref readonly var sub = ref state.SubLimits.Read(row);
            if (Covers(sub, check.Channel, check.MerchantCategory) && sub.Used + check.Amount > sub.Limit) return false;
        }
        for (var row = rules.FirstVelocity; row != 0; row = state.Velocities.Read(row).Next)
            if (!FitsWindow(state.Velocities.Read(row), check.Amount, check)) return false;
        return true;
    }

    private bool FitsVelocity(in FacilityRow facility, in NodeRow node, int sharePpm, in CheckedAmount check)
    {
        if (exposures.Convert(node, facility.Currency, (Int128)check.Amount * sharePpm, check.NowMicros, out var converted) != Reason.None) return false;
        for (var row = node.FirstVelocity; row != 0; row = state.Velocities.Read(row).Next)
            if (!FitsWindow(state.Velocities.Read(row), converted, check)) return false;
        return true;
    }

    private static bool FitsWindow(in VelocityRow velocity, long amount, in CheckedAmount check)
    {
        var (used, count, unknown) = velocity.Window.Sum(check.NowMicros / 1_000_000);
        if (velocity.AmountMax >= 0 && (unknown || (Int128)used + amount > velocity.AmountMax)) return false;
        return velocity.CountMax < 0 || count + check.Approvals <= velocity.CountMax;
    }

    private Reason RatesReason(in FacilityRow facility, ReadOnlySpan<PathEntry> path, in CheckedAmount check, out FailingLimit[]? blocked)
    {
        blocked = null;
        var worst = Reason.None;
        foreach (var entry in path)
        {
            ref readonly var node = ref state.Nodes.Read(entry.Node);
            var reason = exposures.TryGet(node, facility.Currency, Int128.Max(1, (Int128)Delta(facility, node, check.Amount) * entry.SharePpm), check.NowMicros, out _);
            if (reason == Reason.None || (worst != Reason.None && reason >= worst)) continue;
            worst = reason;
            blocked = [new FailingLimit(node.Key, LimitKind.Blocked, 0, 0, 0)];
        }
        return worst;
    }

    private void CollectFacility(in FacilityRow facility, in CheckedAmount check)
    {
        if (OwnExposure(facility, check.Amount) > facility.Limit)
            failing.Add(new FailingLimit(facility.Key, LimitKind.Node, facility.Limit, facility.Limit - OwnExposure(facility, 0), 0));
        if (!facility.HasRules) return;
        ref readonly var rules = ref state.FacilityRules.Read(facility.Rules);
        for (var row = rules.FirstSubLimit; row != 0; row = state.SubLimits.Read(row).Next)
        {
            ref readonly var sub = ref state.SubLimits.Read(row);
            if (Covers(sub, check.Channel, check.MerchantCategory) && sub.Used + check.Amount > sub.Limit)
                failing.Add(new FailingLimit(facility.Key, LimitKind.SubLimit, sub.Limit, sub.Limit - sub.Used, ((int)sub.Channel << 16) | sub.CategoryFrom));
        }
        for (var row = rules.FirstVelocity; row != 0; row = state.Velocities.Read(row).Next)
            CollectWindow(facility.Key, state.Velocities.Read(row), check.Amount, check);
    }

    private void CollectNode(in FacilityRow facility, PathEntry entry, in CheckedAmount check)
    {
        ref readonly var node = ref state.Nodes.Read(entry.Node);
        var weighted = (Int128)Delta(facility, node, check.Amount) * entry.SharePpm;
        exposures.TryGet(node, facility.Currency, weighted, check.NowMicros, out var after);
        if (after > node.Limit && !IsGrant(node.Kind))
        {
            exposures.TryGet(node, facility.Currency, 0, check.NowMicros, out var before);
            failing.Add(new FailingLimit(node.Key, LimitKind.Node, node.Limit, node.Limit - before, 0));
        }
        if (node.FirstVelocity == 0 || IsGrant(node.Kind)) return;
        exposures.Convert(node, facility.Currency, (Int128)check.Amount * entry.SharePpm, check.NowMicros, out var converted);
        for (var row = node.FirstVelocity; row != 0; row = state.Velocities.Read(row).Next)
            CollectWindow(node.Key, state.Velocities.Read(row), converted, check);
    }

    private void CollectWindow(NodeKey node, in VelocityRow velocity, long amount, in CheckedAmount check)
    {
        var (used, count, unknown) = velocity.Window.Sum(check.NowMicros / 1_000_000);
        if (velocity.AmountMax >= 0 && (unknown || (Int128)used + amount > velocity.AmountMax))
            failing.Add(new FailingLimit(node, LimitKind.VelocityAmount, velocity.AmountMax, unknown ? 0 : velocity.AmountMax - used, velocity.Window.WindowSeconds));
        if (velocity.CountMax >= 0 && count + check.Approvals > velocity.CountMax)
            failing.Add(new FailingLimit(node, LimitKind.VelocityCount, velocity.CountMax, velocity.CountMax - count, velocity.Window.WindowSeconds));
    }

    /// <summary>Whether a sub-limit covers a channel and merchant category.</summary>
    public static bool Covers(in SubLimitRow sub, Channel channel, ushort category) =>
        (sub.Channel == Channel.Unspecified || sub.Channel == channel) && category >= sub.CategoryFrom && category <= sub.CategoryTo;

    private static Reason ReasonOf(FailingLimit[] limits)
    {
        var reason = Reason.VelocityExceeded;
        foreach (var limit in limits)
        {
            if (limit.Kind == LimitKind.Node) return Reason.LimitExceeded;
            if (limit.Kind == LimitKind.SubLimit) reason = Reason.SubLimitExceeded;
        }
        return reason;
    }
}
