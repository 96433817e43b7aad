using CreditGrains.Api.Security.Keys;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;
using CreditGrains.Server;
using CreditGrains.Server.Security;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>
/// A server with two tenants in a directory of its own. The key that inputs are sent with is of the second and may do everything there; the first has limits
/// by one number that stands nowhere else, so an answer that holds it has leaked.
/// </summary>
internal sealed class FuzzServer : IDisposable
{
    /// <summary>The number that only tenant 1 knows: minor units.</summary>
    public const long Secret = 7_777_123_456_789;

    private static readonly NodeKey Borrower = new(77, 1, 1, NodeKind.Borrower);
    private static readonly NodeKey Facility = NodeKey.Facility(1, 1, 77);
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-fuzz-").FullName;
    private readonly RunningServer server;
    private readonly string before;

    public FuzzServer()
    {
        Key = ApiKey.Create();
        var keys = Path.Combine(directory, "keys.json");
        KeyFile.Of([new KeyEntry { Id = ApiKey.IdOf(Key)!, Name = "fuzz", KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(Key)), Roles = ["admin"], Tenant = 2 }]).Write(keys);
        server = CreditGrainsServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(directory, "data"), GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null, DrainMax = TimeSpan.FromSeconds(2),
            Security = new SecuritySettings
            {
                Keys = keys, Audit = Path.Combine(directory, "audit"), Approvals = new ApprovalSettings { SetLimitAbove = 1_000_000_000 },
            },
        }).GetAwaiter().GetResult();
        var eur = Currency.Parse("EUR");
        foreach (var tenant in (ushort[])[1, 2])
        {
            Execute(new OpenNode(Borrower with { Tenant = tenant }, eur, tenant == 1 ? Secret : 1_000_000, default, []));
            Execute(new OpenFacility(Facility with { Tenant = tenant }, eur, tenant == 1 ? Secret : 500_000, default, false, 0, [new ParentShare(Borrower with { Tenant = tenant })]));
        }

        before = StateOfOther();
    }

    public string Key { get; }

    public Uri GrpcAddress => server.GrpcAddress;

    public Uri HttpAddress => server.HttpAddress;

    /// <summary>Whether it still serves.</summary>
    public bool IsAlive => server.Engine.GetStatusAsync().AsTask().GetAwaiter().GetResult().Fault is null;

    /// <exception cref="LeakException">Something of tenant 1 is not as it was.</exception>
    public void DemandOtherUnchanged()
    {
        var now = StateOfOther();
        if (now != before) throw new LeakException($"tenant 1 was changed by tenant 2: it was {before} and is {now}");
    }

    public void Dispose()
    {
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(directory, recursive: true);
    }

    private string StateOfOther()
    {
        var facility = Wait(server.Engine.GetFacilityAsync(Facility))!;
        var nodes = Wait(server.Engine.ListNodesAsync(1, NodeKind.None, default, 1_000));
        var history = Wait(server.Engine.GetHistoryAsync(Facility, 0, 1_000));
        return FormattableString.Invariant($"limit {facility.Node.Limit}, {facility.Balances}, {facility.Node.Status}, {history.Events.Count} events; nodes {string.Join(", ", nodes.Select(Show))}");
    }

    private static string Show(NodeView node) => FormattableString.Invariant($"{node.Key} limit {node.Limit} {node.Status}");

    private void Execute(ControlCommand command) => Wait(server.Engine.ExecuteAsync(Command.Of(RequestId.FromGuid(Guid.CreateVersion7()), command)));

    private static T Wait<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();
}
