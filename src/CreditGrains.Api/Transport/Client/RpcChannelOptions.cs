using System.Net.Security;

namespace CreditGrains.Api.Transport.Client;

/// <summary>Bounds of a channel.</summary>
public sealed record RpcChannelOptions
{
    /// <summary>Largest response message in bytes, after decompression. Default 4 MiB.</summary>
    public int ReceiveLengthMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest request message in bytes, before compression. Default 4 MiB.</summary>
    public int SendLengthMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Sent as the authorization header of every call, such as "Bearer cg_…". Null: none.</summary>
    public string? Authorization { get; init; }

    /// <summary>The client's side of TLS for https addresses: roots, its own certificate. Null: the system's roots, no certificate.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>
    /// The handler that carries the calls, for TLS settings and the like; the channel does not dispose of it. Null: one of
    /// the channel's own, that opens further connections when one has as many streams as the server allows.
    /// </summary>
    public HttpMessageHandler? Handler { get; init; }
}
