using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CreditGrains.Domain.Loans.Products;

/// <summary>A product with its canonical bytes and their hash, which names it. Equal when the hashes are. Immutable.</summary>
public sealed class SealedProduct : IEquatable<SealedProduct>
{
    /// <summary>Most canonical bytes.</summary>
    public const int BytesMax = 32 << 10;

    private SealedProduct(LoanProduct product, ReadOnlyMemory<byte> bytes)
    {
        Product = product;
        Bytes = bytes;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.Span, hash);
        Hash = BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>The product.</summary>
    public LoanProduct Product { get; }

    /// <summary>Its canonical bytes; may be more than <see cref="BytesMax"/>, which commands refuse.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The first 16 bytes of their SHA-256, high byte first.</summary>
    public UInt128 Hash { get; }

    /// <summary>Seals a product.</summary>
    public static SealedProduct Of(LoanProduct product) => new(product, LoanProductCodec.Write(product));

    /// <summary>Reads canonical bytes.</summary>
    /// <exception cref="InvalidDataException">They are not what <see cref="Of"/> gives.</exception>
    public static SealedProduct Read(ReadOnlyMemory<byte> bytes) => new(LoanProductCodec.Read(bytes.Span), bytes);

    /// <inheritdoc/>
    public bool Equals(SealedProduct? other) => other is not null && other.Hash == Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SealedProduct);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();
}
