using System.Net;
using System.Net.Sockets;
using CreditGrains.Cli.Bench.Arrivals;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// A connection with one streamed call and a number of batches under way on it. Replies come in the order of the
/// batches. What breaks the call is counted, and the call made anew.
/// </summary>
internal sealed class StreamConnection : ILoadConnection, IStreamSink
{
    private const int StreamId = 1;
    private const int WindowRefill = 1 << 29;
    private readonly IPEndPoint address;
    private readonly int batchLength;
    private readonly BatchWindow batches;
    private readonly string? authorization;
    private readonly string path;
    private readonly MessageAssembler replies;
    private readonly byte[] unsent;
    private Http2Connection connection;
    private int unsentStart;
    private int unsentEnd;
    private long streamWindow;
    private long receivedAt;
    private int consumed;
    private int status;
    private string? ended;

    public StreamConnection(IPEndPoint address, int batchLength, int batchCount, IBatchSource source, Tally tally, string? authorization = null)
    {
        this.address = address;
        this.authorization = authorization;
        path = source.Path;
        this.batchLength = batchLength;
        batches = new BatchWindow(batchLength, batchCount, source, tally);
        replies = new MessageAssembler(reply => batches.Check(reply, receivedAt));
        unsent = new byte[batchCount * (GrpcPrefix.Size + batches.LengthMax)];
        connection = Open();
    }

    public Socket Socket => connection.Socket;

    public bool HasUnsent => connection.Output.Length > 0;

    public int InFlight => batches.RequestsInFlight;

    public int SendsAtOnce => batchLength;

    public void Receive(long now)
    {
        receivedAt = now;
        try
        {
            connection.Receive(this);
            if (ended is not null) Reopen(ended);
        }
        catch (Http2Exception e)
        {
            Reopen(e.Message);
        }
    }

    public void Send(long now, IArrivals? arrivals)
    {
        if (connection.IsGoingAway && batches.InFlight == 0) Reopen("going away");
        // A batch is as old as its oldest request.
        while (arrivals is not null && !connection.IsGoingAway && !batches.IsFull && BatchDeparture.Count(arrivals, batchLength, now) is > 0 and var count) Write(arrivals.Take(count, now), count);

        MoveUnsent();
        try
        {
            connection.Output.Send(connection.Socket);
        }
        catch (Http2Exception e)
        {
            Reopen(e.Message);
        }
    }

    public void Abandon() => batches.Fail("unanswered");

    public void Dispose() => connection.Dispose();

    public void OnHeaders(int stream, ResponseFields fields, bool isEnd)
    {
        if (fields.Status != 0) status = fields.Status;
        if (isEnd) ended = status != 200 ? $"HTTP {status}" : $"grpc-status {fields.GrpcStatus} {fields.GrpcMessage}";
    }

    public void OnData(int stream, ReadOnlySpan<byte> data, bool isEnd)
    {
        consumed += data.Length;
        if (consumed >= WindowRefill)
        {
            connection.WriteWindowUpdate(StreamId, consumed);
            consumed = 0;
        }

        replies.Take(data);
        if (isEnd) ended = "no trailers";
    }

    public void OnReset(int stream, uint errorCode) => ended = $"reset, code {errorCode}";

    public void OnWindow(int stream, int increment)
    {
        if (stream == StreamId) streamWindow += increment;
    }

    public void OnInitialWindowChange(long delta) => streamWindow += delta;

    public void OnGoAway(int lastStream, uint errorCode)
    {
        if (lastStream < StreamId) ended = "going away";
    }

    private void Write(long dueAt, int count)
    {
        if (unsent.Length - unsentEnd < GrpcPrefix.Size + batches.LengthMax)
        {
            unsent.AsSpan(unsentStart, unsentEnd - unsentStart).CopyTo(unsent);
            unsentEnd -= unsentStart;
            unsentStart = 0;
        }

        var length = batches.Write(unsent.AsSpan(unsentEnd + GrpcPrefix.Size), dueAt, count);
        GrpcPrefix.Write(unsent.AsSpan(unsentEnd), length);
        unsentEnd += GrpcPrefix.Size + length;
    }

    /// <summary>Moves what the windows allow into frames.</summary>
    private void MoveUnsent()
    {
        while (unsentStart < unsentEnd)
        {
            var window = Math.Min(Math.Min(connection.SendWindow, streamWindow), connection.Settings.PayloadMax);
            var length = (int)Math.Min(window, unsentEnd - unsentStart);
            if (length <= 0) return;
            unsent.AsSpan(unsentStart, length).CopyTo(connection.Frame(FrameType.Data, FrameFlags.None, StreamId, length));
            unsentStart += length;
            streamWindow -= length;
            connection.Spend(length);
        }

        unsentStart = 0;
        unsentEnd = 0;
    }

    private Http2Connection Open()
    {
        streamWindow = 0;
        var opened = Http2Connection.Connect(address, this);
        // Changes made by the greeting are part of the settings by now.
        streamWindow = opened.Settings.InitialWindow;
        var headers = new RequestBlock(address.ToString(), path, opened.Settings.TableSize, authorization).First;
        headers.CopyTo(opened.Frame(FrameType.Headers, FrameFlags.EndHeaders, StreamId, headers.Length));
        return opened;
    }

    private void Reopen(string failure)
    {
        batches.Fail(failure);
        replies.Clear();
        unsentStart = 0;
        unsentEnd = 0;
        consumed = 0;
        status = 0;
        ended = null;
        connection.Dispose();
        connection = Open();
    }
}
