using System.Net;
using System.Net.Sockets;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// A connection with a fixed number of unary Authorize calls under way. A reply is matched to its request by stream and by
/// amount; a call the server never looked at (GOAWAY, REFUSED_STREAM) is sent again with the same id on a new stream.
/// </summary>
internal sealed class UnaryConnection : ILoadConnection, IStreamSink
{
    /// <summary>Path of the call.</summary>
    public const string Path = "/creditgrains.v1.LimitService/Authorize";

    private const uint RefusedStream = 7;
    private readonly IPEndPoint address;
    private readonly AuthorizationSource source;
    private readonly Tally tally;
    private readonly CallSlot[] slots;
    private readonly int[] streams;
    private readonly Stack<int> free;
    private readonly string? authorization;
    private Http2Connection connection;
    private RequestBlock block;
    private int nextStream = 1;
    private int waiting;
    private int partlySent;
    private long receivedAt;

    public UnaryConnection(IPEndPoint address, int streamCount, AuthorizationSource source, Tally tally, string? authorization = null)
    {
        this.address = address;
        this.authorization = authorization;
        this.source = source;
        this.tally = tally;
        slots = [.. Enumerable.Range(0, streamCount).Select(_ => new CallSlot())];
        streams = new int[streamCount];
        connection = Http2Connection.Connect(address, this);
        block = MakeBlock();
        StreamCount = Math.Min(streamCount, connection.Settings.StreamsMax);
        free = new Stack<int>(Enumerable.Range(0, StreamCount));
    }

    /// <summary>Calls under way at most: as asked, or what the server allows.</summary>
    public int StreamCount { get; }

    public Socket Socket => connection.Socket;

    public bool HasUnsent => connection.Output.Length > 0;

    public int InFlight => StreamCount - free.Count;

    public int SendsAtOnce => 1;

    public void Receive(long now)
    {
        receivedAt = now;
        try
        {
            connection.Receive(this);
        }
        catch (Http2Exception e)
        {
            Reconnect(e.Message);
        }
    }

    public void Send(long now, IArrivals? arrivals)
    {
        if (connection.IsGoingAway && InFlight == waiting) Reconnect(null);
        if (!connection.IsGoingAway)
        {
            if (waiting > 0) SendWaiting();
            if (arrivals is not null && free.Count > 0) SendDue(now, arrivals);
        }

        if (partlySent > 0) SendRest();
        try
        {
            connection.Output.Send(connection.Socket);
        }
        catch (Http2Exception e)
        {
            Reconnect(e.Message);
        }
    }

    public void Abandon()
    {
        if (InFlight > 0) tally.Fail("unanswered", InFlight);
    }

    public void Dispose() => connection.Dispose();

    public void OnHeaders(int stream, ResponseFields fields, bool isEnd)
    {
        var place = Array.IndexOf(streams, stream);
        if (place < 0) return;
        var slot = slots[place];
        if (fields.Status != 0) slot.Status = fields.Status;
        if (isEnd) End(place, fields);
    }

    public void OnData(int stream, ReadOnlySpan<byte> data, bool isEnd)
    {
        var place = Array.IndexOf(streams, stream);
        if (place < 0) return;
        slots[place].Take(data);
        if (isEnd) Fail(place, "no trailers");
    }

    public void OnReset(int stream, uint errorCode)
    {
        var place = Array.IndexOf(streams, stream);
        if (place < 0) return;
        if (errorCode == RefusedStream) Wait(place);
        else Fail(place, $"reset, code {errorCode}");
    }

    public void OnWindow(int stream, int increment)
    {
        var place = stream == 0 ? -1 : Array.IndexOf(streams, stream);
        if (place >= 0) slots[place].SendWindow += increment;
    }

    public void OnInitialWindowChange(long delta)
    {
        foreach (var slot in slots) slot.SendWindow += delta;
    }

    public void OnGoAway(int lastStream, uint errorCode)
    {
        for (var place = 0; place < streams.Length; place++)
            if (streams[place] > lastStream) Wait(place);
    }

