using System.Buffers.Binary;

namespace CreditGrains.Crash.Tests.Syscalls;

/// <summary>Judges a trace: a reply leaves only after its frame was written and synced, and a segment is used only after its name lasts.</summary>
internal static class DurabilityOrder
{
    private const int SegmentHeaderBytes = 4096;
    private const int FrameHeaderBytes = 64;

    /// <summary>What is wrong with a reply; null when write, sync and reply follow each other as they must.</summary>
    public static string? BreachOf(SentReply reply, IReadOnlyList<TracedCall> calls)
    {
        var write = calls.FirstOrDefault(call => call.Name is "pwrite64" or "pwritev" && IsSegment(call.Target) && HoldsEvent(call, reply.DecisionId));
        if (write is null) return $"the frame of decision {reply.DecisionId} was never written";
        if (write.Result < write.Data.Length || write.ExitLine >= reply.FirstLine) return $"decision {reply.DecisionId} was answered before its frame was written";
        return calls.Any(call => call.Name is "fdatasync" or "fsync" && call.Descriptor == write.Descriptor && call.Target == write.Target
                && call.Result == 0 && call.EntryLine > write.ExitLine && call.ExitLine < reply.FirstLine)
            ? null : $"decision {reply.DecisionId} was answered before its frame was synced";
    }

    /// <summary>What is wrong with how a segment was begun; null when header, its sync, the name, the directory's sync and frames follow each other.</summary>
    public static string? BreachOf(TracedCall rename, IReadOnlyList<TracedCall> calls)
    {
        var directory = Path.GetDirectoryName(rename.Target);
        var firstFrame = calls.FirstOrDefault(call => call.Name == "pwrite64" && call.Target == rename.Target && call.Offset >= SegmentHeaderBytes && call.EntryLine > rename.ExitLine);
        if (firstFrame is null) return $"no frame was written into {rename.Target}";
        var header = calls.LastOrDefault(call => call.Name == "pwrite64" && call.Descriptor == firstFrame.Descriptor && call.Offset == 0 && call.ExitLine < rename.EntryLine);
        if (header is null) return $"{rename.Target} had no header before its name";
        var isHeaderDurable = calls.Any(call => call.Name == "fdatasync" && call.Descriptor == header.Descriptor && call.Result == 0
            && call.EntryLine > header.ExitLine && call.ExitLine < rename.EntryLine);
        if (!isHeaderDurable) return $"the header of {rename.Target} was not synced before its name";
        var isNameDurable = calls.Any(call => call.Name == "fsync" && call.Target == directory && call.Result == 0
            && call.EntryLine > rename.ExitLine && call.ExitLine < firstFrame.EntryLine);
        return isNameDurable ? null : $"the directory was not synced between the naming of {rename.Target} and its first frame";
    }

    /// <summary>Whether a path is a journal segment's.</summary>
    public static bool IsSegment(string path) => Path.GetFileName(path).StartsWith("journal-", StringComparison.Ordinal);

    // docs/journal-format.md: magic "CGF", event count (24 bits) at 8, first sequence at 16.
    private static bool HoldsEvent(TracedCall call, long sequence)
    {
        var bytes = call.Data.AsSpan();
        if (bytes.Length < FrameHeaderBytes || !bytes.StartsWith("CGF"u8)) return false;
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) & 0xFF_FFFF;
        var first = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        return sequence >= first && sequence < first + count;
    }
}
