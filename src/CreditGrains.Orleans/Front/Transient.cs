using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Partitions;
using Npgsql;

namespace CreditGrains.Orleans.Front;

/// <summary>Failures that another try may not meet: a silo, the database or Redis is away or coming back. All others are faults of the program and are shown.</summary>
internal static class Transient
{
    /// <summary>Whether a failure is one, or was caused by one.</summary>
    public static bool Is(Exception failure) => failure switch
    {
        // What was deleted stays so.
        JournalException { Code: JournalErrorCode.NotRetained } => false,
        PartitionUnavailableException or OrleansException or TimeoutException or IOException => true,
        NpgsqlException or JournalException or StoreException => true,
        // The silo is stopping under the call.
        ObjectDisposedException or OperationCanceledException { CancellationToken.IsCancellationRequested: false } => true,
        EngineFaultException => false,
        _ => failure.InnerException is { } inner && Is(inner),
    };
}