    private void End(int place, ResponseFields fields)
    {
        var slot = slots[place];
        if (slot.Status != 200) Fail(place, $"HTTP {slot.Status}");
        else if (fields.GrpcStatus != 0) Fail(place, $"grpc-status {fields.GrpcStatus} {fields.GrpcMessage}");
        else if (slot.Fault is { } fault) Fail(place, fault);
        else if (!slot.HasDecision) Fail(place, "no reply");
        else if (slot.Decision.Kind == OutcomeKind.Approved && slot.Decision.Amount != slot.Amount) Fail(place, "reply to another request");
        else if (slot.Decision.Kind != OutcomeKind.Refused && slot.Decision.DecisionId <= 0) Fail(place, "decision without id");
        else
        {
            tally.Complete(slot.Decision.Kind, slot.Decision.Reason, slot.Decision.Duplicate, slot.SentAt, receivedAt, slot.Decision.DecisionId);
            source.Answer(slot.Sent, slot.Decision);
            Release(place);
        }
    }

    private void Fail(int place, string kind)
    {
        tally.Fail(kind);
        Release(place);
    }

    private void Release(int place)
    {
        ForgetStream(place);
        free.Push(place);
    }

    private void Wait(int place)
    {
        if (slots[place].IsWaiting) return;
        ForgetStream(place);
        slots[place].IsWaiting = true;
        waiting++;
    }

    private void ForgetStream(int place)
    {
        if (streams[place] != 0 && slots[place].BodySent < slots[place].BodyLength) partlySent--;
        streams[place] = 0;
    }

    private void SendDue(long now, IArrivals arrivals)
    {
        source.Refresh();
        while (free.Count > 0 && arrivals.Due(now) > 0)
        {
            var place = free.Pop();
            Prepare(slots[place], arrivals.Take(1, now));
            Start(place);
        }
    }

    private void Prepare(CallSlot slot, long dueAt)
    {
        var request = source.Next();
        slot.Sent = AuthorizationSource.SentOf(request);
        slot.SentAt = dueAt;
        var length = AuthorizationWire.Write(request, slot.Body.AsSpan(GrpcPrefix.Size));
        GrpcPrefix.Write(slot.Body, length);
        slot.BodyLength = GrpcPrefix.Size + length;
    }

    private void Start(int place)
    {
        var slot = slots[place];
        slot.ClearResponse();
        slot.BodySent = 0;
        slot.SendWindow = connection.Settings.InitialWindow;
        var stream = nextStream;
        streams[place] = stream;
        var headers = stream == 1 ? block.First : block.Next;
        nextStream += 2;
        headers.CopyTo(connection.Frame(FrameType.Headers, FrameFlags.EndHeaders, stream, headers.Length));
        if (!TrySendBody(place)) partlySent++;
    }

    /// <summary>Sends what the windows allow; false when some is left.</summary>
    private bool TrySendBody(int place)
    {
        var slot = slots[place];
        var window = Math.Min(connection.SendWindow, slot.SendWindow);
        var length = (int)Math.Min(window, slot.BodyLength - slot.BodySent);
        if (length <= 0) return false;
        var isEnd = slot.BodySent + length == slot.BodyLength;
        var frame = connection.Frame(FrameType.Data, isEnd ? FrameFlags.EndStream : FrameFlags.None, streams[place], length);
        slot.Body.AsSpan(slot.BodySent, length).CopyTo(frame);
        slot.BodySent += length;
        slot.SendWindow -= length;
        connection.Spend(length);
        return isEnd;
    }

    private void SendRest()
    {
        for (var place = 0; place < slots.Length; place++)
            if (streams[place] != 0 && slots[place].BodySent < slots[place].BodyLength && TrySendBody(place)) partlySent--;
    }

    private void SendWaiting()
    {
        for (var place = 0; place < slots.Length; place++)
        {
            if (!slots[place].IsWaiting) continue;
            slots[place].IsWaiting = false;
            waiting--;
            Start(place);
        }
    }

    /// <summary>Makes the connection anew. What was under way when it broke is counted as failed: it may have been decided.</summary>
    private void Reconnect(string? failure)
    {
        for (var place = 0; failure is not null && place < streams.Length; place++)
            if (streams[place] != 0) Fail(place, failure);
        connection.Dispose();
        connection = Http2Connection.Connect(address, this);
        block = MakeBlock();
        nextStream = 1;
    }

    private RequestBlock MakeBlock() => new(address.ToString(), Path, connection.Settings.TableSize, authorization);
}
