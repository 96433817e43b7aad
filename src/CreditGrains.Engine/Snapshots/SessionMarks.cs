using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Snapshots;

/// <summary>
/// The marks of sessions as of a snapshot's start. There is one for every few commands ever sent in a session, so they are not copied at the start
/// but handed out later, in parts: marks are only added, and those added since are left out. Every call is on the writer.
/// </summary>
/// <remarks>A part: runs of tenant u16, session u64, first mark i32, count i32, places and journal sequences, two i64 × count.</remarks>
internal sealed class SessionMarks
{
    private const int RunHeadBytes = 2 + 8 + 4 + 4;
    private const int MarkBytes = 2 * sizeof(long);

    private readonly Queue<(ushort Tenant, ulong Session, SessionProgress Progress, int Count)> sessions = [];
    private int next;

    /// <param name="small">The state, between two batches.</param>
    public SessionMarks(SmallState small)
    {
        foreach (var (key, progress) in small.Sessions)
            if (progress.Marks.Count > 0) sessions.Enqueue((key.Tenant, key.Session, progress, progress.Marks.Count));
    }

    /// <summary>Writes the next part.</summary>
    /// <returns>Its bytes; 0 when all are out.</returns>
    public int TakeNext(Span<byte> destination)
    {
        var length = 0;
        while (sessions.TryPeek(out var session))
        {
            var free = destination[length..];
            var count = Math.Min(session.Count - next, (free.Length - RunHeadBytes) / MarkBytes);
            if (count <= 0) break;
            BinaryPrimitives.WriteUInt16LittleEndian(free, session.Tenant);
            BinaryPrimitives.WriteUInt64LittleEndian(free[2..], session.Session);
            BinaryPrimitives.WriteInt32LittleEndian(free[10..], next);
            BinaryPrimitives.WriteInt32LittleEndian(free[14..], count);
            var marks = CollectionsMarshal.AsSpan(session.Progress.Marks).Slice(next, count);
            for (var i = 0; i < count; i++)
            {
                var at = free[(RunHeadBytes + i * MarkBytes)..];
                BinaryPrimitives.WriteInt64LittleEndian(at, marks[i].Place);
                BinaryPrimitives.WriteInt64LittleEndian(at[sizeof(long)..], marks[i].Sequence);
            }
            length += RunHeadBytes + count * MarkBytes;
            next += count;
            if (next < session.Count) break;
            sessions.Dequeue();
            next = 0;
        }
        return length;
    }

    /// <summary>Adds the marks of a part to sessions that are there already.</summary>
    /// <returns>False when it does not go on from what is there.</returns>
    public static bool TryLoad(ReadOnlySpan<byte> part, SmallState small)
    {
        while (!part.IsEmpty)
        {
            if (part.Length < RunHeadBytes) return false;
            var key = (BinaryPrimitives.ReadUInt16LittleEndian(part), BinaryPrimitives.ReadUInt64LittleEndian(part[2..]));
            var first = BinaryPrimitives.ReadInt32LittleEndian(part[10..]);
            var count = BinaryPrimitives.ReadInt32LittleEndian(part[14..]);
            part = part[RunHeadBytes..];
            if (count < 0 || count > part.Length / MarkBytes || !small.Sessions.TryGetValue(key, out var progress) || progress.Marks.Count != first) return false;
            for (var i = 0; i < count; i++)
                progress.Marks.Add(new SessionMark(BinaryPrimitives.ReadInt64LittleEndian(part[(i * MarkBytes)..]), BinaryPrimitives.ReadInt64LittleEndian(part[(i * MarkBytes + sizeof(long))..])));
            part = part[(count * MarkBytes)..];
        }
        return true;
    }

    /// <summary>Whether every session has marks up to where it has come.</summary>
    public static bool AreComplete(SmallState small)
    {
        foreach (var progress in small.Sessions.Values)
            if (progress.Marks.Count == 0 || progress.Last < progress.Marks[^1].Place || progress.Last - progress.Marks[^1].Place >= SessionProgress.Stride) return false;
        return true;
    }
}
