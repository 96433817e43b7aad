using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Connection;
using Google.Protobuf;

namespace CreditGrains.Crash.Tests.Storm;

/// <summary>The book under storm: one portfolio, enterprises, borrowers, facilities; limits so tight that every level declines now and then.</summary>
internal static class StormBook
{
    public const int Facilities = 24;
    private const int Borrowers = 12;
    private const int Enterprises = 3;

    public static readonly IReadOnlyDictionary<(NodeKind Kind, long Id), long> Limits = MakeLimits();

    public static FacilityKey Facility(long id) => new() { Tenant = 1, LegalEntity = 1, Id = id };

    public static NodeKey Node(NodeKind kind, long id) => new() { Tenant = 1, LegalEntity = 1, Kind = kind, Id = id };

    /// <summary>The nodes above a facility.</summary>
    public static IEnumerable<(NodeKind Kind, long Id)> PathOf(long facility)
    {
        var borrower = (facility - 1) % Borrowers + 1;
        yield return (NodeKind.Facility, facility);
        yield return (NodeKind.Borrower, borrower);
        yield return (NodeKind.Enterprise, (borrower - 1) % Enterprises + 1);
        yield return (NodeKind.Portfolio, 1);
    }

    public static async Task OpenAsync(RpcChannel channel)
    {
        await OpenNodeAsync(channel, NodeKind.Portfolio, 1, null);
        for (var id = 1; id <= Enterprises; id++) await OpenNodeAsync(channel, NodeKind.Enterprise, id, Node(NodeKind.Portfolio, 1));
        for (var id = 1; id <= Borrowers; id++) await OpenNodeAsync(channel, NodeKind.Borrower, id, Node(NodeKind.Enterprise, (id - 1) % Enterprises + 1));
        for (var id = 1; id <= Facilities; id++)
        {
            var open = new OpenFacilityRequest { RequestId = NewId(), Facility = Facility(id), Currency = "EUR", Limit = Limits[(NodeKind.Facility, id)] };
            open.Parents.Add(new ParentShare { Parent = Node(NodeKind.Borrower, (id - 1) % Borrowers + 1) });
            await PostAsync(channel, new Command { OpenFacility = open });
        }
    }

    public static ByteString NewId() => ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));

    private static async Task OpenNodeAsync(RpcChannel channel, NodeKind kind, long id, NodeKey? parent)
    {
        var open = new OpenNodeRequest { RequestId = NewId(), Node = Node(kind, id), Currency = "EUR", Limit = Limits[(kind, id)] };
        if (parent is not null) open.Parents.Add(new ParentShare { Parent = parent });
        await PostAsync(channel, new Command { OpenNode = open });
    }

    private static async Task PostAsync(RpcChannel channel, Command command) =>
        Assert.Equal(OutcomeKind.Posted, (await channel.UnaryAsync(Calls.Execute, command)).Kind);

    private static Dictionary<(NodeKind Kind, long Id), long> MakeLimits()
    {
        var limits = new Dictionary<(NodeKind Kind, long Id), long> { [(NodeKind.Portfolio, 1)] = 9_000 };
        for (var id = 1; id <= Enterprises; id++) limits[(NodeKind.Enterprise, id)] = 3_500;
        for (var id = 1; id <= Borrowers; id++) limits[(NodeKind.Borrower, id)] = 1_200;
        for (var id = 1; id <= Facilities; id++) limits[(NodeKind.Facility, id)] = 800;
        return limits;
    }
}
