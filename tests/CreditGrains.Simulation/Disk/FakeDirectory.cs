namespace CreditGrains.Simulation.Disk;

/// <summary>The names a fake disk shows, the names on its platter, and the changes between them in the order asked for.</summary>
internal sealed class FakeDirectory
{
    private readonly List<Change> _unsynced = [];
    private SortedDictionary<string, FakeInode> _seen = new(StringComparer.Ordinal);
    private SortedDictionary<string, FakeInode> _durable = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, FakeInode> Seen => _seen;

    public void Link(string name, FakeInode inode) => Do(new Change(null, name, inode));

    public void Rename(string from, string to) => Do(new Change(from, to, _seen[from]));

    public void Unlink(string name) => Do(new Change(name, null, _seen[name]));

    public void Sync()
    {
        _durable = new(_seen, StringComparer.Ordinal);
        _unsynced.Clear();
    }

    public void Crash(SeededChance chance, double survivalRatio)
    {
        foreach (Change change in _unsynced)
            if (chance.Happens(survivalRatio)) Apply(change, _durable);
        _unsynced.Clear();
        _seen = new(_durable, StringComparer.Ordinal);
    }

    private void Do(Change change)
    {
        Apply(change, _seen);
        _unsynced.Add(change);
    }

    // A renaming that survives without the creation before it still leads to the file; a removal of another file's name is void.
    private static void Apply(Change change, SortedDictionary<string, FakeInode> names)
    {
        if (change.From is not null && names.TryGetValue(change.From, out FakeInode? present) && present == change.Inode)
            names.Remove(change.From);
        if (change.To is not null) names[change.To] = change.Inode;
    }

    private sealed record Change(string? From, string? To, FakeInode Inode);
}
