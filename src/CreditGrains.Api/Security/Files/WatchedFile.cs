namespace CreditGrains.Api.Security.Files;

/// <summary>
/// What a file holds, read again when it changes; looked at no more often than four times a second. A new version that cannot be read is told once and the
/// last good one stays. Thread-safe.
/// </summary>
internal sealed class WatchedFile<T>
    where T : class
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private readonly IReadOnlyList<string> paths;
    private readonly Func<T> read;
    private readonly TimeProvider clock;
    private readonly Action<string> warn;
    private readonly Lock gate = new();
    private T current;
    private long generation;
    private long lookedAt;
    private string stamp;

    /// <summary>Reads the files.</summary>
    /// <param name="paths">The files that are watched.</param>
    /// <param name="read">Reads them; throws <see cref="SecurityFileException"/>.</param>
    /// <param name="clock">Says when to look.</param>
    /// <param name="warn">Told of a version that cannot be read.</param>
    /// <exception cref="SecurityFileException">They cannot be read.</exception>
    public WatchedFile(IReadOnlyList<string> paths, Func<T> read, TimeProvider clock, Action<string> warn)
    {
        this.paths = paths;
        this.read = read;
        this.clock = clock;
        this.warn = warn;
        stamp = Stamp();
        current = read();
        lookedAt = clock.GetUtcNow().UtcTicks;
    }

    /// <summary>The newest good version.</summary>
    public T Current
    {
        get
        {
            Look();
            return Volatile.Read(ref current);
        }
    }

    /// <summary>Rises with each new version.</summary>
    public long Generation
    {
        get
        {
            Look();
            return Volatile.Read(ref generation);
        }
    }

    private void Look()
    {
        var seen = Volatile.Read(ref lookedAt);
        var now = clock.GetUtcNow().UtcTicks;
        // Also when the clock was set back: it may be a long way to the old mark.
        if (Math.Abs(now - seen) < LookEvery.Ticks || Interlocked.CompareExchange(ref lookedAt, now, seen) != seen) return;
        lock (gate)
        {
            var newest = Stamp();
            if (newest == stamp) return;
            stamp = newest;
            try
            {
                Volatile.Write(ref current, read());
                Interlocked.Increment(ref generation);
            }
            catch (SecurityFileException fault)
            {
                warn($"{fault.Message} The version read before stays in force.");
            }
        }
    }

    private string Stamp()
    {
        var stamps = paths.Select(path =>
        {
            var file = new FileInfo(path);
            return file.Exists ? FormattableString.Invariant($"{file.LastWriteTimeUtc.Ticks}/{file.Length}") : "none";
        });
        return string.Join(' ', stamps);
    }
}
