using CreditGrains.Domain.Loans.Products;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>The products that loans name: rows by hash, and those read lately. Derived from the tables.</summary>
internal sealed class LoanProductBook(RowTable<LoanProductRow> products)
{
    // A product of one loan (a custom schedule) is seldom asked for again; the shared ones are.
    private const int ReadMax = 4_096;
    private readonly Dictionary<UInt128, int> rows = [];
    private readonly Dictionary<int, SealedProduct> read = [];

    public int Find(UInt128 hash) => rows.GetValueOrDefault(hash);

    public SealedProduct Get(int row, LoanPages pages)
    {
        if (read.TryGetValue(row, out var known)) return known;
        ref readonly var product = ref products.Read(row);
        return Remember(row, SealedProduct.Read(pages.Read(product.FirstPage).AsMemory(0, product.LengthBytes)));
    }

    public void Add(SealedProduct product, LoanPages pages)
    {
        var row = products.Add();
        ref var added = ref products.Write(row);
        added.Hash = product.Hash;
        added.LengthBytes = product.Bytes.Length;
        added.FirstPage = pages.Write((ulong)(product.Hash & ulong.MaxValue), product.Bytes.Span);
        rows.Add(product.Hash, row);
        Remember(row, product);
    }

    /// <summary>Fills the index after the tables were loaded.</summary>
    public void Load()
    {
        for (var row = 1; row < products.End; row++) rows.Add(products.Read(row).Hash, row);
    }

    private SealedProduct Remember(int row, SealedProduct product)
    {
        if (read.Count >= ReadMax) read.Clear();
        return read[row] = product;
    }
}
