using System.Net.Sockets;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>Frames that wait for one send. Grows to what a round needs and is used again.</summary>
internal sealed class SendBuffer
{
    private byte[] bytes = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>Bytes not sent yet.</summary>
    public int Length => end - start;

    /// <summary>Room for some bytes, counted as written.</summary>
    public Span<byte> Take(int length)
    {
        if (bytes.Length - end < length) MakeRoom(length);
        var span = bytes.AsSpan(end, length);
        end += length;
        return span;
    }

    /// <summary>Gives back what <see cref="Take"/> took too much of.</summary>
    public void Return(int length) => end -= length;

    /// <summary>Sends what the socket takes without waiting.</summary>
    public void Send(Socket socket)
    {
        while (start < end)
        {
            var sent = socket.Send(bytes.AsSpan(start, end - start), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success) throw new Http2Exception($"send: {error}");
            start += sent;
        }

        start = 0;
        end = 0;
    }

    private void MakeRoom(int length)
    {
        var target = bytes.Length - Length >= length ? bytes : new byte[Math.Max(bytes.Length * 2, Length + length)];
        bytes.AsSpan(start, Length).CopyTo(target);
        end -= start;
        start = 0;
        bytes = target;
    }
}
