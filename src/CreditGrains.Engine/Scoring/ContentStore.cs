using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>The bytes of files, in chained rows: snapshots copy them as they copy every row, a block at a time.</summary>
internal static class ContentStore
{
    private const int PieceBytes = ContentRow.Payload.Size;

    /// <summary>Adds a part at the end of a file; a part at the start begins it anew.</summary>
    public static void Append(PartitionState state, StoredContent content, PutContent part)
    {
        if (part.Offset == 0) Drop(state, content);
        var number = state.Small.Risk.NumberOf(content);
        for (var at = 0; at < part.Bytes.Length; at += PieceBytes)
        {
            var piece = part.Bytes.AsSpan(at, Math.Min(PieceBytes, part.Bytes.Length - at));
            var row = state.Contents.Add();
            ref var added = ref state.Contents.Write(row);
            added.Content = number;
            added.Piece = content.Pieces++;
            added.Length = piece.Length;
            piece.CopyTo(added.Bytes);
            if (content.LastRow == 0) content.FirstRow = row;
            else state.Contents.Write(content.LastRow).Next = row;
            content.LastRow = row;
        }
        content.Received += part.Bytes.Length;
    }

    /// <summary>The bytes of a file as far as they came, with room for more behind them.</summary>
    public static byte[] Read(PartitionState state, StoredContent content)
    {
        var bytes = new byte[content.Length];
        var at = 0;
        for (var row = content.FirstRow; row != 0; row = state.Contents.Read(row).Next)
        {
            ref readonly var piece = ref state.Contents.Read(row);
            ((ReadOnlySpan<byte>)piece.Bytes)[..piece.Length].CopyTo(bytes.AsSpan(at));
            at += piece.Length;
        }
        return bytes;
    }

    private static void Drop(PartitionState state, StoredContent content)
    {
        for (var row = content.FirstRow; row != 0;)
        {
            var next = state.Contents.Read(row).Next;
            state.Contents.Free(row);
            row = next;
        }
        (content.Received, content.FirstRow, content.LastRow, content.Pieces) = (0, 0, 0, 0);
    }
}
