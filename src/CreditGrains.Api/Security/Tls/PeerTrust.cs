using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CreditGrains.Api.Security.Tls;

/// <summary>Whether the other side's certificate leads to one of our roots, is in its time and is for what it is used for. The system's own roots do not count.</summary>
public static class PeerTrust
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>The check of a client's certificate by a server.</summary>
    public static bool IsTrustedClient(X509Certificate? certificate, X509Chain? sent, X509Certificate2Collection roots) =>
        certificate is X509Certificate2 known && IsTrusted(known, sent, roots, ClientAuthentication);

    /// <summary>What a client asks of a server beside the name, which TLS itself checks.</summary>
    public static X509ChainPolicy ServerPolicy(X509Certificate2Collection roots) => Policy(roots, ServerAuthentication);

    /// <summary>Settings of a client's side of TLS.</summary>
    /// <param name="roots">Roots of servers; null takes the system's.</param>
    /// <param name="own">The client's certificate with its key; null for none.</param>
    public static SslClientAuthenticationOptions ClientOptions(X509Certificate2Collection? roots, X509Certificate2? own)
    {
        var options = new SslClientAuthenticationOptions();
        if (roots is not null) options.CertificateChainPolicy = ServerPolicy(roots);
        if (own is not null) options.ClientCertificates = [own];
        return options;
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection roots, Oid purpose)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(roots, purpose) };
        if (sent is not null)
            foreach (var element in sent.ChainElements)
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }

    private static X509ChainPolicy Policy(X509Certificate2Collection roots, Oid purpose)
    {
        // Revocation is by the key file's rows; private authorities seldom publish lists.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(purpose);
        return policy;
    }
}
