using CreditGrains.Engine.Files;

namespace CreditGrains.Simulation.Disk;

/// <summary>
/// A disk in memory that loses, tears and reorders what was not synced, fails on demand and loses power at any operation. The same
/// seed and the same calls give the same outcome. One thread, or callers that take turns.
/// </summary>
public sealed class FakeDisk : IFileStore
{
    private readonly FakeDirectory _directory = new();
    private readonly SeededChance _chance;
    private FakeInode? _decayed;
    private int _failSyncs;
    private int _failWrites;
    private bool _isLocked;
    private bool _isDown;
    private int _life;

    /// <summary>An empty disk.</summary>
    public FakeDisk(ulong seed, FakeDiskOptions? options = null)
    {
        _chance = new SeededChance(seed);
        Options = options ?? new FakeDiskOptions();
    }

    /// <summary>How it misbehaves.</summary>
    public FakeDiskOptions Options { get; }

    /// <summary>Changing operations so far, failed ones included.</summary>
    public long Operations { get; private set; }

    /// <summary>The operation, counted from 1, at which power is lost, in the midst of it; null for never.</summary>
    public long? CrashAtOperation { get; set; }

    /// <inheritdoc/>
    public long FreeBytes => Options.CapacityBytes - UsedBytes;

    /// <summary>Bytes of all files together.</summary>
    public long UsedBytes => _directory.Seen.Values.Sum(inode => inode.Length);

    /// <summary>Syncs that failed so far.</summary>
    public long FailedSyncs { get; private set; }

    /// <summary>Writes that failed so far after a part.</summary>
    public long FailedWrites { get; private set; }

    /// <summary>Crashes that kept some of what was unsynced in one file and lost some: writes torn or out of order.</summary>
    public long MixedCrashes { get; private set; }

    /// <summary>Lets the next syncs fail, files and directory alike: nothing is certain, all is marked clean.</summary>
    public void FailNextSyncs(int count = 1) => _failSyncs = count;

    /// <summary>Lets the next writes fail after a part.</summary>
    public void FailNextWrites(int count = 1) => _failWrites = count;

    /// <summary>Flips one bit on the platter.</summary>
    public void FlipBit(string name, long offset, int bit) => Inode(name).FlipBit(offset, bit);

    /// <summary>Whether a bit has decayed that was neither healed nor written over.</summary>
    public bool IsDecayed => _decayed is { IsDecayed: true };

    /// <summary>A bit of a durable sector flips by chance, at most one at a time.</summary>
    /// <returns>Where; null when there was no such place.</returns>
    public string? Decay()
    {
        if (IsDecayed || _directory.Seen.Count == 0) return null;
        (string name, FakeInode inode) = _directory.Seen.ElementAt(_chance.Below(_directory.Seen.Count));
        if (inode.Decay(_chance) is not { } offset) return null;
        _decayed = inode;
        return $"'{name}' at byte {offset}";
    }

    /// <summary>Puts the decayed bit right, as an operator does who brings the file back from a backup.</summary>
    public void Heal()
    {
        _decayed?.Heal();
        _decayed = null;
    }

    /// <summary>
    /// Power is lost and returns: each unsynced sector and directory change survives or not by chance, handles and locks are gone.
    /// </summary>
    public void Crash()
    {
        _directory.Crash(_chance, Options.DirectorySurvivalRatio);
        // In the order of the names, so that a seed decides; one file may have survived under two names.
        bool isMixed = false;
        foreach (FakeInode inode in _directory.Seen.Values.Distinct()) isMixed |= inode.Crash(_chance, Options.SectorSurvivalRatio);
        if (isMixed) MixedCrashes++;
        Restart();
        CrashAtOperation = null;
    }

    /// <summary>The process ends and the machine lives on: handles and locks are gone, every write stays visible.</summary>
    public void Restart()
    {
        _isDown = false;
        _isLocked = false;
        _life++;
        _failSyncs = 0;
        _failWrites = 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        RequirePower();
        return [.. _directory.Seen.Keys];
    }

    /// <inheritdoc/>
    public bool Exists(string name)
    {
        RequirePower();
        return _directory.Seen.ContainsKey(name);
    }

