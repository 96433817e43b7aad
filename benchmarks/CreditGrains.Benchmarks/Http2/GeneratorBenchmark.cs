using BenchmarkDotNet.Attributes;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;

namespace CreditGrains.Benchmarks.Http2;

/// <summary>What the load generator itself costs a request beside the system calls: request to bytes, header block and decision back.</summary>
[MemoryDiagnoser]
public class GeneratorBenchmark
{
    private readonly byte[] buffer = new byte[AuthorizationWire.LengthMax];
    private readonly AuthorizationSource source = new(10_000_000, 1, TimeProvider.System);
    private readonly HpackDecoder decoder = new();
    private readonly ResponseFields fields = new();
    private readonly byte[] trailers = [0x80 | 62];
    private readonly byte[] decision = Convert.FromHexString("0801208094ebdc03288080e4d6c5a782033064388094ebdc034080e0a9ebcbe99303" + "4a03288064" + "50ffacb104");

    [GlobalSetup]
    public void Setup() => decoder.Decode([0x40, 11, .. "grpc-status"u8, 1, (byte)'0'], fields);

    [Benchmark]
    public int Request() => AuthorizationWire.Write(source.Next(), buffer);

    [Benchmark]
    public int Trailers()
    {
        decoder.Decode(trailers, fields);
        return fields.GrpcStatus;
    }

    [Benchmark]
    public long Decision() => DecisionWire.TryRead(decision, out var read) ? read.DecisionId : throw new InvalidOperationException("not read");
}
