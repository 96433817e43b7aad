namespace CreditGrains.Cli.Bench.Load;

/// <summary>What a row of the population opens.</summary>
internal enum PopulationRowKind
{
    Product,
    Enterprise,
    Borrower,
    Facility,
}

/// <summary>A row: what it opens and its number.</summary>
internal readonly record struct PopulationRow(PopulationRowKind Kind, long Number);

/// <summary>The rows of a population in the order they are opened: parents first, each borrower followed by its facilities.</summary>
internal sealed class PopulationRows(PopulationShape shape)
{
    private int products;
    private long enterprises;
    private long borrowers;
    private long facilities;

    /// <summary>The next row.</summary>
    /// <returns>False at the end.</returns>
    public bool TryNext(out PopulationRow row)
    {
        if (products < shape.Products) row = new(PopulationRowKind.Product, ++products);
        else if (enterprises < shape.Enterprises) row = new(PopulationRowKind.Enterprise, ++enterprises);
        else if (facilities < shape.Facilities && shape.BorrowerOf(facilities + 1) <= borrowers) row = new(PopulationRowKind.Facility, ++facilities);
        else if (borrowers < shape.Borrowers) row = new(PopulationRowKind.Borrower, ++borrowers);
        else
        {
            row = default;
            return false;
        }

        return true;
    }
}
