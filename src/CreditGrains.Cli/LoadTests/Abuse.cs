using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Domain.Draws;

namespace CreditGrains.Cli.LoadTests;

/// <summary>
/// Callers who break the rules, beside a load: connections that greet and then say nothing, that send frames of random kind and
/// content, and that call and never read the answers. What they do to the others is what is measured.
/// </summary>
internal sealed class Abuse(IPEndPoint address, ulong seed) : IDisposable
{
    private const int IdleConnections = 10_000;
    private const int OpenFilesReserve = 512;
    private const int SlowReaders = 50;
    private const int CallsOfASlowReader = 100;
    private const int MalformedPauseMs = 5;
    private const int FramesAtOnce = 8;
    private const int FrameLengthMax = 4_096;
    private const int AnswerTimeoutMs = 100;
    private static readonly byte[] Greeting = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, (byte)FrameType.Settings, 0, 0, 0, 0, 0];
    private readonly List<Socket> open = [];
    private readonly CancellationTokenSource ending = new();
    private Task callers = Task.CompletedTask;
    private int idleCount;
    private long malformedCount;
    private int slowReaderCount;

    /// <summary>Whether they have joined.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>What they did so far, for a report.</summary>
    public string Text => FormattableString.Invariant(
        $"{Volatile.Read(ref idleCount):N0} silent connections, {Interlocked.Read(ref malformedCount):N0} connections with malformed frames, {Volatile.Read(ref slowReaderCount)} callers who never read");

    /// <summary>Silent connections made so far.</summary>
    public int SilentJoined => Volatile.Read(ref idleCount);

    /// <summary>How many are made where a process may have so many open files: 10,000, or what is left of the limit.</summary>
    /// <param name="openFilesMax">Null where it is not known.</param>
    public static int SilentAsked(long? openFilesMax) => (int)Math.Clamp((openFilesMax ?? long.MaxValue) - OpenFilesReserve, 0, IdleConnections);

    /// <summary>Most open files of this process by the kernel; null where there is no /proc.</summary>
    public static long? OpenFilesMax()
    {
        const string file = "/proc/self/limits";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 3 } words && long.TryParse(words[3], CultureInfo.InvariantCulture, out var most) ? most : null;
    }

    /// <summary>Counts the connections, silent or never reading, that the server has not closed, by reading what it said on them.</summary>
    public int CountOpen()
    {
        var said = new byte[FrameLengthMax];
        lock (open) return open.Count(socket => IsOpen(socket, said));
    }

    /// <summary>Joins them to the load, on threads of their own.</summary>
    public void Start()
    {
        IsStarted = true;
        callers = Task.WhenAll(Task.Run(HoldSilentAsync), Task.Run(SendMalformedAsync), Task.Run(CallAndNeverReadAsync));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ending.Cancel();
        callers.Wait();
        foreach (var socket in open) socket.Dispose();
        ending.Dispose();
    }

    private async Task HoldSilentAsync()
    {
        for (var i = 0; i < IdleConnections && !ending.IsCancellationRequested; i++)
        {
            if (await TryConnectAsync() is not { } socket) return;
            Keep(socket);
            if (!await TrySendAsync(socket, Greeting)) continue;
            Interlocked.Increment(ref idleCount);
        }
    }

    private async Task SendMalformedAsync()
    {
        var random = new Xoshiro256(seed);
        var bytes = new byte[Greeting.Length + FramesAtOnce * (FrameHeader.Size + FrameLengthMax)];
        var answer = new byte[FrameLengthMax];
        while (!ending.IsCancellationRequested)
        {
            if (await TryConnectAsync() is not { } socket) return;
            using (socket)
            {
                var length = WriteMalformed(bytes, ref random);
                try
                {
                    using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
                    timeout.CancelAfter(AnswerTimeoutMs);
                    await socket.SendAsync(bytes.AsMemory(0, length), timeout.Token);
                    while (await socket.ReceiveAsync(answer, timeout.Token) > 0)
                    {
                        // Read what it says until it closes.
                    }
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // Closed in the middle, or left open: either is an answer.
                }
            }

            Interlocked.Increment(ref malformedCount);
            await Task.Delay(MalformedPauseMs);
        }
    }

    private async Task CallAndNeverReadAsync()
    {
        for (var i = 0; i < SlowReaders && !ending.IsCancellationRequested; i++)
        {
            if (await TryConnectAsync() is not { } socket) return;
            Keep(socket);
            if (!await TrySendAsync(socket, Greeting)) continue;
            var block = new RequestBlock(address.ToString(), "/creditgrains.v1.QueryService/GetStatus", 0).First;
            for (var call = 0; call < CallsOfASlowReader; call++)
                if (!await TrySendAsync(socket, Call(block, 2 * call + 1))) break;
            Interlocked.Increment(ref slowReaderCount);
        }
    }

    /// <summary>A whole call with an empty message.</summary>
    private static byte[] Call(byte[] block, int stream)
    {
        var call = new byte[2 * FrameHeader.Size + block.Length + GrpcPrefix.Size];
        new FrameHeader(block.Length, FrameType.Headers, FrameFlags.EndHeaders, stream).Write(call);
        block.CopyTo(call.AsSpan(FrameHeader.Size));
        new FrameHeader(GrpcPrefix.Size, FrameType.Data, FrameFlags.EndStream, stream).Write(call.AsSpan(FrameHeader.Size + block.Length));
        return call;
    }

    /// <summary>One in four does not even greet; the others send frames whose kind, flags, stream, length and content are random.</summary>
    private static int WriteMalformed(Span<byte> target, ref Xoshiro256 random)
    {
        var at = 0;
        if (random.Below(4) > 0)
        {
            Greeting.CopyTo(target);
            at = Greeting.Length;
        }

        for (var frame = 0; frame < FramesAtOnce; frame++)
        {
            var length = (int)random.Below(FrameLengthMax);
            var claimed = random.Below(8) == 0 ? (int)random.Below(1 << 24) : length;
            new FrameHeader(claimed, (FrameType)random.Below(12), (FrameFlags)random.Below(256), (int)random.Below(16)).Write(target[at..]);
            at += FrameHeader.Size;
            for (var i = 0; i < length; i++) target[at + i] = unchecked((byte)random.Next());
            at += length;
        }

        return at;
    }

    private static bool IsOpen(Socket socket, byte[] said)
    {
        socket.Blocking = false;
        while (true)
        {
            var length = socket.Receive(said, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return true;
            if (error != SocketError.Success || length == 0) return false;
        }
    }

    /// <summary>Sends. A server that throws a rule-breaker out is right: the load and its report go on.</summary>
    private async Task<bool> TrySendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await socket.SendAsync(bytes, ending.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Connects; null when no more can be, or the abuse ends.</summary>
    private async Task<Socket?> TryConnectAsync()
    {
        while (true)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(address, ending.Token);
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Connected, and thrown out before this side had seen it: the next may stay.
                socket?.Dispose();
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Refused, or out of descriptors: those that joined go on; the count in the report says how many.
                socket?.Dispose();
                return null;
            }
        }
    }

    private void Keep(Socket socket)
    {
        lock (open) open.Add(socket);
    }
}
