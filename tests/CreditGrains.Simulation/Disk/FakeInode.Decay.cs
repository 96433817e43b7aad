namespace CreditGrains.Simulation.Disk;

/// <summary>Bits that flip on the platter of themselves, and the one that may be put right again.</summary>
internal sealed partial class FakeInode
{
    private const int PlacesTried = 8;
    private const double WrittenRatio = 0.75;
    private (long Offset, int Bit)? _decayed;
    private bool _isDecayOverwritten;

    /// <summary>Whether a decayed bit still stands in one of the images.</summary>
    public bool IsDecayed => _decayed is not null;

    /// <summary>Flips a bit for good, in both images.</summary>
    public void FlipBit(long offset, int bit)
    {
        FlipOnPlatter(offset, bit);
        FlipSeen(offset, bit);
    }

    /// <summary>Flips a bit of a sector that is durable as shown, mostly in a byte that is not zero.</summary>
    /// <returns>Where; null when no such place was found.</returns>
    public long? Decay(SeededChance chance)
    {
        for (int left = PlacesTried; left > 0 && Length > 0; left--)
        {
            long offset = chance.Below((int)Length);
            if (chance.Happens(WrittenRatio)) offset = WrittenNear(chance);
            int sector = (int)(offset / SectorBytes);
            if (offset >= Length || _unsynced[sector] || _platter[sector] is not null) continue;
            _decayed = (offset, chance.Below(8));
            _isDecayOverwritten = false;
            FlipSeen(offset, _decayed.Value.Bit);
            return offset;
        }
        return null;
    }

    /// <summary>Flips the decayed bit back wherever it still stands.</summary>
    public void Heal()
    {
        if (_decayed is not var (offset, bit)) return;
        FlipOnPlatter(offset, bit);
        if (!_isDecayOverwritten) FlipSeen(offset, bit);
        _decayed = null;
    }

    private void Overwrite(long offset, long length)
    {
        if (_decayed is var (decayed, _) && decayed >= offset && decayed < offset + length) _isDecayOverwritten = true;
    }

    // Written over and durable: nothing is left of the decay.
    private void ForgetOverwritten(int sector)
    {
        if (_isDecayOverwritten && _decayed is var (offset, _) && offset / SectorBytes == sector) _decayed = null;
    }

    // The platter's sector, with the decay in it, is shown again.
    private void Restore(int sector)
    {
        if (_decayed is var (offset, _) && offset / SectorBytes == sector) _isDecayOverwritten = false;
    }

    private long WrittenNear(SeededChance chance)
    {
        int chunk = chance.Below(_seen.Length);
        while (chunk > 0 && _seen[chunk] is null) chunk--;
        if (_seen[chunk] is not { } bytes) return 0;
        int start = chance.Below(ChunkBytes);
        int found = bytes.AsSpan(start).IndexOfAnyExcept((byte)0);
        return (long)chunk * ChunkBytes + (found >= 0 ? start + found : chance.Below(Math.Max(1, bytes.AsSpan().LastIndexOfAnyExcept((byte)0))));
    }

    private void FlipOnPlatter(long offset, int bit)
    {
        int sector = (int)(offset / SectorBytes);
        if (_platter[sector] is not { } durable) return;
        // The zero sector is shared.
        byte[] flipped = [.. durable];
        flipped[offset % SectorBytes] ^= (byte)(1 << bit);
        _platter[sector] = flipped;
    }

    private void FlipSeen(long offset, int bit)
    {
        Span<byte> shown = stackalloc byte[1];
        if (_seen[offset / ChunkBytes] is { } chunk) shown[0] = chunk[offset % ChunkBytes];
        shown[0] ^= (byte)(1 << bit);
        if (_seen[offset / ChunkBytes] is { } present) present[offset % ChunkBytes] = shown[0];
        else Show(offset, shown);
    }
}
