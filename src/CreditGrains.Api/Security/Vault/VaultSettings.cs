namespace CreditGrains.Api.Security.Vault;

/// <summary>Where personal data lies.</summary>
public sealed record VaultSettings
{
    /// <summary>Directory of the encrypted records; may be backed up like anything else.</summary>
    public required string Records { get; init; }

    /// <summary>Directory of the subjects' keys, each encrypted under <see cref="KeyFile"/>. Never in a backup that is kept: a key in a copy is not destroyed.</summary>
    public required string Keys { get; init; }

    /// <summary>File of the key that encrypts the subjects' keys: 32 bytes in base64 ('creditgrains keys vault FILE').</summary>
    public required string KeyFile { get; init; }
}
