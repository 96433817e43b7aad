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
    private const int TimerLatenessMaxPart = 500;
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
    private long due;

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

    /// <summary>What became of them; ask after the end.</summary>
    public QueryTotals Totals => new(due, Interlocked.Read(ref failed), latency);

    /// <summary>From when the latency of a query counts: from when it was due, but for a little that a timer may be late, which is the generator's doing.</summary>
    /// <param name="due">Stopwatch ticks.</param>
    /// <param name="now">Stopwatch ticks at which it is asked.</param>
    public static long CountsFrom(long due, long now) => Math.Min(now, due + Stopwatch.Frequency / TimerLatenessMaxPart);

    /// <summary>Ends it and waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond);
        await stop.CancelAsync();
        await Task.WhenAll(working);
        channel.Dispose();
        stop.Dispose();
    }

    private async Task WorkAsync(Xoshiro256 random)
    {
        while (!stop.IsCancellationRequested)
        {
            var dueAt = start + (long)((Interlocked.Increment(ref taken) - 1) / perSecond * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt);
            try
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, stop.Token);
                var asked = CountsFrom(dueAt, Stopwatch.GetTimestamp());
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
