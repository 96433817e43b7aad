using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>The batches of one stream under way, in order: writes the next, checks each reply against the oldest.</summary>
internal sealed class BatchWindow(int batchLength, int batchCount, IBatchSource source, Tally tally)
{
    private readonly SentRequest[] sent = new SentRequest[batchLength * batchCount];
    private readonly long[] sentAt = new long[batchCount];
    private ulong written;
    private ulong answered;

    /// <summary>Most bytes of one batch.</summary>
    public int LengthMax { get; } = 1 + WireVarint.LengthMax + batchLength * source.MemberLengthMax;

    /// <summary>Batches written and not answered.</summary>
    public int InFlight => (int)(written - answered);

    public bool IsFull => InFlight == batchCount;

    /// <summary>Requests written and not answered.</summary>
    public int RequestsInFlight => InFlight * batchLength;

    /// <summary>Writes the next batch, an AuthorizeBatchRequest or ExecuteBatchRequest, with the batch's number as its tag.</summary>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> target, long now)
    {
        var place = (int)(written % (ulong)batchCount);
        written++;
        sentAt[place] = now;
        source.Refresh();
        target[0] = 1 << 3;
        var at = 1 + WireVarint.Write(written, target[1..]);
        for (var i = 0; i < batchLength; i++)
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
        var tag = 0UL;
        var count = 0;
        var failed = 0;
        for (var at = 0; at < reply.Length;)
        {
            if (!DecisionWire.TryReadReplyField(reply, ref at, ref tag, out var decision)) throw new Http2Exception("reply that is no message");
            if (decision.IsEmpty) continue;
            if (count == batchLength) throw new Http2Exception("reply with too many decisions");
            if (!CheckDecision(decision, sent[place * batchLength + count])) failed++;
            count++;
        }

        if (tag != answered) throw new Http2Exception("reply to another batch");
        if (count < batchLength) tally.Fail("reply with too few decisions", batchLength - count);
        tally.CompleteBatch(count - failed, sentAt[place], receivedAt);
    }

    /// <summary>Counts what is under way as failed, and starts over.</summary>
    public void Fail(string kind)
    {
        if (InFlight > 0) tally.Fail(kind, RequestsInFlight);
        written = 0;
        answered = 0;
    }

    private bool CheckDecision(ReadOnlySpan<byte> bytes, in SentRequest request)
    {
        var fault = !DecisionWire.TryRead(bytes, out var decision) ? "reply that is no decision"
            : decision.Kind == OutcomeKind.Approved && decision.Amount != request.Amount ? "reply to another request"
            : decision.Kind != OutcomeKind.Refused && decision.DecisionId <= 0 ? "decision without id"
            : null;
        if (fault is null)
        {
            tally.Count(decision.Kind, decision.Reason, decision.Duplicate, decision.DecisionId);
            source.Answer(request, decision);
        }
        else tally.Fail(fault);

        return fault is null;
    }
}
