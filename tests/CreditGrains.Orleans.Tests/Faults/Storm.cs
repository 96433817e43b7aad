using System.Collections.Concurrent;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using Google.Protobuf;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>
/// Clients that never stop: each sends one request after the other to some silo, and the same request to another one when it gets no answer. All facilities lie
/// under one enterprise that has less than is asked for in all.
/// </summary>
#pragma warning disable CA1001 // Cancelled, not disposed of: clients may still look at it.
internal sealed class Storm : IAsyncDisposable
#pragma warning restore CA1001
{
    public const int Facilities = 48;
    public const long EnterpriseLimit = 60_000;
    private const int Clients = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly RpcMethod<AuthorizeRequest, Decision> AuthorizeMethod = RpcMethod.Of<AuthorizeRequest, Decision>(LimitServiceReflection.Descriptor.Services[0], "Authorize");
    private static readonly RpcMethod<Command, Decision> ExecuteMethod = RpcMethod.Of<Command, Decision>(LimitServiceReflection.Descriptor.Services[0], "Execute");
    private readonly Uri[] silos;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];

    public Storm(IEnumerable<Uri> silos) => this.silos = [.. silos];

    /// <summary>What was acknowledged, by request id.</summary>
    public ConcurrentDictionary<Guid, Decision> Acknowledged { get; } = new();

    /// <summary>By facility, when the newest acknowledged request was sent.</summary>
    private readonly ConcurrentDictionary<long, long> sentAt = new();

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
        var from = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Enumerable.Range(1, Facilities).Any(f => sentAt.GetValueOrDefault(f) < from))
        {
            if (running.Find(r => r.IsFaulted) is { } broken) await broken;
            var waited = System.Diagnostics.Stopwatch.GetElapsedTime(from);
            Assert.True(waited < within, $"not every facility was served within {within.TotalSeconds} s");
            await Task.Delay(20);
        }
        return System.Diagnostics.Stopwatch.GetElapsedTime(from);
    }

    /// <summary>Ends after the requests under way are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    private async Task RunAsync(int client)
    {
        var draw = new Random(client);
        var channels = silos.Select(s => new RpcChannel(s)).ToArray();
        var at = client % silos.Length;
        var facility = client;
        while (!stop.IsCancellationRequested)
        {
            facility = facility % Facilities + 1;
            var id = Guid.CreateVersion7();
            var request = new AuthorizeRequest { RequestId = ByteString.CopyFrom(id.ToByteArray(bigEndian: true)), Facility = Facility(facility), Amount = draw.Next(1, 20), Currency = "EUR" };
            var sent = System.Diagnostics.Stopwatch.GetTimestamp();
            while (true)
            {
                try
                {
                    var decision = await channels[at].UnaryAsync(AuthorizeMethod, request, new CallOptions { Timeout = Patience });
                    Assert.True(decision.Kind is OutcomeKind.Approved or OutcomeKind.Declined, $"{decision.Kind} {decision.ReasonName} {decision.Message}");
                    Acknowledged[id] = decision;
                    sentAt.AddOrUpdate(facility, sent, (_, before) => Math.Max(before, sent));
                    break;
                }
                catch (RpcException failure) when (failure.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted or StatusCode.Cancelled)
                {
                    // Not known whether it took effect: the same id at another silo tells.
                    at = (at + 1) % silos.Length;
                    if (stop.IsCancellationRequested) return;
                }
            }
        }
        foreach (var channel in channels) channel.Dispose();
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
