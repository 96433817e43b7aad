namespace CreditGrains.Cli.Bench.Arrivals;

/// <summary>A closed loop: a request is due whenever there is room for one. Measures the most that can be had.</summary>
internal sealed class ClosedArrivals : IArrivals
{
    /// <summary>The only one; it holds nothing.</summary>
    public static readonly ClosedArrivals Instance = new();

    private ClosedArrivals()
    {
    }

    public bool IsEnded => false;

    public long Due(long now) => long.MaxValue;

    public long Take(int count, long now) => now;

    public long OldestAt(long now) => now;

    public long Until(int count, long now) => 0;
}
