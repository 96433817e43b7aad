using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CreditGrains.Api.Security.Tls;

/// <summary>Reads certificates and keys from PEM files; every failure names the file and never shows a key.</summary>
public static class PemFiles
{
    /// <summary>A certificate with its private key.</summary>
    /// <exception cref="SecurityFileException">CertificateInvalid.</exception>
    public static X509Certificate2 CertificateWithKey(string certificate, string key) => Read(certificate, () =>
    {
        if (!File.Exists(key)) throw new SecurityFileException("CertificateInvalid", $"there is no key file '{key}'.");
        return X509Certificate2.CreateFromPemFile(certificate, key);
    });

    /// <summary>The certificates of a file, in order; at least one.</summary>
    /// <exception cref="SecurityFileException">CertificateInvalid.</exception>
    public static X509Certificate2Collection Certificates(string path) => Read(path, () =>
    {
        var read = new X509Certificate2Collection();
        read.ImportFromPemFile(path);
        return read.Count > 0 ? read : throw new SecurityFileException("CertificateInvalid", $"'{path}' holds no certificate in PEM form.");
    });

    private static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException e)
        {
            throw new SecurityFileException("CertificateInvalid", $"'{path}' cannot be used: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecurityFileException("CertificateInvalid", $"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
