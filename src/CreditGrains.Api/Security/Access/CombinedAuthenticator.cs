namespace CreditGrains.Api.Security.Access;

/// <summary>Asks several authenticators in order; the first that knows the kind of credentials decides. None: refused.</summary>
/// <param name="parts">In the order in which they are asked.</param>
public sealed class CombinedAuthenticator(IReadOnlyList<IAuthenticator> parts) : IAuthenticator
{
    /// <inheritdoc/>
    public long Generation
    {
        get
        {
            var sum = 0L;
            foreach (var part in parts) sum += part.Generation;
            return sum;
        }
    }

    /// <inheritdoc/>
    public Recognition Authenticate(in Credentials credentials)
    {
        foreach (var part in parts)
        {
            var recognition = part.Authenticate(credentials);
            if (!recognition.IsForeign) return recognition;
        }

        return Recognition.Refused(credentials.Authorization is null && credentials.Certificate is null
            ? "no credentials: send 'authorization: Bearer KEY', or a client certificate"
            : "credentials of a kind not accepted here: send 'authorization: Bearer KEY'");
    }
}
