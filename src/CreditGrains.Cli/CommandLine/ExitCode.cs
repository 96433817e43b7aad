namespace CreditGrains.Cli.CommandLine;

/// <summary>What a command tells the shell that called it. Part of the interface: scripts branch on these.</summary>
internal enum ExitCode
{
    /// <summary>Done; for a request, approved.</summary>
    Ok = 0,

    /// <summary>Done, with something to look at: a request declined or referred, rows not taken, differences found.</summary>
    Differences = 1,

    /// <summary>The command line or a file it names cannot be read as meant. Nothing was sent, or not from that row on.</summary>
    Usage = 2,

    /// <summary>No engine at the address, or one that cannot serve now; the same call may be made again.</summary>
    Unavailable = 3,

    /// <summary>A data directory is damaged, or its checks failed.</summary>
    Damaged = 4,
}
