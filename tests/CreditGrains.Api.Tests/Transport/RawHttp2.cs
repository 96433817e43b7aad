using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>An HTTP/2 connection written frame by frame, right or wrong.</summary>
internal sealed class RawHttp2(Socket socket) : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte GoAway = 7;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    public static async Task<RawHttp2> ConnectAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return new RawHttp2(socket);
    }

    /// <summary>The client preface and empty settings.</summary>
    public async Task GreetAsync()
    {
        await SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await SendAsync(Frame(Settings, 0, 0, []));
    }

    public async Task SendAsync(byte[] bytes) => await socket.SendAsync(bytes);

    /// <summary>Reads frames until one of a type, or until the server closes: then false.</summary>
    public async Task<bool> ReadUntilAsync(byte type)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var head = new byte[9];
        try
        {
            while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
            {
                await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]);
                if (head[3] == type)
                    return true;
            }
        }
        catch (IOException)
        {
            return false;
        }

        return false;
    }

    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload, int? length = null)
    {
        var size = length ?? payload.Length;
        return
        [
            (byte)((size >> 16) & 0xff), (byte)((size >> 8) & 0xff), (byte)(size & 0xff), type, flags,
            (byte)((stream >> 24) & 0xff), (byte)((stream >> 16) & 0xff), (byte)((stream >> 8) & 0xff), (byte)(stream & 0xff),
            .. payload,
        ];
    }

    /// <summary>The headers of a gRPC call, uncompressed.</summary>
    public static byte[] CallHeaders(string path)
    {
        var block = new List<byte>();
        foreach (var (name, value) in new[]
        {
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        })
        {
            block.Add(0);
            block.Add((byte)name.Length);
            block.AddRange(Encoding.ASCII.GetBytes(name));
            block.Add((byte)value.Length);
            block.AddRange(Encoding.ASCII.GetBytes(value));
        }

        return [.. block];
    }

    public void Dispose() => socket.Dispose();
}
