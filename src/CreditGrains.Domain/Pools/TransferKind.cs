namespace CreditGrains.Domain.Pools;

/// <summary>Why a loan enters or leaves a pool. None of these is a prepayment. The numbers are part of the journal format.</summary>
public enum TransferKind : byte
{
    /// <summary>Into the pool: on or before the cut-off, or in the revolving period after it.</summary>
    Purchase = 0,

    /// <summary>Into the pool in place of one that left; at any time.</summary>
    SubstituteIn = 1,

    /// <summary>Out: the seller takes it back, as for a breach of its warranties.</summary>
    Repurchase = 2,

    /// <summary>Out: another takes its place.</summary>
    SubstituteOut = 3,

    /// <summary>Out: sold to a third party.</summary>
    Sale = 4,

    /// <summary>Out: the rest of the pool is called.</summary>
    CleanUp = 5,
}

/// <summary>The words that go with <see cref="TransferKind"/>.</summary>
public static class Transfers
{
    /// <summary>Whether a loan enters.</summary>
    public static bool IsIn(this TransferKind kind) => kind is TransferKind.Purchase or TransferKind.SubstituteIn;
}
