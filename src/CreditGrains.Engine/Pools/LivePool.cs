using System.Security.Cryptography;
using CreditGrains.Domain.Limits;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>One pool of a partition: its terms as they were journaled and its ledger.</summary>
internal sealed class LivePool(NodeKey key, int place, byte[] terms, PoolLedger ledger)
{
    public NodeKey Key { get; } = key;

    /// <summary>Order of definition, from 0.</summary>
    public int Place { get; } = place;

    /// <summary>The pool file.</summary>
    public byte[] Terms { get; } = terms;

    /// <summary>SHA-256 of it.</summary>
    public byte[] TermsHash { get; } = SHA256.HashData(terms);

    /// <summary>The same, lower-case hexadecimal.</summary>
    public string TermsHashText => field ??= Convert.ToHexStringLower(TermsHash);

    public PoolLedger Ledger { get; } = ledger;
}
