using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CreditGrains.Api.Tests.Security;

/// <summary>A certificate authority of a test, and what it issues, as PEM files of a directory.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string directory;
    private readonly string name;
    private readonly X509Certificate2 root;
    private byte serial;

    public TestAuthority(string directory, string name)
    {
        this.directory = directory;
        this.name = name;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(RootPath, root.ExportCertificatePem());
    }

    public string RootPath => Path.Combine(directory, $"{name}-root.pem");

    /// <summary>Issues a certificate; returns the paths of it and its key.</summary>
    public (string Certificate, string Key) Issue(string subject, bool isServer, string? fileName = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        // A server of a standby link is a client of it too.
        var purposes = new OidCollection { new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2") };
        if (isServer) purposes.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, ++serial]);
        var (certificate, keyPath) = (Path.Combine(directory, $"{fileName ?? subject}.pem"), Path.Combine(directory, $"{fileName ?? subject}.key"));
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificate, keyPath);
    }

    public void Dispose() => root.Dispose();
}
