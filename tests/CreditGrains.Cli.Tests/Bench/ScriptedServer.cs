using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Http2;
using Google.Protobuf;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>What an unusual but correct server does.</summary>
/// <param name="InitialWindow">SETTINGS_INITIAL_WINDOW_SIZE; each DATA frame is acknowledged with a WINDOW_UPDATE.</param>
/// <param name="TableSize">SETTINGS_HEADER_TABLE_SIZE.</param>
/// <param name="StreamsMax">SETTINGS_MAX_CONCURRENT_STREAMS.</param>
/// <param name="SplitsFrames">Header blocks over CONTINUATION, padding, the message in pieces, pings, unknown frames.</param>
/// <param name="StreamsBeforeGoAway">Streams answered on a connection before GOAWAY; 0 is no end.</param>
internal sealed record ServerScript(
    int InitialWindow = 65_535, int TableSize = 4_096, int StreamsMax = 100, bool SplitsFrames = false, int StreamsBeforeGoAway = 0);

/// <summary>
/// An HTTP/2 server of unary Authorize written frame by frame. Its header blocks use Huffman code and a table that grows,
/// evicts and is referred to.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ServerScript script;
    private readonly Thread thread;
    private volatile Exception? fault;
    private volatile bool isOver;
    private TcpClient? current;

    public ScriptedServer(ServerScript script)
    {
        this.script = script;
        listener.Start();
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    public IPEndPoint Address => (IPEndPoint)listener.LocalEndpoint;

    public int Connections { get; private set; }

    /// <summary>What the client did wrong; null when nothing.</summary>
    public Exception? Fault => fault;

    public void Dispose()
    {
        isOver = true;
        listener.Dispose();
        current?.Dispose();
        thread.Join();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                using var client = listener.AcceptTcpClient();
                current = client;
                client.NoDelay = true;
                Connections++;
                new Session(client.GetStream(), script).Run();
            }
        }
        catch (Exception e)
        {
            // Once the test is over its sockets close under this thread.
            fault = isOver ? null : e;
        }
    }

    private sealed class Session(NetworkStream stream, ServerScript script)
    {
        private readonly Dictionary<int, List<byte>> bodies = [];
        private readonly HpackDecoder decoder = new();
        private readonly Dictionary<int, long> windows = [];
        private int answered;
        private int inserted;
        private int statusInsertedAt = -1;
        private bool isGoingAway;

        public void Run()
        {
            try
            {
                Serve();
            }
            catch (IOException) when (isGoingAway)
            {
                // After GOAWAY the client may close with frames unread.
                return;
            }
        }

        private void Serve()
        {
            stream.ReadExactly(new byte[24]);
            var settings = new byte[18];
            PeerSettings.Write(settings, PeerSettings.HeaderTableSize, script.TableSize);
            PeerSettings.Write(settings.AsSpan(6), PeerSettings.InitialWindowSize, script.InitialWindow);
            PeerSettings.Write(settings.AsSpan(12), PeerSettings.MaxConcurrentStreams, script.StreamsMax);
            Send(FrameType.Settings, FrameFlags.None, 0, settings);
            var head = new byte[FrameHeader.Size];
            while (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
            {
                var header = FrameHeader.Read(head);
                var payload = new byte[header.Length];
                stream.ReadExactly(payload);
                Take(header, payload);
            }
        }

        private void Take(FrameHeader header, byte[] payload)
        {
            if (header.Type == FrameType.Headers)
            {
                decoder.Decode(payload, new ResponseFields());
                bodies.Add(header.Stream, []);
                windows.Add(header.Stream, script.InitialWindow);
                if (bodies.Count > script.StreamsMax) throw new InvalidDataException("more streams than allowed");
            }

            if (header.Type != FrameType.Data) return;
            windows[header.Stream] -= payload.Length;
            if (windows[header.Stream] < 0) throw new InvalidDataException("more sent than the window allows");
            bodies[header.Stream].AddRange(payload);
            WindowUpdate(0, payload.Length);
            if (header.Has(FrameFlags.EndStream)) End(header.Stream);
            else WindowUpdate(header.Stream, payload.Length);
            if (!header.Has(FrameFlags.EndStream)) windows[header.Stream] += payload.Length;
        }

        private void End(int id)
        {
            if (script.StreamsBeforeGoAway > 0 && answered >= script.StreamsBeforeGoAway)
            {
                GoAway(id - 2);
                return;
            }

            var request = AuthorizeRequest.Parser.ParseFrom([.. bodies[id][GrpcPrefix.Size..]]);
            bodies.Remove(id);
            answered++;
            Answer(id, new Decision { Kind = OutcomeKind.Approved, DecisionId = id, Amount = request.Amount }.ToByteArray());
        }

        private void Answer(int id, byte[] decision)
        {
            byte[] body = [0, 0, 0, 0, (byte)decision.Length, .. decision];
            inserted++;
            byte[] headers = [0x88, 0x40, 3, .. "x-n"u8, 40, .. Enumerable.Repeat((byte)(answered % 256), 40)];
            if (!script.SplitsFrames)
            {
                Send(FrameType.Headers, FrameFlags.EndHeaders, id, headers);
                Send(FrameType.Data, FrameFlags.None, id, body);
                Send(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, Trailers());
                return;
            }

            Send(FrameType.Headers, FrameFlags.Padded | FrameFlags.Priority, id, [2, 0, 0, 0, 0, 16, .. headers[..3], 0, 0]);
            Send(FrameType.Continuation, FrameFlags.None, id, headers[3..10]);
            Send(FrameType.Continuation, FrameFlags.EndHeaders, id, headers[10..]);
            Send((FrameType)77, FrameFlags.None, id, [1, 2, 3]);
            Send(FrameType.Data, FrameFlags.Padded, id, [3, .. body[..4], 0, 0, 0]);
            Send(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
            Send(FrameType.Data, FrameFlags.None, id, body[4..]);
            Send(FrameType.Data, FrameFlags.None, id, []);
            var trailers = Trailers();
            Send(FrameType.Headers, FrameFlags.EndStream, id, trailers[..1]);
            Send(FrameType.Continuation, FrameFlags.EndHeaders, id, trailers[1..]);
        }

        /// <summary>grpc-status: 0, added anew by Huffman code when it may have been evicted, else by index.</summary>
        private byte[] Trailers()
        {
            var age = inserted - statusInsertedAt;
            if (statusInsertedAt >= 0 && age <= 20) return [(byte)(0x80 | (62 + age))];
            statusInsertedAt = ++inserted;
            // g r p c - s t a t u s by RFC 7541 appendix B, and the digit 0.
            return [0x40, 0x88, 0x9A, 0xCA, 0xC8, 0xB2, 0x12, 0x34, 0xDA, 0x8F, 0x81, 0x07];
        }

        private void GoAway(int lastStream)
        {
            if (isGoingAway) return;
            isGoingAway = true;
            var payload = new byte[8];
            BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
            Send(FrameType.GoAway, FrameFlags.None, 0, payload);
        }

        private void WindowUpdate(int id, int increment)
        {
            if (increment == 0) return;
            var payload = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(payload, increment);
            Send(FrameType.WindowUpdate, FrameFlags.None, id, payload);
        }

        private void Send(FrameType type, FrameFlags flags, int id, byte[] payload)
        {
            var frame = new byte[FrameHeader.Size + payload.Length];
            new FrameHeader(payload.Length, type, flags, id).Write(frame);
            payload.CopyTo(frame, FrameHeader.Size);
            stream.Write(frame);
        }
    }
}
