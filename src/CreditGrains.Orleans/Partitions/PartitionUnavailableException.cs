namespace CreditGrains.Orleans.Partitions;

/// <summary>A partition cannot go on: its journal failed or another activation took over. Send the same request again; what was decided stands, once.</summary>
[GenerateSerializer]
[Alias("CreditGrains.PartitionUnavailable")]
public sealed class PartitionUnavailableException : Exception
{
    /// <summary>With the reason.</summary>
    public PartitionUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Without a reason.</summary>
    public PartitionUnavailableException()
    {
    }

    /// <summary>With the reason.</summary>
    public PartitionUnavailableException(string message)
        : base(message)
    {
    }
}
