using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server;
using CreditGrains.Server.Security;
using static CreditGrains.Api.Tests.Security.SecuredServer;

namespace CreditGrains.Api.Tests.Security;

/// <summary>TLS of the ports: names, roots, client certificates, files replaced while it runs.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-tls-").FullName;
    private readonly TestAuthority authority;

    public TlsTests() => authority = new TestAuthority(directory, "ours");

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Call_OverTls_IsAnsweredAndPlainOnesAreNot()
    {
        await using var server = await StartAsync(Tls(clientCa: null));
        var key = server.AddKey("reader", tenant: 0, "read");
        await UntilKnownAsync(server, key, authority.RootPath, null);
        var refused = await RefusalOf(() => StatusAsync(new UriBuilder(server.Running.GrpcAddress) { Scheme = "http" }.Uri, key, null, null));
        Assert.Equal(StatusCode.Unavailable, refused.Code);
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = PeerTrust.ClientOptions(PemFiles.Certificates(authority.RootPath), null) });
        using var page = await http.GetAsync(new Uri(server.Running.HttpAddress, "/healthz"));
        Assert.Equal("max-age=31536000", page.Headers.GetValues("Strict-Transport-Security").Single());
    }

    [Fact]
    public async Task Client_ThatTrustsAnotherRoot_DoesNotConnect()
    {
        await using var server = await StartAsync(Tls(clientCa: null));
        using var other = new TestAuthority(directory, "other");
        foreach (var roots in (string?[])[other.RootPath, null])
            Assert.Equal(StatusCode.Unavailable, (await RefusalOf(() => StatusAsync(server.Running.GrpcAddress, null, roots, null))).Code);
    }

    [Fact]
    public async Task Client_WithACertificateOfTheRoot_IsThePrincipalOfItsRow()
    {
        var mine = authority.Issue("console", isServer: false);
        var stranger = authority.Issue("stranger", isServer: false);
        using var other = new TestAuthority(directory, "other");
        var foreign = other.Issue("foreign", isServer: false);
        var server1 = authority.Issue("a-server-only", isServer: true, "double");
        await using var server = await StartAsync(settings => Tls(authority.RootPath)(settings) with { Keys = WriteRow(mine.Certificate) });
        Assert.Equal(31, (await StatusAsync(server.Running.GrpcAddress, null, authority.RootPath, mine)).LastDecisionId);
        // Of the root but without a row: known to TLS, to nobody else.
        Assert.Equal(StatusCode.Unauthenticated, (await RefusalOf(() => StatusAsync(server.Running.GrpcAddress, null, authority.RootPath, stranger))).Code);
        // Of another root, or none: not even a connection.
        Assert.Equal(StatusCode.Unavailable, (await RefusalOf(() => StatusAsync(server.Running.GrpcAddress, null, authority.RootPath, foreign))).Code);
        Assert.Equal(StatusCode.Unavailable, (await RefusalOf(() => StatusAsync(server.Running.GrpcAddress, null, authority.RootPath, null))).Code);
        Assert.NotNull(server1.Certificate);
    }

    [Fact]
    public async Task Certificate_ReplacedWhileTheServerRuns_IsShownToTheNextConnection()
    {
        await using var server = await StartAsync(Tls(clientCa: null));
        var before = await ShownAsync(server);
        authority.Issue("server", isServer: true);
        var until = DateTime.UtcNow.AddSeconds(20);
        while (await ShownAsync(server) == before) Assert.True(DateTime.UtcNow < until, "the old certificate is still shown");
    }

    [Theory]
    [InlineData("missing.pem", "server.key")]
    [InlineData("server.pem", "missing.key")]
    [InlineData("server.key", "server.key")]
    [InlineData("server.pem", "ours-root.pem")]
    public async Task Start_WithFilesThatAreNone_IsRefusedByName(string certificate, string key)
    {
        authority.Issue("server", isServer: true);
        var failure = await Assert.ThrowsAsync<StartException>(() => StartAsync(settings => settings with
        {
            Tls = new TlsSettings { Certificate = Path.Combine(directory, certificate), Key = Path.Combine(directory, key) },
        }));
        Assert.Equal("CertificateInvalid", failure.Name);
        Assert.DoesNotContain("PRIVATE", failure.Message, StringComparison.Ordinal);
    }

    private Func<SecuritySettings, SecuritySettings> Tls(string? clientCa)
    {
        var (certificate, key) = authority.Issue("server", isServer: true);
        return settings => settings with { Tls = new TlsSettings { Certificate = certificate, Key = key, ClientCa = clientCa } };
    }

    private string WriteRow(string certificate)
    {
        using var read = X509Certificate2.CreateFromPem(File.ReadAllText(certificate));
        var hash = read.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        var path = Path.Combine(directory, "rows.json");
        KeyFile.Of([new KeyEntry { Id = hash[..12], Name = "console", CertificateSha256 = hash, Roles = ["read"], Tenant = 0 }]).Write(path);
        return path;
    }

    private async Task<string> ShownAsync(SecuredServer server)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Running.GrpcAddress.Port);
        await using var tls = new SslStream(client.GetStream());
        var options = PeerTrust.ClientOptions(PemFiles.Certificates(authority.RootPath), null);
        options.TargetHost = "localhost";
        await tls.AuthenticateAsClientAsync(options);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }

    private static async Task<V1.GetStatusReply> StatusAsync(Uri address, string? key, string? roots, (string Certificate, string Key)? own)
    {
        using var channel = new RpcChannel(address, new RpcChannelOptions
        {
            Authorization = key is null ? null : $"Bearer {key}",
            Tls = PeerTrust.ClientOptions(roots is null ? null : PemFiles.Certificates(roots), own is { } files ? PemFiles.CertificateWithKey(files.Certificate, files.Key) : null),
        });
        return await channel.UnaryAsync(Method<V1.GetStatusRequest, V1.GetStatusReply>("QueryService", "GetStatus"), new V1.GetStatusRequest());
    }

    private static async Task UntilKnownAsync(SecuredServer server, string key, string roots, (string, string)? own)
    {
        var until = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            try
            {
                await StatusAsync(server.Running.GrpcAddress, key, roots, own);
                return;
            }
            catch (RpcException e) when (e.Code == StatusCode.Unauthenticated && DateTime.UtcNow < until)
            {
                await Task.Yield();
            }
        }
    }
}
