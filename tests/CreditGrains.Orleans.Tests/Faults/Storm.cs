using System.Collections.Concurrent;
using System.Diagnostics;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using Google.Protobuf;
using VoidRequest = CreditGrains.Api.V1.VoidRequest;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>
/// Clients that never stop: each sends one request after the other to some silo, and the same request to another one when it gets no answer. All facilities lie
/// under one enterprise that has less than is asked for in all; half of what is approved is voided again, so grants move to and fro.
/// </summary>
#pragma warning disable CA1001 // Cancelled, not disposed of: clients may still look at it.
internal sealed class Storm : IAsyncDisposable
#pragma warning restore CA1001
{
    public const int Facilities = 48;
    public const long EnterpriseLimit = 4_000;

    /// <summary>Decisions after which the limit has been exhausted for long: fewer would test little.</summary>
    public const int AcknowledgedMin = 2_500;
    private const int Clients = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);
    private static readonly RpcMethod<Command, Decision> ExecuteMethod = RpcMethod.Of<Command, Decision>(LimitServiceReflection.Descriptor.Services[0], "Execute");
    private readonly Uri[] silos;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private readonly Lock gate = new();
    private readonly HashSet<long> unserved = [];
    private long servedFrom;
    private TaskCompletionSource allServed = new();
    private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Storm(IEnumerable<Uri> silos) => this.silos = [.. silos];

    /// <summary>What was acknowledged, by request id.</summary>
    public ConcurrentDictionary<Guid, Decision> Acknowledged { get; } = new();

    public async Task OpenAsync()
    {
        using var channel = new RpcChannel(silos[0]);
        await PostAsync(channel, new Command { OpenNode = new OpenNodeRequest { RequestId = NewId(), Node = Node(NodeKind.Enterprise, 1), Currency = "EUR", Limit = EnterpriseLimit } });
        for (var i = 1; i <= Facilities; i++)
        {
            var borrower = new OpenNodeRequest { RequestId = NewId(), Node = Node(NodeKind.Borrower, i), Currency = "EUR", Limit = 1_000_000 };
            borrower.Parents.Add(new ParentShare { Parent = Node(NodeKind.Enterprise, 1) });
            await PostAsync(channel, new Command { OpenNode = borrower });
            var facility = new OpenFacilityRequest { RequestId = NewId(), Facility = Facility(i), Currency = "EUR", Limit = 1_000_000 };
            facility.Parents.Add(new ParentShare { Parent = Node(NodeKind.Borrower, i) });
            await PostAsync(channel, new Command { OpenFacility = facility });
        }
    }

    public void Start()
    {
        for (var i = 0; i < Clients; i++)
        {
            var client = i;
            running.Add(Task.Run(() => RunAsync(client)));
        }
    }

    /// <summary>Completes when every facility has a decision on a request sent after now.</summary>
    public async Task<TimeSpan> EveryFacilityServedAsync(TimeSpan within)
    {
        Task all;
        long from;
        lock (gate)
        {
            from = servedFrom = Stopwatch.GetTimestamp();
            for (var f = 1; f <= Facilities; f++) unserved.Add(f);
            allServed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            all = allServed.Task;
        }
        // A client that broke would never serve again: its fault is the test's.
        var first = await Task.WhenAny([all, Task.Delay(within), .. running]);
        if (running.Contains(first)) await first;
        lock (gate) Assert.True(all.IsCompleted, $"facilities {string.Join(", ", unserved)} were not served within {within.TotalSeconds} s");
        return Stopwatch.GetElapsedTime(from);
    }

    /// <summary>Completes when the storm has raged for long enough, however fast its faults passed.</summary>
    public Task EnoughAsync(TimeSpan within) => enough.Task.WaitAsync(within);

    /// <summary>Ends after the requests under way are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync();
        await Task.WhenAll(running).WaitAsync(EndsWithin);
    }

    private void Served(long facility, long sentAt)
    {
        if (Acknowledged.Count >= AcknowledgedMin) enough.TrySetResult();
        lock (gate)
        {
            if (sentAt < servedFrom || !unserved.Remove(facility) || unserved.Count > 0) return;
            allServed.TrySetResult();
        }
    }

    private async Task RunAsync(int client)
    {
        var draw = new Random(client);
        using var doors = new FrontDoors(silos, client);
        var held = new List<(long Facility, long Hold)>();
        var facility = client;
        while (!stop.IsCancellationRequested)
        {
            facility = facility % Facilities + 1;
            var decision = await AskAsync(doors, facility, new AuthorizeRequest { Facility = Facility(facility), Amount = draw.Next(1, 20), Currency = "EUR" });
            if (decision is null) break;
            if (decision.Kind == OutcomeKind.Approved) held.Add((facility, decision.DecisionId));
            if (held.Count == 0 || draw.Next(2) == 0) continue;
            var place = draw.Next(held.Count);
            var (of, hold) = held[place];
            held.RemoveAt(place);
            if (await AskAsync(doors, of, new VoidRequest { Facility = Facility(of), HoldId = hold }) is null) break;
        }
    }

    /// <summary>Sends one request until it is answered.</summary>
    /// <returns>Null when the storm ends first.</returns>
    private async Task<Decision?> AskAsync(FrontDoors doors, long facility, IMessage request)
    {
        var id = Guid.CreateVersion7();
        var bytes = ByteString.CopyFrom(id.ToByteArray(bigEndian: true));
        var command = new Command();
        if (request is AuthorizeRequest authorize)
        {
            authorize.RequestId = bytes;
            command.Authorize = authorize;
        }
        else
        {
            command.Void = (VoidRequest)request;
            command.Void.RequestId = bytes;
        }
        var sentAt = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var decision = await doors.Next().UnaryAsync(ExecuteMethod, command, new CallOptions { Timeout = Patience });
                Assert.True(decision.Kind is OutcomeKind.Approved or OutcomeKind.Declined or OutcomeKind.Posted, $"{decision.Kind} {decision.ReasonName} {decision.Message}");
                doors.NoteAnswer();
                Acknowledged[id] = decision;
                Served(facility, sentAt);
                return decision;
            }
            catch (RpcException failure) when (failure.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted or StatusCode.Cancelled)
            {
                // Not known whether it took effect: the same id at another silo tells. Only silence keeps a client away from a silo; one that says it cannot now is there.
                if (failure.Code is not StatusCode.ResourceExhausted) doors.NoteSilent();
                if (stop.IsCancellationRequested) return null;
            }
        }
    }

    private static async Task PostAsync(RpcChannel channel, Command command)
    {
        var decision = await channel.UnaryAsync(ExecuteMethod, command);
        Assert.True(decision.Kind == OutcomeKind.Posted, $"{decision.Kind} {decision.ReasonName} {decision.Message}");
    }

    private static ByteString NewId() => ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));

    private static NodeKey Node(NodeKind kind, long id) => new() { Tenant = 1, LegalEntity = 1, Kind = kind, Id = id };

    private static FacilityKey Facility(long id) => new() { Tenant = 1, LegalEntity = 1, Id = id };
}
