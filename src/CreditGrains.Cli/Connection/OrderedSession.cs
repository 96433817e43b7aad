using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Connection;

/// <summary>
/// Commands sent in the order of one session, each under the next place in it. Sent again from the start, the same commands
/// get the same answers and change nothing. Not thread-safe.
/// </summary>
internal sealed class OrderedSession(IBook book, ushort tenant, ulong session)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The place the next command gets.</summary>
    public long Next { get; set; } = 1;

    /// <summary>The key of commands that name no facility.</summary>
    public NodeKey TenantKey { get; } = new(0, tenant, 0, NodeKind.None);

    /// <summary>The 60-bit session of a file's hash and a purpose.</summary>
    public static ulong NameOf(ReadOnlySpan<byte> sha256, string purpose)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(sha256);
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset()) >> 4;
    }

    /// <summary>The id of a place.</summary>
    public RequestId IdOf(long place) => RequestId.ForSession(session, place);

    /// <summary>Executes commands of the session's tenant; every outcome is evaluated, none refused.</summary>
    /// <exception cref="CommandFault">A command was refused for what sending it again cannot mend.</exception>
    public async Task ExecuteAsync(Memory<Command> commands, Memory<Outcome> outcomes, CancellationToken cancellationToken)
    {
        var movedAt = Stopwatch.GetTimestamp();
        for (var start = 0; start < commands.Length;)
        {
            var length = Math.Min(IBook.BatchLengthMax, commands.Length - start);
            var rest = commands.Slice(start, length);
            SetIds(rest.Span);
            await book.ExecuteAsync(rest, outcomes.Slice(start, length), cancellationToken);
            var done = CountEvaluated(outcomes.Slice(start, length).Span);
            start += done;
            Next += done;
            if (done == length) continue;
            if (done > 0) movedAt = Stopwatch.GetTimestamp();
            if (!PassesByItself(outcomes.Span[start].Reason) || Stopwatch.GetElapsedTime(movedAt) > PatienceMax) throw Refused(outcomes.Span[start]);
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Whether the same command may be taken a little later: in a cluster a request waits for headroom of a shared node while a silo is being replaced.</summary>
    private static bool PassesByItself(Reason reason) => reason is Reason.Overloaded or Reason.DeadlineExceeded or Reason.Recalling;

    private void SetIds(Span<Command> commands)
    {
        for (var i = 0; i < commands.Length; i++) commands[i].Id = IdOf(Next + i);
    }

    private static int CountEvaluated(ReadOnlySpan<Outcome> outcomes)
    {
        for (var i = 0; i < outcomes.Length; i++)
            if (outcomes[i].Kind == OutcomeKind.Refused) return i;
        return outcomes.Length;
    }

    private CommandFault Refused(in Outcome outcome) => outcome.Reason switch
    {
        Reason.RequestIdReused => CommandFault.Usage(
            "OtherFile", $"place {Next} of this file's session was taken by another command; the file or the options differ from the earlier run, use another --tenant"),
        Reason.OutcomeArchived => CommandFault.Usage(
            "OutcomeArchived", $"this file was posted before and the answer at place {Next} is archived; nothing was changed"),
        Reason.EngineStopped or Reason.StandbyLost or Reason.Overloaded or Reason.DiskFull or Reason.ClockStepUnconfirmed or Reason.DeadlineExceeded => new CommandFault(
            ExitCode.Unavailable, outcome.Reason.ToString(), $"{outcome.Message ?? "the engine cannot serve now"}; run the same command again to go on at place {Next} of tenant {tenant}"),
        _ => CommandFault.Usage(outcome.Reason.ToString(), $"{outcome.Message ?? "refused"} (place {Next} of the session)"),
    };
}
