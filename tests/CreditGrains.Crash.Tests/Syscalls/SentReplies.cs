using System.Buffers.Binary;
using CreditGrains.Api.V1;

namespace CreditGrains.Crash.Tests.Syscalls;

/// <summary>A decision as it left the process.</summary>
/// <param name="DecisionId">Its place in the journal.</param>
/// <param name="FirstLine">The line at which the call began that sent its first byte.</param>
internal readonly record struct SentReply(long DecisionId, int FirstLine);

/// <summary>Finds decisions in what a server sent: HTTP/2 frames over each connection, and in their DATA the gRPC messages.</summary>
internal static class SentReplies
{
    private const int FrameHeadBytes = 9;
    private const int MessageHeadBytes = 5;

    public static List<SentReply> Find(IEnumerable<TracedCall> calls, int port)
    {
        var replies = new List<SentReply>();
        foreach (var connection in calls.Where(call => call.Data.Length > 0 && IsFrom(call, port)).GroupBy(call => call.Target)) Read([.. connection], replies);
        return replies;
    }

    private static bool IsFrom(TracedCall call, int port) =>
        call.Target.StartsWith("TCP", StringComparison.Ordinal) && call.Target.Contains($":{port}->", StringComparison.Ordinal);

    private static void Read(List<TracedCall> sends, List<SentReply> replies)
    {
        var bytes = sends.SelectMany(call => call.Data).ToArray();
        var lines = sends.SelectMany(call => Enumerable.Repeat(call.EntryLine, call.Data.Length)).ToArray();
        var streams = new Dictionary<int, (List<byte> Data, int FirstLine)>();
        for (var at = 0; at + FrameHeadBytes <= bytes.Length;)
        {
            var length = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
            var (type, stream) = (bytes[at + 3], BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 5)) & int.MaxValue);
            var payload = bytes.AsSpan(at + FrameHeadBytes, Math.Min(length, bytes.Length - at - FrameHeadBytes));
            if (type == 0 && payload.Length > 0)
            {
                if (!streams.TryGetValue(stream, out var open)) streams[stream] = open = ([], lines[at]);
                open.Data.AddRange(payload);
                if (Decode(open.Data) is { } decision) replies.Add(new SentReply(decision.DecisionId, open.FirstLine));
            }
            at += FrameHeadBytes + length;
        }
    }

    private static Decision? Decode(List<byte> data)
    {
        var bytes = data.ToArray();
        if (bytes.Length < MessageHeadBytes || bytes.Length - MessageHeadBytes != BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1))) return null;
        return Decision.Parser.ParseFrom(bytes.AsSpan(MessageHeadBytes));
    }
}
