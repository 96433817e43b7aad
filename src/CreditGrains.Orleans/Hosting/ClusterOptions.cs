using System.Net;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Orleans.Alerts;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Hosting;

/// <summary>Settings of a silo.</summary>
public sealed record ClusterOptions
{
    /// <summary>The PostgreSQL database of the cluster, as a connection string. Its Maximum Pool Size is the most connections this silo opens in all, default 32. Required.</summary>
    public required string Database { get; init; }

    /// <summary>The Redis server of the membership, as host:port; null: development on this machine, membership is the first silo's.</summary>
    public string? Redis { get; init; }

    /// <summary>Name of the cluster; silos of one name find each other. Default "creditgrains".</summary>
    public string ClusterId { get; init; } = "creditgrains";

    /// <summary>Address on which silos reach this one. Default the loopback address.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port between silos. Default 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Port for Orleans clients; 0 for none. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Partitions of borrowers, 1 to 4,096; fixed when the cluster is made. About 50,000 borrowers each serve well. Default 96.</summary>
    public int Partitions { get; init; } = 96;

    /// <summary>How long an append, or a front door's call, is tried again while something is down; default 15 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one call between grains is waited for before it is made again, 1 second to <see cref="Patience"/>; default 5 seconds. A request waits for headroom for at most half of it.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Transactions of a silo's journal under way at once; default 4.</summary>
    public int JournalConnections { get; init; } = 4;

    /// <summary>Commands that may wait in one partition, beyond which callers get Overloaded; default 65,536.</summary>
    public int QueuedCommandsMax { get; init; } = 65_536;

    /// <summary>A partition takes a snapshot after so many journal bytes; default 32 MiB, 0 is never.</summary>
    public long SnapshotEveryBytes { get; init; } = 32L << 20;

    /// <summary>
    /// How long journal rows are kept once two snapshots cover them, <see cref="JournalKeptMin"/> or more; null, the default, keeps all. History, decisions, the past of facilities and the feed reach
    /// back as far as rows are kept, and answer NotRetained before that.
    /// </summary>
    public TimeSpan? JournalKept { get; init; }

    /// <summary>The least for <see cref="JournalKept"/>, 4 days: repeats of request ids are answered from the journal for 72 hours.</summary>
    public static readonly TimeSpan JournalKeptMin = TimeSpan.FromDays(4);

    /// <summary>How often a partition looks for rows to delete; default an hour.</summary>
    public TimeSpan JournalCleanedEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Partitions opened at once in a silo; default 4.</summary>
    public int OpeningsMax { get; init; } = 4;

    /// <summary>How often silos probe each other; default 2 seconds.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Probes missed before a silo is suspected; default 3.</summary>
    public int ProbesMissedMax { get; init; } = 3;

    /// <summary>Silos that must suspect one before it is declared dead; default 2, and fewer when fewer are left.</summary>
    public int VotesForDeath { get; init; } = 2;

    /// <summary>Most signposts a front door keeps in memory; default 12,000,000, 20 to 30 bytes each.</summary>
    public int SignpostsKeptMax { get; init; } = 12_000_000;

    /// <summary>Request ids a partition keeps in memory before the oldest go to the database; default 2,000,000, about 56 bytes each.</summary>
    public long RequestIdsInMemoryMax { get; init; } = 2_000_000;

    /// <summary>Alert rules, the same at every silo; null for no alerts. Each partition then follows its journal with a second book, which takes as much memory as the first.</summary>
    public AlertRules? AlertRules { get; init; }

    /// <summary>Told what an operator should know, in plain words.</summary>
    public Action<string> Warn { get; init; } = Console.Error.WriteLine;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Throws for the first setting out of range.</summary>
    /// <exception cref="ArgumentException">The message names the setting and its range.</exception>
    /// <exception cref="Securitisation.InvalidInputException">An alert rule cannot be watched on a cluster.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Database)) throw new ArgumentException("Database must be a PostgreSQL connection string, such as Host=127.0.0.1;Database=creditgrains;Username=creditgrains.");
        if (Partitions is < 1 or > PartitionMap.CountMax) throw new ArgumentException($"Partitions must be 1 to {PartitionMap.CountMax}.");
        if (JournalConnections is < 1 or > 64) throw new ArgumentException("JournalConnections must be 1 to 64.");
        if (OpeningsMax is < 1 or > 64) throw new ArgumentException("OpeningsMax must be 1 to 64.");
        if (Patience < TimeSpan.FromSeconds(1)) throw new ArgumentException("Patience must be a second or more.");
        if (CallTimeout < TimeSpan.FromSeconds(1) || CallTimeout > Patience) throw new ArgumentException("CallTimeout must be a second or more and at most Patience.");
        if (JournalKept < JournalKeptMin) throw new ArgumentException($"JournalKept must be {JournalKeptMin.TotalDays:0} days or more, or nothing to keep all.");
        if (JournalCleanedEvery <= TimeSpan.Zero) throw new ArgumentException("JournalCleanedEvery must be above zero.");
        if (SiloPort is < 1 or > 65535) throw new ArgumentException("SiloPort must be 1 to 65535.");
        _ = Connections;
        if (AlertRules is not null) ClusterRules.Check(AlertRules);
    }

    internal ConnectionShare Connections => ConnectionShare.Of(Database, JournalConnections);

    // A partition has a small part of the load: more segments would only be more files and tables.
    internal RequestIdOptions RequestIds => new() { SegmentMillis = 300_000, MemoryEntriesMax = RequestIdsInMemoryMax, FilterBytesMax = 4 << 20, VerifyPagesAtOpen = false };
}
