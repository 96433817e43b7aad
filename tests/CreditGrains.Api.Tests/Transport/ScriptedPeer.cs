using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>A server of one call on one connection: reads the call's headers, begins an answer, sends the frames it was given and closes.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private const int PrefaceLength = 24;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task serving;

    /// <param name="frames">Sent after the response headers of stream 1.</param>
    /// <param name="closesHard">Whether the connection ends with a TCP reset.</param>
    public ScriptedPeer(byte[] frames, bool closesHard)
    {
        listener.Start();
        serving = ServeAsync(frames, closesHard);
    }

    public Uri Address => new($"http://{listener.LocalEndpoint}");

    public async ValueTask DisposeAsync()
    {
        await serving;
        listener.Dispose();
    }

    private async Task ServeAsync(byte[] frames, bool closesHard)
    {
        using var client = await listener.AcceptTcpClientAsync();
        client.NoDelay = true;
        var stream = client.GetStream();
        await stream.ReadExactlyAsync(new byte[PrefaceLength]);
        await stream.WriteAsync(RawHttp2.Frame(RawHttp2.Settings, 0, 0, []));
        await ReadUntilEndAsync(stream);
        await stream.WriteAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, AnswerHeaders()));
        await stream.WriteAsync(frames);
        if (closesHard) client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static async Task ReadUntilEndAsync(NetworkStream stream)
    {
        var head = new byte[9];
        do
        {
            await stream.ReadExactlyAsync(head);
            await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]);
        }
        while (head[3] != RawHttp2.Data || (head[4] & RawHttp2.EndStream) == 0);
    }

    private static byte[] AnswerHeaders()
    {
        const byte statusOk = 0x88;
        const string name = "content-type";
        const string value = "application/grpc";
        return [statusOk, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
    }
}
