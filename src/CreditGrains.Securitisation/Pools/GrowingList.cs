using System.Collections;

namespace CreditGrains.Securitisation.Pools;

/// <summary>
/// A list that only grows, of entries that do not change: a copy shares them, however many there are. One writer; a copy may be read by any thread it was handed to.
/// </summary>
internal sealed class GrowingList<T> : IReadOnlyList<T>
{
    private T[] entries = [];

    // A copy that grew in place would write where the list it was made of does.
    private bool isShared;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return entries[index];
        }
    }

    /// <summary>The list as it is now; what is added to either is not seen in the other.</summary>
    public GrowingList<T> Copy() => new() { entries = entries, Count = Count, isShared = true };

    public void Add(T entry)
    {
        if (isShared || Count == entries.Length) Array.Resize(ref entries, Math.Max(4, Count * 2));
        isShared = false;
        entries[Count++] = entry;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return entries[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
