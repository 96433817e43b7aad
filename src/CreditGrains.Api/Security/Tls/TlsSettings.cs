namespace CreditGrains.Api.Security.Tls;

/// <summary>The TLS of a server's ports: files in PEM form, read again when they change.</summary>
public sealed record TlsSettings
{
    /// <summary>The server's certificate, and after it those of the authorities between it and the root.</summary>
    public required string Certificate { get; init; }

    /// <summary>Its private key, unencrypted.</summary>
    public required string Key { get; init; }

    /// <summary>Root certificates of clients (mTLS). Null: client certificates are not asked for.</summary>
    public string? ClientCa { get; init; }

    /// <summary>With <see cref="ClientCa"/>: whether a client without certificate is turned away. False: it may show an API key instead. Default true.</summary>
    public bool ClientCertificateRequired { get; init; } = true;
}
