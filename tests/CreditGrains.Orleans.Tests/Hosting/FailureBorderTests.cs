using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Orleans.Partitions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;

namespace CreditGrains.Orleans.Tests.Hosting;

/// <summary>Failures on their way between silos.</summary>
public sealed class FailureBorderTests
{
    private static readonly PostgresException TooMany = new("sorry, too many clients already", "FATAL", "FATAL", "53300");

    private static Exception Crossed(Exception failure)
    {
        using var services = new ServiceCollection().AddSerializer().Configure<ExceptionSerializationOptions>(ClusterHost.NameExceptions).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        return serializer.Deserialize<Exception>(serializer.SerializeToArray(failure))!;
    }

    [Fact]
    public void Failure_OfTheDatabase_ArrivesAsUnavailableWithItsWords()
    {
        var inner = new JournalException(JournalErrorCode.Poisoned, "Partition 3: the database did not take a frame.", TooMany);
        var failure = new PartitionUnavailableException("A batch may or may not be durable.", inner);
        Assert.True(PartitionUnavailableException.NeedsTranslation(failure));
        var arrived = Assert.IsType<PartitionUnavailableException>(Crossed(PartitionUnavailableException.Of(failure)));
        Assert.Null(arrived.InnerException);
        Assert.Contains("A batch may or may not be durable.", arrived.Message, StringComparison.Ordinal);
        Assert.Contains("too many clients already", arrived.Message, StringComparison.Ordinal);
        Assert.True(Transient.Is(arrived));
    }

    [Fact]
    public void Failure_OfAnythingElse_IsNotTranslated()
    {
        Assert.False(PartitionUnavailableException.NeedsTranslation(new PartitionUnavailableException("It moves.")));
        Assert.False(PartitionUnavailableException.NeedsTranslation(new InvalidOperationException("a fault")));
        Assert.False(Transient.Is(new InvalidOperationException("a fault")));
    }

    // What Orleans reads before a grain begins passes no border of ours.
    [Fact]
    public void Failure_OfTheDatabaseNotTranslated_IsStillSeenAsOneThatPasses() => Assert.True(Transient.Is(Crossed(TooMany)), Crossed(TooMany).GetType().FullName);

    [Fact]
    public void Events_ThatWereDeleted_AreNotAskedForAgain() => Assert.False(Transient.Is(new JournalException(JournalErrorCode.NotRetained, "gone")));
}
