using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// The client's end of one HTTP/2 connection by prior knowledge, on a socket that never blocks after the greeting: reads
/// frames into a sink, collects frames to send, keeps both connection windows. Streams belong to the sink. One thread.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    private const int ReceiveLength = 256 * 1024;
    private const int WindowMax = int.MaxValue;
    private const int WindowUsual = 65_535;
    private const int WindowRefill = 1 << 29;
    private const int GreetingTimeoutMs = 10_000;
    private readonly HpackDecoder decoder = new();
    private readonly ResponseFields fields = new();
    private readonly byte[] received = new byte[ReceiveLength];
    private readonly List<byte> splitBlock = [];
    private int receivedLength;
    private int splitStream;
    private bool splitIsEnd;
    private bool hasSettings;
    private int consumed;

    private Http2Connection(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public SendBuffer Output { get; } = new();

    /// <summary>What the server said.</summary>
    public PeerSettings Settings { get; } = new();

    /// <summary>Body bytes the connection may still send.</summary>
    public long SendWindow { get; private set; } = WindowUsual;

    /// <summary>Whether the server asked for no more streams here.</summary>
    public bool IsGoingAway { get; private set; }

    /// <summary>Connects and greets; returns once the server's settings are known.</summary>
    public static Http2Connection Connect(IPEndPoint address, IStreamSink sink)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new Http2Connection(socket);
        try
        {
            socket.Connect(address);
            socket.Blocking = false;
            connection.Greet(sink);
            return connection;
        }
        catch (SocketException e)
        {
            connection.Dispose();
            throw new Http2Exception($"connect: {e.SocketErrorCode}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads what there is without waiting and hands whole frames to the sink.</summary>
    /// <exception cref="Http2Exception">The connection broke or the server broke the protocol.</exception>
    public void Receive(IStreamSink sink)
    {
        while (true)
        {
            var room = received.Length - receivedLength;
            var count = Socket.Receive(received.AsSpan(receivedLength), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success) throw new Http2Exception($"receive: {error}");
            if (count == 0) throw new Http2Exception("the server closed the connection");
            receivedLength += count;
            ReadFrames(sink);
            if (count < room) return;
        }
    }

    /// <summary>Counts body bytes against the connection's window.</summary>
    public void Spend(int length) => SendWindow -= length;

    /// <summary>Writes a frame header and gives the room for its payload.</summary>
    public Span<byte> Frame(FrameType type, FrameFlags flags, int stream, int length)
    {
        var span = Output.Take(FrameHeader.Size + length);
        new FrameHeader(length, type, flags, stream).Write(span);
        return span[FrameHeader.Size..];
    }

    /// <summary>Lets the server send more on a stream (0: on the connection).</summary>
    public void WriteWindowUpdate(int stream, int increment) =>
        BinaryPrimitives.WriteInt32BigEndian(Frame(FrameType.WindowUpdate, FrameFlags.None, stream, 4), increment);

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();

    private void Greet(IStreamSink sink)
    {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(Output.Take(24));
        // No pushes; streams may send all they have.
        var settings = Frame(FrameType.Settings, FrameFlags.None, 0, 12);
        PeerSettings.Write(settings, PeerSettings.EnablePush, 0);
        PeerSettings.Write(settings[6..], PeerSettings.InitialWindowSize, WindowMax);
        WriteWindowUpdate(0, WindowMax - WindowUsual);
        Output.Send(Socket);
        while (!hasSettings)
        {
            if (!Socket.Poll(GreetingTimeoutMs * 1_000, SelectMode.SelectRead)) throw new Http2Exception("no HTTP/2 settings from the server");
            Receive(sink);
        }

        Output.Send(Socket);
    }

    private void ReadFrames(IStreamSink sink)
    {
        var at = 0;
        while (receivedLength - at >= FrameHeader.Size)
        {
            var header = FrameHeader.Read(received.AsSpan(at));
            if (header.Length > FrameHeader.PayloadMax) throw new Http2Exception("a frame longer than allowed");
            if (receivedLength - at - FrameHeader.Size < header.Length) break;
            Take(header, received.AsSpan(at + FrameHeader.Size, header.Length), sink);
            at += FrameHeader.Size + header.Length;
        }

        received.AsSpan(at, receivedLength - at).CopyTo(received);
        receivedLength -= at;
    }

    private void Take(in FrameHeader header, ReadOnlySpan<byte> payload, IStreamSink sink)
    {
        if (splitStream != 0 && header.Type != FrameType.Continuation) throw new Http2Exception("a frame within a header block");
        if (header.Stream == 0 && (header.Type is FrameType.Data or FrameType.Headers or FrameType.ResetStream))
            throw new Http2Exception("a stream's frame on the connection");
        switch (header.Type)
        {
            case FrameType.Data: TakeData(header, payload, sink); break;
            case FrameType.Headers: TakeHeaders(header, payload, sink); break;
            case FrameType.Continuation: TakeContinuation(header, payload, sink); break;
            case FrameType.ResetStream: sink.OnReset(header.Stream, Number(payload, 0)); break;
            case FrameType.Settings: TakeSettings(header, payload, sink); break;
            case FrameType.Ping: TakePing(header, payload); break;
            case FrameType.GoAway:
                IsGoingAway = true;
                sink.OnGoAway((int)(Number(payload, 0) & int.MaxValue), Number(payload, 4));
                break;
            case FrameType.WindowUpdate: TakeWindow(header, payload, sink); break;
            case FrameType.PushPromise: throw new Http2Exception("a push that was ruled out");
            case FrameType.Priority:
            default: break; // Frames of unknown types are ignored, RFC 9113 §4.1.
        }
    }

    private void TakeData(in FrameHeader header, ReadOnlySpan<byte> payload, IStreamSink sink)
    {
        consumed += header.Length;
        if (consumed >= WindowRefill)
        {
            WriteWindowUpdate(0, consumed);
            consumed = 0;
        }

        sink.OnData(header.Stream, Unpad(header, payload), header.Has(FrameFlags.EndStream));
    }

    private void TakeHeaders(in FrameHeader header, ReadOnlySpan<byte> payload, IStreamSink sink)
    {
        var block = Unpad(header, payload);
        if (header.Has(FrameFlags.Priority))
        {
            if (block.Length < 5) throw new Http2Exception("a frame that is too short");
            block = block[5..];
        }

        if (header.Has(FrameFlags.EndHeaders))
        {
            decoder.Decode(block, fields);
            sink.OnHeaders(header.Stream, fields, header.Has(FrameFlags.EndStream));
            return;
        }

        splitStream = header.Stream;
        splitIsEnd = header.Has(FrameFlags.EndStream);
        splitBlock.Clear();
        splitBlock.AddRange(block);
    }

    private void TakeContinuation(in FrameHeader header, ReadOnlySpan<byte> payload, IStreamSink sink)
    {
        if (splitStream == 0 || header.Stream != splitStream) throw new Http2Exception("a continuation of nothing");
        splitBlock.AddRange(payload);
        if (!header.Has(FrameFlags.EndHeaders)) return;
        splitStream = 0;
        decoder.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(splitBlock), fields);
        sink.OnHeaders(header.Stream, fields, splitIsEnd);
    }

    private void TakeSettings(in FrameHeader header, ReadOnlySpan<byte> payload, IStreamSink sink)
    {
        if (header.Has(FrameHeader.Ack)) return;
        var windowBefore = Settings.InitialWindow;
        Settings.Read(payload);
        hasSettings = true;
        Frame(FrameType.Settings, FrameHeader.Ack, 0, 0);
        if (Settings.InitialWindow != windowBefore) sink.OnInitialWindowChange(Settings.InitialWindow - windowBefore);
    }

    private void TakePing(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8) throw new Http2Exception("a ping of a wrong length");
        if (!header.Has(FrameHeader.Ack)) payload.CopyTo(Frame(FrameType.Ping, FrameHeader.Ack, 0, 8));
    }

    private void TakeWindow(in FrameHeader header, ReadOnlySpan<byte> payload, IStreamSink sink)
    {
        var increment = (int)(Number(payload, 0) & int.MaxValue);
        if (header.Stream == 0) SendWindow += increment;
        sink.OnWindow(header.Stream, increment);
    }

    private static ReadOnlySpan<byte> Unpad(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!header.Has(FrameFlags.Padded)) return payload;
        if (payload.IsEmpty || payload[0] >= payload.Length) throw new Http2Exception("padding longer than its frame");
        return payload[1..^payload[0]];
    }

    private static uint Number(ReadOnlySpan<byte> payload, int at) =>
        payload.Length >= at + 4 ? BinaryPrimitives.ReadUInt32BigEndian(payload[at..]) : throw new Http2Exception("a frame that is too short");
}
