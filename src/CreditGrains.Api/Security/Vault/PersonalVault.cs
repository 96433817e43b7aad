using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Api.Security.Files;

namespace CreditGrains.Api.Security.Vault;

/// <summary>
/// Personal data by subject, each under a key of its own: two files a subject, a record and its key, whose names tell nothing of whom they are about.
/// Forgetting overwrites and deletes the key; every copy of the record is noise from then on. One process at a time. Thread-safe.
/// </summary>
public sealed class PersonalVault
{
    /// <summary>Longest data of a subject, bytes.</summary>
    public const int LengthMax = 65_536;

    /// <summary>Longest name of a subject, characters.</summary>
    public const int SubjectLengthMax = 128;

    private readonly Lock gate = new();
    private readonly VaultSettings settings;
    private readonly byte[] wrapping;
    private readonly byte[] naming;

    /// <summary>Opens a vault; its directories are made when missing.</summary>
    /// <exception cref="SecurityFileException">VaultKeyInvalid: the key file is not 32 bytes in base64.</exception>
    public PersonalVault(VaultSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        var master = ReadKey(settings.KeyFile);
        // Two uses, two keys (HKDF, RFC 5869).
        wrapping = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, SealedBox.KeyLength, info: "creditgrains vault wrapping"u8.ToArray());
        naming = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, SealedBox.KeyLength, info: "creditgrains vault naming"u8.ToArray());
        CryptographicOperations.ZeroMemory(master);
        Directory.CreateDirectory(settings.Records);
        Directory.CreateDirectory(settings.Keys);
    }

    /// <summary>Makes a key file that must not exist yet.</summary>
    public static void MakeKey(string path) => PrivateFile.WriteNew(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(SealedBox.KeyLength)) + "\n"));

    /// <summary>Keeps data of a subject, in place of what there was.</summary>
    public void Put(ushort tenant, string subject, ReadOnlySpan<byte> data)
    {
        var place = PlaceOf(tenant, subject);
        if (data.Length > LengthMax) throw new ArgumentException($"The data has {data.Length} bytes; at most {LengthMax} are kept.", nameof(data));
        lock (gate)
        {
            var key = ReadKeyOf(place) ?? MakeKeyOf(place);
            PrivateFile.Replace(place.Record, SealedBox.Seal(key, data, place.Context));
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Gives a subject's data back; null when nothing is kept.</summary>
    /// <exception cref="SecurityFileException">VaultDamaged: the record was changed, or belongs to another key.</exception>
    public byte[]? Get(ushort tenant, string subject)
    {
        var place = PlaceOf(tenant, subject);
        lock (gate)
        {
            if (ReadKeyOf(place) is not { } key || !File.Exists(place.Record)) return null;
            var data = Open(key, File.ReadAllBytes(place.Record), place.Context);
            CryptographicOperations.ZeroMemory(key);
            return data;
        }
    }

    /// <summary>Destroys a subject's key, then deletes the record.</summary>
    /// <returns>Whether anything was kept.</returns>
    public bool Forget(ushort tenant, string subject)
    {
        var place = PlaceOf(tenant, subject);
        lock (gate)
        {
            var had = File.Exists(place.Key) || File.Exists(place.Record);
            Destroy(place.Key);
            Destroy(place.Record);
            return had;
        }
    }

    private byte[] MakeKeyOf(in Place place)
    {
        var key = RandomNumberGenerator.GetBytes(SealedBox.KeyLength);
        PrivateFile.Replace(place.Key, SealedBox.Seal(wrapping, key, place.Context));
        return key;
    }

    private byte[]? ReadKeyOf(in Place place) => File.Exists(place.Key) ? Open(wrapping, File.ReadAllBytes(place.Key), place.Context) : null;

    private static byte[] Open(byte[] key, byte[] box, byte[] context)
    {
        try
        {
            return SealedBox.Open(key, box, context);
        }
        catch (CryptographicException e)
        {
            throw new SecurityFileException("VaultDamaged", "a file of the vault does not open: it was changed, or the vault has another key file than the one it was made with.", e);
        }
    }

    /// <summary>Overwrites before deleting. A file system that writes elsewhere keeps the old block, and a copy of it is still sealed by the wrapping key.</summary>
    private static void Destroy(string path)
    {
        if (!File.Exists(path)) return;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
            file.Flush(flushToDisk: true);
        }

        File.Delete(path);
    }

    private Place PlaceOf(ushort tenant, string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (tenant == 0) throw new ArgumentException("tenant is 0; use 1 to 65535.", nameof(tenant));
        if (subject.Length is 0 or > SubjectLengthMax) throw new ArgumentException($"The subject has {subject.Length} characters; use 1 to {SubjectLengthMax}.", nameof(subject));
        var context = new byte[2 + Encoding.UTF8.GetByteCount(subject)];
        BinaryPrimitives.WriteUInt16BigEndian(context, tenant);
        Encoding.UTF8.GetBytes(subject, context.AsSpan(2));
        var name = Convert.ToHexStringLower(HMACSHA256.HashData(naming, context));
        return new Place(Path.Combine(settings.Records, $"{name}.record"), Path.Combine(settings.Keys, $"{name}.key"), context);
    }

    private static byte[] ReadKey(string path)
    {
        try
        {
            var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
            return key.Length == SealedBox.KeyLength ? key : throw Invalid(path, null);
        }
        catch (FormatException e)
        {
            throw Invalid(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecurityFileException("VaultKeyInvalid", $"'{path}' cannot be read: {e.Message} Make one with 'creditgrains keys vault FILE'.", e);
        }
    }

    private static SecurityFileException Invalid(string path, Exception? e) =>
        new("VaultKeyInvalid", $"'{path}' does not hold {SealedBox.KeyLength} bytes in base64; make one with 'creditgrains keys vault FILE'.", e);

    private readonly record struct Place(string Record, string Key, byte[] Context);
}
