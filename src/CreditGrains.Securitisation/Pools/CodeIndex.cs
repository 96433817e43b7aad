namespace CreditGrains.Securitisation.Pools;

/// <summary>Gives codes places from 0 in the order they were first seen.</summary>
/// <param name="limit">Most codes; 0 for one that is only read.</param>
internal sealed class CodeIndex(int limit)
{
    private static readonly Dictionary<long, int> Nowhere = [];
    private readonly Dictionary<long, int> places = limit == 0 ? Nowhere : [];
    private GrowingList<long> codes = new();

    /// <summary>The same codes at the same places, to be read by place only: nothing can be looked up or added.</summary>
    public CodeIndex Freeze() => new(0) { codes = codes.Copy() };

    public int Count => codes.Count;

    public bool IsFull => codes.Count >= limit;

    public long this[int place] => codes[place];

    public bool TryGet(long code, out int place) => places.TryGetValue(code, out place);

    public int PlaceOf(long code)
    {
        if (places.TryGetValue(code, out var place)) return place;
        if (IsFull) throw new InvalidOperationException("more codes than places; the transfer's check refuses them before");
        places.Add(code, codes.Count);
        codes.Add(code);
        return codes.Count - 1;
    }
}
