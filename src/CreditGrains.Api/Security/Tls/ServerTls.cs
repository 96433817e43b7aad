using System.Net.Security;
using System.Security.Authentication;
using CreditGrains.Api.Security.Files;

namespace CreditGrains.Api.Security.Tls;

/// <summary>The server's side of TLS 1.2 and 1.3 by files that may be replaced while it runs; connections that stand keep what they began with.</summary>
public sealed class ServerTls
{
    private readonly WatchedFile<SslServerAuthenticationOptions> options;

    /// <summary>Reads the files.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="clock">Says when to look at them again.</param>
    /// <param name="warn">Told when a new version cannot be used.</param>
    /// <exception cref="SecurityFileException">CertificateInvalid.</exception>
    public ServerTls(TlsSettings settings, TimeProvider clock, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string[] paths = settings.ClientCa is { } ca ? [settings.Certificate, settings.Key, ca] : [settings.Certificate, settings.Key];
        options = new WatchedFile<SslServerAuthenticationOptions>(paths, () => Read(settings), clock, warn);
    }

    /// <summary>What the next connection is met with. A copy: who opens a connection may add its protocols.</summary>
    public SslServerAuthenticationOptions Options()
    {
        var current = options.Current;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = current.ServerCertificateContext,
            EnabledSslProtocols = current.EnabledSslProtocols,
            ClientCertificateRequired = current.ClientCertificateRequired,
            RemoteCertificateValidationCallback = current.RemoteCertificateValidationCallback,
            AllowRenegotiation = false,
        };
    }

    private static SslServerAuthenticationOptions Read(TlsSettings settings)
    {
        var certificate = PemFiles.CertificateWithKey(settings.Certificate, settings.Key);
        var between = PemFiles.Certificates(settings.Certificate);
        between.RemoveAt(0);
        var read = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, between, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (settings.ClientCa is not { } ca) return read;
        var roots = PemFiles.Certificates(ca);
        var isRequired = settings.ClientCertificateRequired;
        read.ClientCertificateRequired = true;
        read.RemoteCertificateValidationCallback = (_, shown, chain, _) => shown is null ? !isRequired : PeerTrust.IsTrustedClient(shown, chain, roots);
        return read;
    }
}
