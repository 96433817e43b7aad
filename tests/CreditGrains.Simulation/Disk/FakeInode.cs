namespace CreditGrains.Simulation.Disk;

/// <summary>
/// A file's two images: what the operating system shows and what is on the platter. They differ in the sectors marked unsynced and
/// perhaps in length.
/// </summary>
internal sealed class FakeInode
{
    public const int SectorBytes = 512;
    private byte[] _seen = [];
    private byte[] _durable = [];
    private bool[] _unsynced = [];
    private long _durableLength;

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        if (count > 0) _seen.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    /// <summary>Writes one piece that lies in one sector.</summary>
    public void WritePiece(long offset, ReadOnlySpan<byte> piece, bool reachesDisk)
    {
        Reserve(offset + piece.Length);
        Length = Math.Max(Length, offset + piece.Length);
        piece.CopyTo(_seen.AsSpan((int)offset));
        int sector = (int)(offset / SectorBytes);
        _unsynced[sector] = true;
        if (reachesDisk) KeepSector(sector);
    }

    public void SetLength(long length)
    {
        Reserve(length);
        if (length < Length)
        {
            _seen.AsSpan((int)length).Clear();
            _unsynced.AsSpan((int)(length / SectorBytes)).Fill(true);
        }
        Length = length;
    }

    public void Sync()
    {
        for (int sector = 0; sector < _unsynced.Length; sector++)
            if (_unsynced[sector]) KeepSector(sector);
        _durableLength = Length;
    }

    /// <summary>Like Linux after a failed sync: some sectors reached the disk, all are marked clean, and the memory still shows them.</summary>
    public void FailSync(SeededChance chance)
    {
        for (int sector = 0; sector < _unsynced.Length; sector++)
        {
            if (!_unsynced[sector]) continue;
            if (chance.Happens(0.5)) KeepSector(sector);
            _unsynced[sector] = false;
        }
    }

    public void Crash(SeededChance chance, double survivalRatio)
    {
        for (int sector = 0; sector < _unsynced.Length; sector++)
            if (_unsynced[sector] && chance.Happens(survivalRatio)) KeepSector(sector);
        if (Length != _durableLength && chance.Happens(survivalRatio)) _durableLength = Length;
        Length = _durableLength;
        _durable.CopyTo(_seen, 0);
        _seen.AsSpan((int)Length).Clear();
        _durable.AsSpan((int)Length).Clear();
        Array.Clear(_unsynced);
    }

    public void FlipBit(long offset, int bit)
    {
        _durable[offset] ^= (byte)(1 << bit);
        _seen[offset] ^= (byte)(1 << bit);
    }

    private void KeepSector(int sector)
    {
        _seen.AsSpan(sector * SectorBytes, SectorBytes).CopyTo(_durable.AsSpan(sector * SectorBytes));
        _unsynced[sector] = false;
    }

    private void Reserve(long length)
    {
        int sectors = (int)((length + SectorBytes - 1) / SectorBytes);
        if (sectors <= _unsynced.Length) return;
        int grown = Math.Max(sectors, _unsynced.Length * 2);
        Array.Resize(ref _unsynced, grown);
        Array.Resize(ref _seen, grown * SectorBytes);
        Array.Resize(ref _durable, grown * SectorBytes);
    }
}
