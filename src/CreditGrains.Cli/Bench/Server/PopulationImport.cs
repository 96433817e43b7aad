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
    /// <exception cref="OperationCanceledException">Interrupted; what was taken stays, and the same import goes on after it.</exception>
    public static async Task<(ImportReply Reply, TimeSpan Time)> RunAsync(RpcChannel channel, PopulationShape shape, int batchRows = BatchRowsUsual, CancellationToken cancellation = default)
    {
        var start = Stopwatch.GetTimestamp();
        var shownAt = start;
        using var call = channel.ClientStreaming(RpcMethod.Raw(Path));
        var writer = new PopulationWire(shape, batchRows);
        await call.WriteAsync(PopulationWire.Header(shape));
        while (writer.TryWriteBatch(out var batch))
        {
            cancellation.ThrowIfCancellationRequested();
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

    /// <summary>Sees that the server has this population and no other: fills an empty server, and goes on with an import of it that was interrupted.</summary>
    /// <returns>Facilities the server has.</returns>
    /// <exception cref="BenchFault">OtherPopulation: the server has another book.</exception>
    public static async Task<long> EnsureAsync(ServerTarget target, PopulationShape shape, CancellationToken cancellation = default)
    {
        var count = (await target.StatusAsync()).FacilityCount;
        if (count == 0 || (count < shape.Facilities && await PopulationCheck.IsBegunAsync(target.Channel, shape, cancellation)))
        {
            var (_, time) = await RunAsync(target.Channel, shape, cancellation: cancellation);
            Report.Progress($"population of {shape.Facilities:N0} facilities imported in {time.TotalSeconds:F1} s");
            count = (await target.StatusAsync()).FacilityCount;
        }

        if (await PopulationCheck.DifferenceAsync(target.Channel, count, shape, cancellation) is { } difference)
        {
            throw new BenchFault(FormattableString.Invariant(
                $"the server's book is another one: it has {difference}, and the run asks for {shape.Facilities:N0} facilities under {shape.Borrowers:N0} borrowers, {shape.Enterprises:N0} enterprises and {shape.Products:N0} products; give another --data (an empty one is filled), or ask for the book that is there"))
            {
                Name = "OtherPopulation",
            };
        }

        return count;
    }

    /// <summary>The session of an import: the first 60 bits of the hash.</summary>
    public static ulong SessionOf(PopulationShape shape) => BinaryPrimitives.ReadUInt64BigEndian(shape.Hash) >> 4;
}
