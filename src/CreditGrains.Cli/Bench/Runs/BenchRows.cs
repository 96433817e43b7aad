namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Rows of zeros in one array that the collector does not move.</summary>
internal sealed class BenchRows(int rowLength, int count)
{
    private readonly byte[] bytes = GC.AllocateArray<byte>(checked(rowLength * count), pinned: true);

    public int Count => count;

    public Span<byte> Row(int row) => bytes.AsSpan(row * rowLength, rowLength);
}
