namespace CreditGrains.Simulation.Disk;

/// <summary>
/// A file's two images: what the operating system shows and what is on the platter. The shown one is kept in chunks, of which those
/// of zeros take no room; of the other only the sectors in which it differs. Some of those are marked unsynced.
/// </summary>
internal sealed partial class FakeInode
{
    public const int SectorBytes = 512;
    private const int ChunkBytes = 64 << 10;
    private static readonly byte[] ZeroSector = new byte[SectorBytes];

    private byte[]?[] _seen = [];

    // The platter's sectors where they are not as seen.
    private byte[]?[] _platter = [];
    private bool[] _unsynced = [];
    private long _durableLength;

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        for (int done = 0; done < count;)
        {
            int inChunk = (int)((offset + done) % ChunkBytes);
            Span<byte> piece = destination.Slice(done, Math.Min(count - done, ChunkBytes - inChunk));
            if (_seen[(offset + done) / ChunkBytes] is { } chunk) chunk.AsSpan(inChunk, piece.Length).CopyTo(piece);
            else piece.Clear();
            done += piece.Length;
        }
        return count;
    }

    /// <summary>Writes one piece that lies in one sector.</summary>
    public void WritePiece(long offset, ReadOnlySpan<byte> piece, bool reachesDisk)
    {
        Reserve(offset + piece.Length);
        Length = Math.Max(Length, offset + piece.Length);
        int sector = (int)(offset / SectorBytes);
        if (reachesDisk) _platter[sector] = null;
        else _platter[sector] ??= Copy(sector);
        _unsynced[sector] = !reachesDisk;
        Overwrite(offset, piece.Length);
        if (reachesDisk) ForgetOverwritten(sector);
        Show(offset, piece);
    }

    public void SetLength(long length)
    {
        Reserve(length);
        if (length < Length)
        {
            for (int sector = (int)(length / SectorBytes); sector < _unsynced.Length; sector++)
            {
                _platter[sector] ??= Copy(sector);
                _unsynced[sector] = true;
            }
            ShowZeros(length);
        }
        Length = length;
    }

    public void Sync()
    {
        for (int sector = NextUnsynced(0); sector >= 0; sector = NextUnsynced(sector + 1)) KeepSector(sector);
        _durableLength = Length;
    }

    /// <summary>Like Linux after a failed sync: some sectors reached the disk, all are marked clean, and the memory still shows them.</summary>
    public void FailSync(SeededChance chance)
    {
        for (int sector = NextUnsynced(0); sector >= 0; sector = NextUnsynced(sector + 1))
        {
            if (chance.Happens(0.5)) KeepSector(sector);
            _unsynced[sector] = false;
        }
    }

    /// <summary>Power is lost and returns: each unsynced sector survives or not.</summary>
    /// <returns>Whether some survived and some did not.</returns>
    public bool Crash(SeededChance chance, double survivalRatio)
    {
        (int kept, int lost) = (0, 0);
        for (int sector = NextUnsynced(0); sector >= 0; sector = NextUnsynced(sector + 1))
        {
            if (!chance.Happens(survivalRatio))
            {
                lost++;
                continue;
            }
            KeepSector(sector);
            kept++;
        }
        if (Length != _durableLength && chance.Happens(survivalRatio)) _durableLength = Length;
        Length = _durableLength;
        for (int sector = 0; sector < _platter.Length; sector++)
        {
            if (_platter[sector] is not { } durable) continue;
            Show((long)sector * SectorBytes, durable);
            Restore(sector);
            _platter[sector] = null;
        }
        ShowZeros(Length);
        if (_isDecayOverwritten) _decayed = null;
        Array.Clear(_unsynced);
        return kept > 0 && lost > 0;
    }

    private void KeepSector(int sector)
    {
        _platter[sector] = null;
        _unsynced[sector] = false;
        ForgetOverwritten(sector);
    }

    private int NextUnsynced(int from)
    {
        int found = _unsynced.AsSpan(from).IndexOf(true);
        return found < 0 ? found : from + found;
    }

    private byte[] Copy(int sector)
    {
        long offset = (long)sector * SectorBytes;
        return _seen[offset / ChunkBytes] is { } chunk ? chunk.AsSpan((int)(offset % ChunkBytes), SectorBytes).ToArray() : ZeroSector;
    }

    // A piece lies in one chunk.
    private void Show(long offset, ReadOnlySpan<byte> piece)
    {
        ref byte[]? chunk = ref _seen[offset / ChunkBytes];
        if (chunk is null && !piece.ContainsAnyExcept((byte)0)) return;
        chunk ??= new byte[ChunkBytes];
        piece.CopyTo(chunk.AsSpan((int)(offset % ChunkBytes)));
    }

    private void ShowZeros(long from)
    {
        Overwrite(from, long.MaxValue - from);
        int first = (int)((from + ChunkBytes - 1) / ChunkBytes);
        if (first * (long)ChunkBytes > from) _seen.ElementAtOrDefault(first - 1)?.AsSpan((int)(from % ChunkBytes)).Clear();
        for (int chunk = first; chunk < _seen.Length; chunk++) _seen[chunk] = null;
    }

    private void Reserve(long length)
    {
        int sectors = (int)((length + SectorBytes - 1) / SectorBytes);
        if (sectors <= _unsynced.Length) return;
        int grown = Math.Max(sectors, _unsynced.Length * 2);
        Array.Resize(ref _unsynced, grown);
        Array.Resize(ref _platter, grown);
        Array.Resize(ref _seen, (int)(((long)grown * SectorBytes + ChunkBytes - 1) / ChunkBytes));
    }
}
