using System.Buffers.Binary;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.RequestIds;
using CreditGrains.Engine.Tables;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Features.Files;

namespace CreditGrains.Engine.Snapshots;

/// <summary>Rebuilds state and id index from a snapshot file, then the indexes that are derived from the rows.</summary>
internal static class SnapshotLoader
{
    /// <summary>Loads a snapshot.</summary>
    /// <param name="files">Where it is.</param>
    /// <param name="entry">Which.</param>
    /// <param name="idOptions">How to keep request ids; null leaves them out, for a look at the past that changes no file.</param>
    /// <returns>State, ids, and the snapshot's sequence and writer time; null when another layout wrote it.</returns>
    /// <exception cref="SnapshotDamagedException">The file is not what was written.</exception>
    public static (PartitionState State, RequestIdIndex? Ids, long Sequence, long RecordedAtMicros)? Load(
        IFileStore files, SnapshotEntry entry, RequestIdOptions? idOptions)
    {
        if (!files.Exists(entry.Name)) throw new SnapshotDamagedException(entry.Name, 0);
        using var file = files.Open(entry.Name, create: false);
        var state = new PartitionState();
        RequestIdIndex? ids = null;
        SnapshotHeader? header = null;
        var isForeign = false;
        try
        {
            SnapshotFormat.ReadChunks(file, entry.Sequence, (kind, payload) =>
            {
                if (isForeign) return;
                switch (kind)
                {
                    case SnapshotChunkKind.Header:
                        header = SnapshotHeader.FromBytes(payload);
                        foreach (var (table, shape) in state.Tables.Zip(header.Tables)) (table as Features.FeatureTable)?.SetRowLength(shape.RowBytes);
                        isForeign = !Fits(state, header);
                        if (isForeign) return;
                        foreach (var (table, shape) in state.Tables.Zip(header.Tables)) table.BeginLoad(shape.End, shape.Count, shape.Free);
                        if (idOptions is not null) ids = RequestIdIndex.Open(files, idOptions, header.Ids);
                        break;
                    case SnapshotChunkKind.Small:
                        SmallStateCodec.Read(payload, state.Small);
                        break;
                    case SnapshotChunkKind.Catalogue:
                        NoteCatalogue(state, payload.ToArray(), entry.Name);
                        break;
                    case SnapshotChunkKind.Marks:
                        if (!SessionMarks.TryLoad(payload.Span, state.Small)) throw new SnapshotDamagedException(entry.Name, 0);
                        break;
                    case SnapshotChunkKind.Rows:
                        LoadRows(state, payload.Span, entry.Name);
                        break;
                    case SnapshotChunkKind.Ids:
                        ids?.Load(payload.Span);
                        break;
                    case SnapshotChunkKind.End:
                        if (BinaryPrimitives.ReadUInt128LittleEndian(payload.Span) != entry.Digest || !SessionMarks.AreComplete(state.Small)) throw new SnapshotDamagedException(entry.Name, 0);
                        break;
                    default:
                        throw new SnapshotDamagedException(entry.Name, 0);
                }
            });
        }
        catch
        {
            state.Dispose();
            ids?.Dispose();
            throw;
        }
        if (isForeign || header is null)
        {
            state.Dispose();
            return null;
        }
        BuildIndexes(state);
        return (state, ids, header.Sequence, header.RecordedAtMicros);
    }

    /// <summary>A file this version has no use for was refused when it was activated: here it can only be damage, or another version's.</summary>
    private static void NoteCatalogue(PartitionState state, byte[] content, string name)
    {
        try
        {
            if (state.TryNoteCatalogue(CatalogueFile.Read(content))) return;
        }
        catch (FeatureFault)
        {
            // Told as what it is below: a file that does not hold what this version wrote.
        }
        throw new SnapshotDamagedException(name, 0);
    }

    /// <summary>Tables are only ever added at the end: a snapshot from before one was added has none of its rows.</summary>
    private static bool Fits(PartitionState state, SnapshotHeader header) =>
        header.LayoutVersion == SnapshotFormat.LayoutVersion && header.Tables.Length <= state.Tables.Count
        && header.Tables.Zip(state.Tables).All(pair => pair.First.Name == pair.Second.Name && pair.First.RowBytes == pair.Second.RowLengthBytes);

    private static void LoadRows(PartitionState state, ReadOnlySpan<byte> payload, string name)
    {
        while (!payload.IsEmpty)
        {
            var table = BinaryPrimitives.ReadInt32LittleEndian(payload);
            var block = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(payload[8..]);
            if (table < 0 || table >= state.Tables.Count || block < 0 || length < 0 || length > payload.Length - 12
                || (long)block * state.Tables[table].RowsPerBlock >= state.Tables[table].End
                || !state.Tables[table].TryLoad(block * state.Tables[table].RowsPerBlock, payload.Slice(12, length)))
            {
                throw new SnapshotDamagedException(name, 0);
            }
            payload = payload[(12 + length)..];
        }
    }

    private static void BuildIndexes(PartitionState state)
    {
        for (var row = 1; row < state.Facilities.End; row++) state.FacilityIndex.Add(PartitionState.HashOf(state.Facilities.Read(row).Key), row);
        for (var row = 1; row < state.Nodes.End; row++) state.NodeIndex.Add(PartitionState.HashOf(state.Nodes.Read(row).Key), row);
        for (var row = 1; row < state.Items.End; row++)
            if (state.Items.Read(row).Reference is var reference and not 0) state.ItemIndex.Add(reference, row);
        state.Due.Load(state);
    }
}
