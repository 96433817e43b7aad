namespace CreditGrains.Api.Security.Access;

/// <summary>Takes every caller for <see cref="Principal.Local"/>. Only for a server on loopback that was told to be open.</summary>
public sealed class OpenAccess : IAuthenticator
{
    /// <inheritdoc/>
    public long Generation => 0;

    /// <inheritdoc/>
    public Recognition Authenticate(in Credentials credentials) => Recognition.Of(Principal.Local);
}