    /// <inheritdoc/>
    public IStoreFile Open(string name, bool create)
    {
        RequirePower();
        if (!create) return new FakeFile(this, Inode(name), name, _life);
        if (_directory.Seen.ContainsKey(name)) throw new StoreFileException(StoreErrorCode.FileExists, $"'{name}' exists already.");
        bool crashes = Begin(FakeDiskOperation.Create);
        var inode = new FakeInode();
        _directory.Link(name, inode);
        End(crashes);
        return new FakeFile(this, inode, name, _life);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        Inode(from);
        bool crashes = Begin(FakeDiskOperation.Rename);
        _directory.Rename(from, to);
        End(crashes);
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        Inode(name);
        bool crashes = Begin(FakeDiskOperation.Delete);
        _directory.Unlink(name);
        End(crashes);
    }

    /// <inheritdoc/>
    public void SyncDirectory()
    {
        bool crashes = Begin(FakeDiskOperation.SyncDirectory);
        End(crashes);
        if (TakeFailure(ref _failSyncs))
        {
            FailedSyncs++;
            throw new StoreSyncFailedException("the directory");
        }
        _directory.Sync();
    }

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        RequirePower();
        if (_isLocked) throw new StoreLockedException("the fake disk", "another holder");
        _isLocked = true;
        return new Hold(this, _life);
    }

    internal void Write(FakeInode inode, string name, long offset, ReadOnlySpan<byte> source)
    {
        bool crashes = Begin(FakeDiskOperation.Write);
        bool fails = TakeFailure(ref _failWrites);
        long room = inode.Length + FreeBytes - offset;
        int writable = (int)Math.Min(source.Length, Math.Max(0, room));
        int position = 0;
        while (position < writable)
        {
            int inSector = FakeInode.SectorBytes - (int)((offset + position) % FakeInode.SectorBytes);
            int length = Math.Min(inSector, writable - position);
            bool isLost = (crashes || fails) && _chance.Happens(0.5);
            if (!isLost) inode.WritePiece(offset + position, source.Slice(position, length), _chance.Happens(Options.WritebackRatio));
            position += length;
        }
        End(crashes);
        if (fails)
        {
            FailedWrites++;
            throw new StoreWriteFailedException(name);
        }
        if (writable < source.Length) throw new StoreFullException(name);
    }

    internal void SetLength(FakeInode inode, string name, long length)
    {
        bool crashes = Begin(FakeDiskOperation.SetLength);
        if (length - inode.Length > FreeBytes) throw new StoreFullException(name);
        inode.SetLength(length);
        End(crashes);
    }

    internal void Sync(FakeInode inode, string name)
    {
        bool crashes = Begin(FakeDiskOperation.Sync);
        End(crashes);
        if (TakeFailure(ref _failSyncs))
        {
            FailedSyncs++;
            inode.FailSync(_chance);
            throw new StoreSyncFailedException(name);
        }
        inode.Sync();
    }

    internal void RequireLife(int life)
    {
        RequirePower();
        ObjectDisposedException.ThrowIf(life != _life, this);
    }

    private static bool TakeFailure(ref int count)
    {
        if (count == 0) return false;
        count--;
        return true;
    }

    private bool Begin(FakeDiskOperation operation)
    {
        RequirePower();
        Operations++;
        Options.OnOperation?.Invoke(operation);
        return Operations == CrashAtOperation;
    }

    private void End(bool crashes)
    {
        if (!crashes) return;
        _isDown = true;
        throw new SimulatedCrashException();
    }

    private void RequirePower()
    {
        if (_isDown) throw new SimulatedCrashException();
    }

    private FakeInode Inode(string name)
    {
        RequirePower();
        return _directory.Seen.TryGetValue(name, out FakeInode? inode)
            ? inode
            : throw new StoreFileException(StoreErrorCode.FileMissing, $"'{name}' does not exist.");
    }

    private sealed class Hold(FakeDisk disk, int life) : IDisposable
    {
        public void Dispose()
        {
            if (disk._life == life) disk._isLocked = false;
        }
    }
}
