namespace CreditGrains.Api.Security.Audit;

/// <summary>A line of an audit log as it is kept.</summary>
/// <param name="Number">Its place, from 1 without gaps.</param>
/// <param name="Body">The entry, one JSON object.</param>
/// <param name="Hash">The chain's hash after it, 64 hex digits.</param>
public readonly record struct AuditLine(long Number, string Body, string Hash);

/// <summary>Where an audit log ends.</summary>
/// <param name="Count">How many entries there are.</param>
/// <param name="Head">The chain's hash after the last.</param>
public readonly record struct AuditEnd(long Count, string Head)
{
    /// <summary>Of a log without entries.</summary>
    public static AuditEnd None { get; } = new(0, AuditChain.Genesis);
}

/// <summary>
/// What keeps the lines of an audit log: a file of one machine, or a table that several processes share. It judges nothing; <see cref="AuditLog"/> does. Used by one caller at a time in a process.
/// </summary>
public interface IAuditLines : IDisposable
{
    /// <summary>What it is called in messages, such as the file's path in quotes.</summary>
    string Name { get; }

    /// <summary>Whether other processes append too.</summary>
    bool IsShared { get; }

    /// <summary>Shows the lines after a place, in order.</summary>
    /// <param name="known">The place.</param>
    /// <param name="visit">Gets each line; what it throws ends the reading.</param>
    /// <returns>Where the keeper says that the lines end.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    AuditEnd Read(AuditEnd known, Action<AuditLine> visit);

    /// <summary>Appends in one step that no other writer comes between: shows the lines after a place, asks for what is to follow them, and keeps it durably, all or nothing.</summary>
    /// <param name="known">The place.</param>
    /// <param name="visit">Gets each line that others appended after it.</param>
    /// <param name="make">Given where the keeper says that the lines end, makes the lines that follow; none keeps nothing. What it throws passes through, and nothing is kept.</param>
    /// <exception cref="IOException">It cannot be done, or whether it was is not known.</exception>
    void Append(AuditEnd known, Action<AuditLine> visit, Func<AuditEnd, IReadOnlyList<AuditLine>> make);
}
