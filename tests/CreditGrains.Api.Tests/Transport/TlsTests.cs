using System.Net;
using System.Net.Security;
using System.Text;
using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport.Client;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>With TLS one port serves gRPC, JSON and pages.</summary>
public sealed class TlsTests(EchoHost host) : IClassFixture<EchoHost>, IDisposable
{
    private readonly SocketsHttpHandler handler = new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => host.Certificate.Equals(certificate),
        },
    };

    public void Dispose() => handler.Dispose();

    [Fact]
    public async Task Grpc_IsServed()
    {
        using var channel = new RpcChannel(host.TlsAddress, new RpcChannelOptions { Handler = handler });
        Assert.Equal("hi", (await channel.UnaryAsync(ClientServerTests.Echo, new EchoMessage { Text = "hi" })).Text);
    }

    [Fact]
    public async Task JsonAndPages_AreServedByHttp1()
    {
        using var http = new HttpClient(handler, disposeHandler: false);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(host.TlsAddress, "/creditgrains.test.EchoService/Echo"), content);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version11), (response.StatusCode, response.Version));
        Assert.Equal("an ordinary page", await http.GetStringAsync(new Uri(host.TlsAddress, "/page")));
    }
}
