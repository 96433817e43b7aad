namespace CreditGrains.Engine.Memory;

/// <summary>
/// Zeroed pages of one size for everything that grows with the book. The system clears memory when it is first touched, which would
/// hold up the writer for a millisecond a page; so a few pages are kept touched ahead of need by <see cref="Refill"/>, which a host
/// calls from a thread of its own. Without refills pages come straight from the system. Shared by the process; any thread.
/// </summary>
internal static unsafe class ZeroPages
{
    /// <summary>Size of a page.</summary>
    public const int PageBytes = 4 << 20;

    /// <summary>Most pages kept ready.</summary>
    public const int ReadyMax = 8;

    private static readonly Lock Gate = new();
    private static readonly nint[] Ready = new nint[ReadyMax];
    private static int readyCount;
    private static bool isGrowing;

    /// <summary>Whether <see cref="Refill"/> has something to do: somebody grows and pages are missing.</summary>
    public static bool WantsRefill => Volatile.Read(ref isGrowing) && Volatile.Read(ref readyCount) < ReadyMax;

    /// <summary>A zeroed page, ready if there is one.</summary>
    public static byte* Take()
    {
        lock (Gate)
        {
            isGrowing = true;
            if (readyCount > 0) return (byte*)Ready[--readyCount];
        }
        return MapLarge();
    }

    /// <summary>A zeroed page whose memory is taken little by little as it is touched: for what may stay small.</summary>
    public static byte* TakeLazy() => SystemMemory.Map(PageBytes);

    /// <summary>Gives a page back to the system.</summary>
    public static void Return(byte* page) => SystemMemory.Unmap(page, PageBytes);

    /// <summary>Makes pages ready until there are enough.</summary>
    public static void Refill()
    {
        while (WantsRefill)
        {
            var page = MapLarge();
            SystemMemory.Populate(page, PageBytes);
            lock (Gate)
            {
                if (readyCount < ReadyMax)
                {
                    Ready[readyCount++] = (nint)page;
                    continue;
                }
            }
            Return(page);
        }
    }

    private static byte* MapLarge()
    {
        var page = SystemMemory.Map(PageBytes);
        SystemMemory.AdviseLarge(page, PageBytes);
        return page;
    }
}
