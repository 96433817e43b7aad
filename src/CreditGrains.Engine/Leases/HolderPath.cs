using System.Collections.Immutable;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Leases;

/// <summary>
/// A request's way through its nodes: all or nothing. Nodes are taken in <see cref="LeaseOrder"/>; one that is there is set aside (pinned) until the request
/// has run or failed, and a recall waits for that. As every partition goes the same way up, no two requests wait for each other.
/// </summary>
internal static class HolderPath
{
    public static void Begin(HolderDraft draft, long id, ImmutableArray<LeaseNeed> needs, int attempts)
    {
        if (draft.State.Requests.ContainsKey(id)) throw new ArgumentException($"request {id} is in hand already; number requests uniquely", nameof(id));
        if (needs.Length is 0 or > HolderState.NeedsMax) throw new ArgumentException($"a request needs 1 to {HolderState.NeedsMax} shared nodes, not {needs.Length}", nameof(needs));
        var sorted = needs.Sort((a, b) => LeaseOrder.Instance.Compare(a.Node, b.Node));
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Added is < 1 or > LeasePolicy.AmountMax) throw new ArgumentException($"{sorted[i].Node}: added must be 1 to 2^60 minor units", nameof(needs));
            if (i > 0 && sorted[i].Node == sorted[i - 1].Node) throw new ArgumentException($"{sorted[i].Node} is named twice; add its needs up", nameof(needs));
        }
        draft.Put(new PathRequest(id, sorted, 0, [.. new long[sorted.Length]], attempts));
        Advance(draft, id);
    }

    public static void BeginAgain(HolderDraft draft, long id, ImmutableArray<LeaseNeed> needs)
    {
        var request = draft.Request(id);
        if (request.Attempts >= HolderState.AttemptsMax)
        {
            TurnDown(draft, request, new HolderAct.Refuse(id, request.Needs[0].Node));
            return;
        }
        Release(draft, request, givesBack: false);
        Begin(draft, id, needs, request.Attempts + 1);
    }

    public static void Finish(HolderDraft draft, long id) => Release(draft, draft.Request(id), givesBack: false);

    public static void Abandon(HolderDraft draft, long id)
    {
        if (draft.State.Requests.TryGetValue(id, out var request)) TurnDown(draft, request, act: null);
    }

    /// <summary>Takes a grant into use.</summary>
    public static void Raise(HolderDraft draft, LeaseReply reply)
    {
        var lease = draft.Lease(reply.Node);
        if (reply.Grant <= lease.Limit) return;
        draft.SetLimit(reply.Node, reply.Grant);
        if (lease.Waiting.IsEmpty) return;
        var request = draft.Request(lease.Waiting[0]);
        draft.Put(request with { Gained = request.Gained.SetItem(request.Position, request.Gained[request.Position] + reply.Grant - lease.Limit) });
    }

    public static void DeclineIfAbove(HolderDraft draft, long id, LeaseReply reply)
    {
        if (!draft.State.Requests.TryGetValue(id, out var request)) return;
        var lease = draft.Lease(reply.Node);
        var added = request.Needs[request.Position].Added;
        var available = reply.Available - draft.With(lease, 0);
        if (added <= available) return;
        if (added <= available + lease.Pinned)
        {
            // What stands in the way may itself still fail: no answer before that is known.
            draft.Put(lease with { AwaitsPinned = true });
            return;
        }
        TurnDown(draft, request, new HolderAct.Decline(id, reply.Node, reply.Limit, (long)Int128.Max(-LeasePolicy.AmountMax, available)));
    }

    /// <summary>Ends a request that cannot have all it needs: what it got goes back.</summary>
    public static void TurnDown(HolderDraft draft, PathRequest request, HolderAct? act)
    {
        if (act is not null) draft.Act(act);
        Release(draft, request, givesBack: true);
    }

    /// <summary>Lets waiting requests through in order as far as the limit goes, then asks for the next one.</summary>
    public static void Serve(HolderDraft draft, NodeKey node)
    {
        while (true)
        {
            var lease = draft.Lease(node);
            if (lease.Waiting.IsEmpty) break;
            var id = lease.Waiting[0];
            var needed = draft.With(lease, draft.AddedBy(id));
            if (needed > LeasePolicy.AmountMax)
            {
                TurnDown(draft, draft.Request(id), new HolderAct.Decline(id, node, LeasePolicy.AmountMax, (long)(LeasePolicy.AmountMax - draft.With(lease, 0))));
                continue;
            }
            if (needed > lease.Limit)
            {
                if (!lease.IsAsking && !lease.AwaitsPinned) draft.Report(node);
                break;
            }
            draft.Put(lease with { Waiting = lease.Waiting.RemoveAt(0), Covered = Math.Max(0, lease.Covered - 1) });
            Pin(draft, id);
            Advance(draft, id);
        }
        draft.AnswerRecall(node);
    }

    private static void Advance(HolderDraft draft, long id)
    {
        while (true)
        {
            var request = draft.Request(id);
            if (request.Position == request.Needs.Length)
            {
                draft.Act(new HolderAct.Run(id));
                return;
            }
            var need = request.Needs[request.Position];
            var lease = draft.Lease(need.Node);
            if (!lease.Waiting.IsEmpty || draft.With(lease, need.Added) > lease.Limit)
            {
                draft.Put(lease with { Waiting = lease.Waiting.Add(id) });
                if (lease.Waiting.IsEmpty) Serve(draft, need.Node);
                return;
            }
            Pin(draft, id);
        }
    }

    private static void Pin(HolderDraft draft, long id)
    {
        var request = draft.Request(id);
        var need = request.Needs[request.Position];
        var lease = draft.Lease(need.Node);
        draft.Put(lease with { Pinned = lease.Pinned + need.Added });
        draft.Put(request with { Position = request.Position + 1 });
    }

    private static void Release(HolderDraft draft, PathRequest request, bool givesBack)
    {
        draft.Remove(request);
        if (request.Position < request.Needs.Length) LeaveQueue(draft, request);
        for (var i = 0; i < request.Position; i++)
        {
            var node = request.Needs[i].Node;
            var lease = draft.Lease(node);
            draft.Put(lease with { Pinned = lease.Pinned - request.Needs[i].Added, AwaitsPinned = false });
            Serve(draft, node);
            if (givesBack) GiveBack(draft, node, request.Gained[i]);
        }
    }

    private static void LeaveQueue(HolderDraft draft, PathRequest request)
    {
        var node = request.Needs[request.Position].Node;
        var lease = draft.Lease(node);
        var place = lease.Waiting.IndexOf(request.Id);
        if (place < 0) return;
        draft.Put(lease with
        {
            Waiting = lease.Waiting.RemoveAt(place),
            Covered = place < lease.Covered ? lease.Covered - 1 : lease.Covered,
        });
        // The demand at the node was for this request: say what is asked now.
        if (lease.IsAsking && place == 0) draft.Report(node);
    }

    private static void GiveBack(HolderDraft draft, NodeKey node, long gained)
    {
        var lease = draft.Lease(node);
        var target = Int128.Max(draft.With(lease, 0), lease.Limit - gained);
        // Where others wait, what was gained is a part of what they ask for.
        if (target >= lease.Limit || !lease.Waiting.IsEmpty) return;
        draft.SetLimit(node, (long)target);
        draft.Report(node);
    }
}
