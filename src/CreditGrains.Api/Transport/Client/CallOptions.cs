namespace CreditGrains.Api.Transport.Client;

/// <summary>What a caller may set for one call.</summary>
public sealed record CallOptions
{
    internal static readonly CallOptions None = new();

    /// <summary>How long to wait for the whole call; sent to the server and kept here too. Null: for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Sent before the first message. Null: nothing.</summary>
    public Metadata? Headers { get; init; }

    /// <summary>Whether request messages are gzipped. Default no.</summary>
    public bool Compress { get; init; }

    /// <summary>Gives the call up: it ends with <see cref="StatusCode.Cancelled"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Gets the server's headers when they arrive. Null: not wanted.</summary>
    public Action<Metadata>? OnHeaders { get; init; }

    /// <summary>Gets the server's trailers when a call ends with OK. Null: not wanted.</summary>
    public Action<Metadata>? OnTrailers { get; init; }
}
