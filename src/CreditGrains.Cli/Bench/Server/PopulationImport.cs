using System.Buffers.Binary;
using System.Diagnostics;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.Bench.Server;

/// <summary>Brings the population into a server by ControlService.Import, as a file would be: same rows, same session, so again changes nothing.</summary>
internal static class PopulationImport
{
    private const string Path = "/creditgrains.v1.ControlService/Import";
    private const int BatchRowsUsual = 2_000;

    /// <summary>Imports.</summary>
    /// <returns>What the server says, and how long it took.</returns>
    public static async Task<(ImportReply Reply, TimeSpan Time)> RunAsync(RpcChannel channel, PopulationShape shape, int batchRows = BatchRowsUsual)
    {
        var start = Stopwatch.GetTimestamp();
        var shownAt = start;
        using var call = channel.ClientStreaming(RpcMethod.Raw(Path));
        var writer = new PopulationWire(shape, batchRows);
        await call.WriteAsync(PopulationWire.Header(shape));
        while (writer.TryWriteBatch(out var batch))
        {
            try
            {
                await call.WriteAsync(batch);
            }
            catch (RpcException over)
            {
                // Only that the call is over; how it ended, the answer tells.
                throw new BenchFault($"the server ended the import after row {writer.RowsWritten}: {await EndAsync(call)}", over);
            }
            if (Stopwatch.GetElapsedTime(shownAt).TotalSeconds < 5) continue;
            shownAt = Stopwatch.GetTimestamp();
            Report.Progress($"importing the population: {writer.RowsWritten:N0} of {shape.Rows:N0} rows");
        }

        var reply = ImportReply.Parser.ParseFrom(await call.CompleteAsync());
        if (reply.Malformed > 0 || reply.Applied + reply.Repeated != shape.Rows)
            throw new BenchFault($"the population was not taken whole: {reply}; use an empty data directory");
        return (reply, Stopwatch.GetElapsedTime(start));
    }

    private static async Task<string> EndAsync(ClientStream<ReadOnlyMemory<byte>, byte[]> call)
    {
        try
        {
            return ImportReply.Parser.ParseFrom(await call.CompleteAsync()).ToString();
        }
        catch (RpcException failure)
        {
            return $"{failure.Code} {failure.Message}";
        }
    }

    /// <summary>Imports unless the server has the population.</summary>
    public static async Task EnsureAsync(ServerTarget target, PopulationShape shape)
    {
        var status = await target.StatusAsync();
        if (status.FacilityCount == 0)
        {
            var (_, time) = await RunAsync(target.Channel, shape);
            Report.Progress($"population of {shape.Facilities:N0} facilities imported in {time.TotalSeconds:F1} s");
        }
        else if (status.FacilityCount < shape.Facilities)
        {
            throw new BenchFault($"the server has {status.FacilityCount} facilities, the run asks for {shape.Facilities}; use the same --facilities or an empty data directory");
        }
    }

    /// <summary>The session of an import: the first 60 bits of the hash.</summary>
    public static ulong SessionOf(PopulationShape shape) => BinaryPrimitives.ReadUInt64BigEndian(shape.Hash) >> 4;
}
