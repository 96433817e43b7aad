using System.Diagnostics;
using System.Globalization;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Postgres;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Bench.Server;
using Google.Protobuf;

namespace CreditGrains.Cli.Bench.Cluster;

/// <summary>What is measured of a cluster: rates over the population and over one where all hang under one enterprise, memory, failover; and the PostgreSQL function beside them.</summary>
internal static class ClusterRuns
{
    private const int SampledAccounts = 200;
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromSeconds(120);
    private static readonly RpcMethod<AuthorizeRequest, Decision> AuthorizeMethod = RpcMethod.Of<AuthorizeRequest, Decision>(LimitServiceReflection.Descriptor.Services[0], "Authorize");
    private static readonly RpcMethod<Command, Decision> ExecuteMethod = RpcMethod.Of<Command, Decision>(LimitServiceReflection.Descriptor.Services[0], "Execute");

    /// <summary>Runs it, one thing after the other.</summary>
    public static async Task RunAsync(BenchSettings settings, ClusterShape shape, Report report, List<Figure> figures)
    {
        double stream;
        await using (var cluster = await ClusterUnderTest.StartAsync(shape))
        {
            await ImportAsync(settings.Shape, cluster, report);
            var streamed = Repeated(shape, () => Stream(settings, shape, cluster, report, "stream"));
            stream = streamed.PerSecond;
            figures.Add(Asked.ClusterStream(stream, Note(shape, streamed)));
            var unary = Repeated(shape, () => Unary(settings, cluster, report));
            figures.Add(Asked.ClusterUnary(unary.PerSecond, Note(shape, unary)));
            if (shape.IsRatesOnly) return;
            figures.Add(Memory(cluster, settings.Shape));
            figures.Add(Asked.ClusterFailover(await FailoverAsync(settings.Shape, cluster), $"the slowest of {SampledAccounts} accounts over all silos"));
        }

        figures.Add(Asked.ClusterHot(await HotAsync(settings, shape, report) / stream));
        var rates = PostgresRuns.Run(settings, report, figures);
        figures.Add(rates is null ? Asked.ClusterRatio(double.NaN, "no PostgreSQL") : Asked.ClusterRatio(stream / rates.Single));
    }

    private static async Task ImportAsync(PopulationShape population, ClusterUnderTest cluster, Report report)
    {
        var (reply, time) = await PopulationImport.RunAsync(cluster.Silos[0].Channel, population);
        report.Detail($"cluster import: {reply.Rows:N0} rows in {time.TotalSeconds:F1} s");
    }

    /// <summary>The run in the middle of several, by its rate; of two in the middle the slower.</summary>
    private static LoadResult Repeated(ClusterShape shape, Func<LoadResult> measure) =>
        Enumerable.Range(0, shape.Repeats).Select(_ => measure()).OrderBy(r => r.PerSecond).ElementAt((shape.Repeats - 1) / 2);

    private static string Note(ClusterShape shape, LoadResult result) =>
        string.Join(", ", new[] { shape.Repeats > 1 ? $"median of {shape.Repeats}" : "", result.ErrorNote }.Where(n => n.Length > 0));

    private static LoadResult Unary(BenchSettings settings, ClusterUnderTest cluster, Report report)
    {
        Report.Progress($"cluster unary: {settings.Connections} connections, {settings.Seconds} s");
        var result = GeneratorRun.Unary(settings, cluster.Addresses, settings.Connections, settings.Streams);
        report.Detail("cluster unary", result);
        return result;
    }

    private static LoadResult Stream(BenchSettings settings, ClusterShape shape, ClusterUnderTest cluster, Report report, string name)
    {
        Report.Progress($"cluster {name}: {shape.StreamConnections} connections, {settings.Seconds} s");
        var result = GeneratorRun.Stream(settings, cluster.Addresses, shape.StreamConnections);
        report.Detail($"cluster {name}", result);
        return result;
    }

    /// <summary>The same population with every borrower under one enterprise, whose limit holds all of it.</summary>
    private static async Task<double> HotAsync(BenchSettings settings, ClusterShape shape, Report report)
    {
        var hot = settings with { Shape = settings.Shape with { Enterprises = 1, Products = 1 } };
        await using var cluster = await ClusterUnderTest.StartAsync(shape);
        await ImportAsync(hot.Shape, cluster, report);
        var raise = new Command { SetLimit = new SetLimitRequest { RequestId = NewId(), Node = Key(NodeKind.Enterprise, 1), Limit = PopulationShape.ProductLimit } };
        var raised = await cluster.Silos[0].Channel.UnaryAsync(ExecuteMethod, raise);
        if (raised.Kind != OutcomeKind.Posted) throw new BenchFault($"the enterprise's limit could not be raised: {raised.Kind} {raised.ReasonName} {raised.Message}");
        return Repeated(shape, () => Stream(hot, shape, cluster, report, "stream, one enterprise")).PerSecond;
    }

    private static Figure Memory(ClusterUnderTest cluster, PopulationShape population)
    {
        var memory = cluster.Silos.Select(s => s.Process is { } process ? ProcessMemory.Read(process.Id) : null).ToArray();
        if (memory.Any(m => m is null)) return Figure.Missing("resident memory of three silos together", "GiB", Demand.AtMost, 9, "only where there is /proc");
        return Asked.ClusterMemory(memory.Sum(m => m!.Value.Resident) / (double)(1L << 30), $"at {population.Facilities.ToString("N0", CultureInfo.InvariantCulture)} facilities, not ten million");
    }

    /// <summary>Seconds from SIGKILL of the last silo until each of some accounts has a decision, asked at another silo.</summary>
    private static async Task<double> FailoverAsync(PopulationShape population, ClusterUnderTest cluster)
    {
        Report.Progress($"cluster failover: SIGKILL of one silo");
        var channel = cluster.Silos[0].Channel;
        var start = Stopwatch.GetTimestamp();
        await cluster.Silos[^1].Process!.KillAsync();
        await Task.WhenAll(Enumerable.Range(0, SampledAccounts).Select(async i =>
        {
            var request = new AuthorizeRequest { RequestId = NewId(), Facility = new FacilityKey { Tenant = PopulationShape.Scope, LegalEntity = PopulationShape.Scope, Id = 1 + (i * (population.Facilities / SampledAccounts)) }, Amount = 1, Currency = "EUR" };
            while (true)
            {
                try
                {
                    await channel.UnaryAsync(AuthorizeMethod, request, new CallOptions { Timeout = TimeSpan.FromSeconds(20) });
                    return;
                }
                catch (RpcException failure) when (failure.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded && Stopwatch.GetElapsedTime(start) < FailoverTimeout)
                {
                    // The same id again: what was decided stands, once.
                    await Task.Yield();
                }
            }
        }));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static NodeKey Key(NodeKind kind, long id) => new() { Tenant = PopulationShape.Scope, LegalEntity = PopulationShape.Scope, Kind = kind, Id = id };

    private static ByteString NewId() => ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));
}
