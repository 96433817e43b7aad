using CreditGrains.Simulation.Disk;

namespace CreditGrains.Simulation.Workload;

/// <summary>Chance that a seed reproduces everywhere, with the throws a workload needs. One thread.</summary>
internal sealed class Dice(ulong seed)
{
    private readonly SeededChance _chance = new(seed);

    public ulong Next() => _chance.Next();

    /// <summary>Dice of its own, so that more throws here do not shift the throws there.</summary>
    public Dice Fork() => new(Next());

    /// <summary>0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => _chance.Below(bound);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public long Between(long low, long high) => low + (long)(Next() % ((ulong)(high - low) + 1));

    /// <summary>True in so many cases of a hundred.</summary>
    public bool Percent(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>One of the items, the earlier the likelier.</summary>
    public T PickEarly<T>(IReadOnlyList<T> items) => items[Math.Min(Below(items.Count), Below(items.Count))];

    /// <summary>One of the items, the later the likelier.</summary>
    public T PickLate<T>(IReadOnlyList<T> items) => items[Math.Max(Below(items.Count), Below(items.Count))];

    /// <summary>The index of a weight, by the weights; they do not sum to zero.</summary>
    public int Weighted(IReadOnlyList<int> weights)
    {
        int left = Below(weights.Sum());
        int index = 0;
        while (left >= weights[index])
        {
            left -= weights[index];
            index++;
        }
        return index;
    }
}
