using System.Diagnostics;
using System.Net;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Draws;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.LoadTests;

/// <summary>
/// Queries at a steady rate beside the decisions: of ten, six read a facility with its limits, two a node, two the newest events of a facility. Each is as old as the moment at which it was due, so a
/// slow answer does not hide those behind it.
/// </summary>
internal sealed class QueryLoad : IAsyncDisposable
{
    private const int Workers = 16;
    private readonly RpcChannel channel;
    private readonly PopulationShape shape;
    private readonly double perSecond;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly LatencyHistogram latency = new();
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Task[] working;
    private long taken;
    private long failed;

    /// <param name="server">Its gRPC address.</param>
    /// <param name="authorization">Header of the calls; null for none.</param>
    /// <param name="shape">The book.</param>
    /// <param name="perSecond">Queries a second.</param>
    /// <param name="seed">Of what is asked.</param>
    public QueryLoad(IPEndPoint server, string? authorization, PopulationShape shape, double perSecond, ulong seed)
    {
        channel = new RpcChannel(new Uri($"http://{server}"), new RpcChannelOptions { Authorization = authorization });
        this.shape = shape;
        this.perSecond = perSecond;
        working = [.. Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(new Xoshiro256(unchecked(seed + (ulong)worker * 7919)))))];
    }

    /// <summary>Latencies so far, nanoseconds; ask after the end.</summary>
    public LatencyHistogram Latency => latency;

    /// <summary>Queries without an answer.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>Ends it and waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(working);
        channel.Dispose();
        stop.Dispose();
    }

    private async Task WorkAsync(Xoshiro256 random)
    {
        while (!stop.IsCancellationRequested)
        {
            var due = start + (long)((Interlocked.Increment(ref taken) - 1) / perSecond * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            try
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, stop.Token);
                // A timer may be a little late; that is the generator's doing, not the server's.
                var asked = Math.Max(due, Stopwatch.GetTimestamp() - Stopwatch.Frequency / 500);
                await AskAsync(random.Below(10), random.Below(shape.Facilities) + 1);
                lock (gate) latency.Record(Tally.ToNanos(Stopwatch.GetTimestamp() - asked));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (RpcException)
            {
                Interlocked.Increment(ref failed);
            }
        }
    }

    private async Task AskAsync(long draw, long facility)
    {
        var key = new V1.FacilityKey { Tenant = PopulationShape.Scope, LegalEntity = PopulationShape.Scope, Id = facility };
        if (draw < 6) await channel.UnaryAsync(Calls.GetFacility, new V1.GetFacilityRequest { Facility = key });
        else if (draw < 8)
            await channel.UnaryAsync(Calls.GetNode, new V1.GetNodeRequest { Node = new V1.NodeKey { Tenant = key.Tenant, LegalEntity = key.LegalEntity, Kind = V1.NodeKind.Enterprise, Id = shape.EnterpriseOf(shape.BorrowerOf(facility)) } });
        else await channel.UnaryAsync(Calls.GetHistory, new V1.GetHistoryRequest { Facility = key, PageSize = 10 });
    }
}
