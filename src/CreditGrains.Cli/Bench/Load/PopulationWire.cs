using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>
/// The population as messages of ControlService.Import, written straight to bytes so that the client costs little beside the
/// server it loads. Row: Command {64 open_node {4 node, 6 currency, 7 limit, 9 parents} | 65 open_facility {the same, 4 facility}}.
/// </summary>
internal sealed class PopulationWire(PopulationShape shape, int batchRows)
{
    private const int RowLengthMax = 128;
    private const int BatchStart = 32;
    private readonly PopulationRows rows = new(shape);
    private readonly byte[] buffer = new byte[BatchStart + batchRows * RowLengthMax];

    /// <summary>Rows written so far.</summary>
    public long RowsWritten { get; private set; }

    /// <summary>The first message: ImportRecord {1 header {1 file_sha256, 2 tenant}}.</summary>
    public static byte[] Header(PopulationShape shape) => [(1 << 3) | 2, 36, (1 << 3) | 2, 32, .. shape.Hash, 2 << 3, (byte)PopulationShape.Scope];

    /// <summary>The next batch: ImportRecord {2 batch {1 first_row, 2 commands}}; lent until the next call.</summary>
    /// <returns>False at the end.</returns>
    public bool TryWriteBatch(out ReadOnlyMemory<byte> message)
    {
        var start = BatchStart;
        var at = start;
        var count = 0;
        for (; count < batchRows && rows.TryNext(out var row); count++) at += WriteRow(row, buffer.AsSpan(at));
        if (count == 0)
        {
            message = default;
            return false;
        }

        // What stands before the rows is written backwards, now that their length is known.
        Span<byte> head = stackalloc byte[BatchStart];
        head[0] = 1 << 3;
        var length = 1 + WireVarint.Write((ulong)RowsWritten + 1, head[1..]);
        start = Prepend(head[..length], start);
        head[0] = (2 << 3) | 2;
        length = 1 + WireVarint.Write((ulong)(at - start), head[1..]);
        start = Prepend(head[..length], start);
        RowsWritten += count;
        message = buffer.AsMemory(start, at - start);
        return true;
    }

    private int Prepend(ReadOnlySpan<byte> bytes, int start)
    {
        bytes.CopyTo(buffer.AsSpan(start - bytes.Length));
        return start - bytes.Length;
    }

    /// <summary>All lengths within a row are below 128: one byte each.</summary>
    private int WriteRow(PopulationRow row, Span<byte> target)
    {
        Span<byte> open = stackalloc byte[RowLengthMax];
        var (kind, limit, parent) = Terms(row);
        open[0] = (4 << 3) | 2;
        var at = 2 + WriteKey(row.Number, kind == NodeKind.Facility ? NodeKind.None : kind, open[2..]);
        open[1] = (byte)(at - 2);
        "\u0032\u0003EUR"u8.CopyTo(open[at..]);
        at += 5;
        open[at++] = 7 << 3;
        at += WireVarint.Write((ulong)limit, open[at..]);
        if (parent.Kind != NodeKind.None)
        {
            var key = WriteKey(parent.Id, parent.Kind, open[(at + 4)..]);
            open[at] = (9 << 3) | 2;
            open[at + 1] = (byte)(key + 2);
            open[at + 2] = (1 << 3) | 2;
            open[at + 3] = (byte)key;
            at += 4 + key;
        }

        // Member 2 of the batch: Command, whose oneof member takes a two-byte tag.
        target[0] = (2 << 3) | 2;
        target[1] = (byte)(at + 3);
        var number = kind == NodeKind.Facility ? 65 : 64;
        WireVarint.Write((ulong)((number << 3) | 2), target[2..]);
        target[4] = (byte)at;
        open[..at].CopyTo(target[5..]);
        return 5 + at;
    }

    private (NodeKind Kind, long Limit, NodeKey Parent) Terms(PopulationRow row) => row.Kind switch
    {
        PopulationRowKind.Product => (NodeKind.Product, PopulationShape.ProductLimit, default),
        PopulationRowKind.Enterprise => (NodeKind.Enterprise, shape.EnterpriseLimit, PopulationShape.Product(shape.ProductOf(row.Number))),
        PopulationRowKind.Borrower => (NodeKind.Borrower, PopulationShape.BorrowerLimit, PopulationShape.Enterprise(shape.EnterpriseOf(row.Number))),
        _ => (NodeKind.Facility, PopulationShape.FacilityLimit, PopulationShape.Borrower(shape.BorrowerOf(row.Number))),
    };

    private static int WriteKey(long number, NodeKind kind, Span<byte> target)
    {
        target[0] = 1 << 3;
        target[1] = (byte)PopulationShape.Scope;
        target[2] = 2 << 3;
        target[3] = (byte)PopulationShape.Scope;
        target[4] = 3 << 3;
        var at = 5 + WireVarint.Write((ulong)number, target[5..]);
        if (kind == NodeKind.None) return at;
        target[at] = 4 << 3;
        target[at + 1] = (byte)kind;
        return at + 2;
    }
}
