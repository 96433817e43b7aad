using System.Globalization;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Api.Security.Approvals;

/// <summary>Somebody asked for a review of a decline, or decided a referral.</summary>
/// <param name="AtMicros">When, microseconds since the Unix epoch.</param>
/// <param name="By">Id of the principal.</param>
/// <param name="Facility">Whose request it is.</param>
/// <param name="Request">Request id of the act; the journal has what became of it.</param>
/// <param name="Reference">The referral, or the decline that is to be looked at.</param>
/// <param name="IsDecision">Whether it decides a referral; else it asks for a review.</param>
/// <param name="IsAccepted">Whether a decision accepts.</param>
public sealed record ReviewStep(long AtMicros, string By, NodeKey Facility, RequestId Request, long Reference, bool IsDecision, bool IsAccepted);

/// <summary>
/// The newest acts of people on referrals. Filled from the audit log where there is one, at start and as its lines come; what became of an act is in the journal under its request id. Thread-safe.
/// </summary>
/// <param name="clock">Of what is noted; the system's when left out.</param>
public sealed class ReviewTrail(TimeProvider? clock = null)
{
    /// <summary>Most acts kept.</summary>
    public const int Max = 2_000;

    /// <summary>Most askers kept, the newest; far more than reviews wait at a time.</summary>
    public const int AskersMax = 65_536;

    private readonly Queue<ReviewStep> steps = new();
    private readonly Queue<(RequestId Request, string By)> asked = new();
    private readonly HashSet<(RequestId Request, string By)> askers = [];
    private readonly Lock gate = new();

    /// <summary>Takes an entry of the audit log; others than those of reviews are passed over.</summary>
    public void Replay(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (Enum.TryParse<CommandKind>(entry.Act, out var kind) && IsReview(kind) && KeyOf(entry.Subject) is { } facility && Guid.TryParse(entry.Request, out var request)
            && ReferenceOf(entry.Detail) is var (reference, isAccepted))
            Add(new ReviewStep(entry.AtMicros, entry.Principal, facility, RequestId.FromGuid(request), reference, kind == CommandKind.ResolveReferral, isAccepted));
    }

    /// <summary>Notes what somebody is about to do.</summary>
    internal void Note(Principal principal, in Command command)
    {
        if (IsReview(command.Kind))
            Add(new ReviewStep((clock ?? TimeProvider.System).UnixMicros(), principal.Id, command.Facility, command.Id, command.Reference, command.Kind == CommandKind.ResolveReferral, (command.Options & CommandOptions.Accept) != 0));
    }

    /// <summary>The newest that a principal may see, newest first.</summary>
    internal IReadOnlyList<ReviewStep> Newest(Principal principal, int take)
    {
        lock (gate) return [.. steps.Reverse().Where(step => principal.Covers(step.Facility)).Take(take)];
    }

    /// <summary>Whether a principal has sent a RequestReview of this id, as far as is remembered.</summary>
    internal bool HasAsked(Principal principal, RequestId request)
    {
        lock (gate) return askers.Contains((request, principal.Id));
    }

    private void Add(ReviewStep step)
    {
        lock (gate)
        {
            if (steps.Count == Max) steps.Dequeue();
            steps.Enqueue(step);
            if (step.IsDecision || !askers.Add((step.Request, step.By))) return;
            asked.Enqueue((step.Request, step.By));
            if (asked.Count > AskersMax) askers.Remove(asked.Dequeue());
        }
    }

    private static bool IsReview(CommandKind kind) => kind is CommandKind.ResolveReferral or CommandKind.RequestReview;

    // "Facility/1/1/42", as keys are written in the log.
    private static NodeKey? KeyOf(string? subject) => (subject ?? "").Split('/') is ["Facility", var tenant, var entity, var id]
        && ushort.TryParse(tenant, NumberStyles.None, CultureInfo.InvariantCulture, out var t) && ushort.TryParse(entity, NumberStyles.None, CultureInfo.InvariantCulture, out var e)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? NodeKey.Facility(t, e, number) : null;

    // "512 Accept", as CommandAudit writes it; the lines of reviews once had no detail.
    private static (long Reference, bool IsAccepted)? ReferenceOf(string? detail)
    {
        var words = (detail ?? "0").Split(' ');
        return long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var reference) ? (reference, words.Length > 1 && words[1] == nameof(CommandOptions.Accept)) : null;
    }
}
