using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>The batches of one stream under way, in order: writes the next, checks each reply against the oldest.</summary>
internal sealed class BatchWindow(int batchLength, int batchCount, IBatchSource source, Tally tally)
{
    private readonly SentRequest[] sent = new SentRequest[batchLength * batchCount];
    private readonly long[] sentAt = new long[batchCount];
    private readonly int[] lengths = new int[batchCount];
    private ulong written;
    private ulong answered;

    /// <summary>Most bytes of one batch.</summary>
    public int LengthMax { get; } = 1 + WireVarint.LengthMax + batchLength * source.MemberLengthMax;

    /// <summary>Batches written and not answered.</summary>
    public int InFlight => (int)(written - answered);

    public bool IsFull => InFlight == batchCount;

    /// <summary>Requests written and not answered.</summary>
    public int RequestsInFlight { get; private set; }

    /// <summary>Writes the next batch, an AuthorizeBatchRequest or ExecuteBatchRequest, with the batch's number as its tag.</summary>
    /// <param name="target">Room for <see cref="LengthMax"/>.</param>
    /// <param name="now">Stopwatch ticks from which its latency counts.</param>
    /// <param name="count">Its requests, one batch at most; what waited long enough may be fewer.</param>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> target, long now, int count)
    {
        var place = (int)(written % (ulong)batchCount);
        written++;
        sentAt[place] = now;
        lengths[place] = count;
        RequestsInFlight += count;
        source.Refresh();
        target[0] = 1 << 3;
        var at = 1 + WireVarint.Write(written, target[1..]);
        for (var i = 0; i < count; i++)
        {
            at += source.WriteMember(target[at..], out sent[place * batchLength + i]);
        }

        return at;
    }

    /// <summary>Checks a reply: the oldest batch's tag, as many decisions, each for its amount.</summary>
    public void Check(ReadOnlySpan<byte> reply, long receivedAt)
    {
        if (InFlight == 0) throw new Http2Exception("a reply that was not asked for");
        var place = (int)(answered % (ulong)batchCount);
        answered++;
        var length = lengths[place];
        RequestsInFlight -= length;
        var tag = 0UL;
        var count = 0;
        var decided = 0;
        for (var at = 0; at < reply.Length;)
        {
            if (!DecisionWire.TryReadReplyField(reply, ref at, ref tag, out var decision)) throw new Http2Exception("reply that is no message");
            if (decision.IsEmpty) continue;
            if (count == length) throw new Http2Exception("reply with too many decisions");
            if (IsDecided(decision, sent[place * batchLength + count])) decided++;
            count++;
        }

        if (tag != answered) throw new Http2Exception("reply to another batch");
        if (count < length) tally.Fail("reply with too few decisions", length - count);
        tally.CompleteBatch(decided, sentAt[place], receivedAt);
    }

    /// <summary>Counts what is under way as failed, and starts over.</summary>
    public void Fail(string kind)
    {
        if (InFlight > 0) tally.Fail(kind, RequestsInFlight);
        RequestsInFlight = 0;
        written = 0;
        answered = 0;
    }

    /// <summary>Counts an answer: decided, refused, or failed when it does not pass the checks.</summary>
    private bool IsDecided(ReadOnlySpan<byte> bytes, in SentRequest request)
    {
        var fault = !DecisionWire.TryRead(bytes, out var decision) ? "reply that is no decision"
            : decision.Kind == OutcomeKind.Approved && decision.Amount != request.Amount ? "reply to another request"
            : decision.Kind != OutcomeKind.Refused && decision.DecisionId <= 0 ? "decision without id"
            : null;
        if (fault is not null)
        {
            tally.Fail(fault);
            return false;
        }

        source.Answer(request, decision);
        return tally.Count(decision.Kind, decision.Reason, decision.Duplicate, decision.DecisionId);
    }
}
