using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using Npgsql;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// A partition or node cannot go on: its journal or the database failed, or another activation took over. Send the same request again; what was decided stands, once. What crosses
/// the border of a silo carries its cause as text only, for exceptions of others have no codec.
/// </summary>
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

    /// <summary>Whether a failure holds an exception of the database or journal, and so must not leave a silo as it is.</summary>
    internal static bool NeedsTranslation(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (cause is NpgsqlException or JournalException or StoreException) return true;
        return false;
    }

    /// <summary>The same failure without its cause, whose words are kept.</summary>
    internal static PartitionUnavailableException Of(Exception failure)
    {
        var last = failure;
        while (last.InnerException is { } inner) last = inner;
        return new PartitionUnavailableException(last == failure || failure.Message.Contains(last.Message, StringComparison.Ordinal) ? failure.Message : $"{failure.Message} {last.Message}");
    }
}
