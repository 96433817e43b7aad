namespace CreditGrains.Api.Transport;

/// <summary>
/// The one exception a handler throws to end a call with a status, and the one a client call throws for any outcome
/// but OK. The message is sent to the peer as it is, so it must hold nothing confidential.
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>Ends a call with <paramref name="code"/>.</summary>
    /// <param name="code">The status; must not be <see cref="StatusCode.OK"/>.</param>
    /// <param name="message">Plain text for the peer.</param>
    /// <param name="inner">The cause, kept on this side only.</param>
    /// <param name="trailers">Trailing metadata; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="code"/> is OK.</exception>
    public RpcException(StatusCode code, string message, Exception? inner = null, Metadata? trailers = null)
        : base(message, inner)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(code, StatusCode.OK);
        Code = code;
        Trailers = trailers;
    }

    /// <summary>The status; never OK.</summary>
    public StatusCode Code { get; }

    /// <summary>Trailing metadata sent (server) or received (client) with the status; null when there was none.</summary>
    public Metadata? Trailers { get; }
}
