using System.Net;
using System.Net.Sockets;
using CreditGrains.Cli.LoadTests;

namespace CreditGrains.Cli.Tests.LoadTests;

/// <summary>Rule-breakers of a load test against a server that throws them out.</summary>
public sealed class AbuseTest
{
    private const int Connections = 400;

    [Fact]
    public async Task Abuse_OfAServerThatResetsEveryConnection_EndsWithoutAFault()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using (var abuse = new Abuse((IPEndPoint)listener.LocalEndpoint, 1))
        {
            abuse.Start();
            for (var i = 0; i < Connections; i++)
            {
                using var socket = await listener.AcceptSocketAsync(timeout.Token);
                // Closed with a reset: whoever sends now is told so.
                socket.LingerState = new LingerOption(true, 0);
            }

            listener.Stop();
        }
    }
}
