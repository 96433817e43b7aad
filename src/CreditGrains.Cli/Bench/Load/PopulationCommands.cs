using System.Buffers.Binary;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>The population as commands, with the ids an import of it has: session and row number.</summary>
internal sealed class PopulationCommands(PopulationShape shape)
{
    private readonly PopulationRows rows = new(shape);
    private readonly ulong session = BinaryPrimitives.ReadUInt64BigEndian(shape.Hash) >> 4;
    private long row;

    /// <summary>Fills a batch with the next rows.</summary>
    /// <returns>How many; 0 at the end.</returns>
    public int Fill(Span<Command> batch)
    {
        var count = 0;
        for (; count < batch.Length && rows.TryNext(out var next); count++) batch[count] = Command.Of(RequestId.ForSession(session, ++row), Open(next));
        return count;
    }

    private ControlCommand Open(PopulationRow next) => next.Kind switch
    {
        PopulationRowKind.Product => new OpenNode(PopulationShape.Product(next.Number), PopulationShape.Currency, PopulationShape.ProductLimit, default, []),
        PopulationRowKind.Enterprise => new OpenNode(
            PopulationShape.Enterprise(next.Number), PopulationShape.Currency, shape.EnterpriseLimit, default, Under(PopulationShape.Product(shape.ProductOf(next.Number)))),
        PopulationRowKind.Borrower => new OpenNode(
            PopulationShape.Borrower(next.Number), PopulationShape.Currency, PopulationShape.BorrowerLimit, default, Under(PopulationShape.Enterprise(shape.EnterpriseOf(next.Number)))),
        _ => new OpenFacility(
            PopulationShape.Facility(next.Number), PopulationShape.Currency, PopulationShape.FacilityLimit, default, CreditAddsHeadroom: false, OpeningPrincipal: 0,
            Under(PopulationShape.Borrower(shape.BorrowerOf(next.Number)))),
    };

    private static ParentShare[] Under(NodeKey parent) => [new(parent)];
}
