namespace CreditGrains.Orleans.Wire;

/// <summary>Bytes between grains, written by this project's own codecs: one copy on the wire and none within a silo. Never changed once sent.</summary>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.Payload")]
public readonly struct Payload(byte[] bytes)
{
    /// <summary>The bytes; null in the default value.</summary>
    [Id(0)]
    public readonly byte[] Bytes = bytes;
}
