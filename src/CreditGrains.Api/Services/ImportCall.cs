using System.Buffers.Binary;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using Record = CreditGrains.Api.V1.ImportRecord.RecordOneofCase;

namespace CreditGrains.Api.Services;

/// <summary>One import: checks the order of its messages and maps the next batch while the last one is executed.</summary>
internal static class ImportCall
{
    private const int HashLength = 32;
    private const uint MalformedRowsUsual = 100;
    private const uint MalformedRowsMax = 1_000;
    private static readonly TimeSpan PacePause = TimeSpan.FromMilliseconds(50);

    public static async ValueTask<V1.ImportReply> RunAsync(PrincipalEngine engine, IAsyncEnumerable<V1.ImportRecord> records, CallContext context)
    {
        var cancelled = context.CancellationToken;
        ImportRun? run = null;
        var spare = new ImportRows();
        var executing = Task.FromResult(new ImportRows());
        try
        {
            await foreach (var record in records.WithCancellation(cancelled))
            {
                if (run is null)
                {
                    run = Start(engine, record, context.DeadlineMicros);
                    continue;
                }

                if (record.RecordCase != Record.Batch) throw Invalid("After the header only batches may follow.");
                context.Recheck();
                await PaceAsync(context, record.Batch.Commands.Count, cancelled);
                run.Prepare(record.Batch, spare);
                var next = spare;
                spare = await executing;
                executing = run.ExecuteAsync(next, cancelled);
                if (run.IsStopped) break;
            }
        }
        finally
        {
            await executing;
        }

        return run?.Reply() ?? throw Invalid("The import is empty; send a header and batches.");
    }

    /// <summary>An import over its tenant's rate is slowed down, not ended: what it has done stands, and it would only be sent again.</summary>
    private static async ValueTask PaceAsync(CallContext context, int rows, CancellationToken cancelled)
    {
        while (true)
        {
            try
            {
                context.Charge(rows);
                return;
            }
            catch (RpcException over) when (over.Code == StatusCode.ResourceExhausted)
            {
                await Task.Delay(PacePause, cancelled);
            }
        }
    }

    private static ImportRun Start(PrincipalEngine engine, V1.ImportRecord first, long deadlineMicros)
    {
        if (first.RecordCase != Record.Header) throw Invalid("The first message of an import must be its header.");
        var header = first.Header;
        if (header.FileSha256.Length != HashLength)
            throw Invalid($"header.file_sha256 has {header.FileSha256.Length} bytes; use the {HashLength} bytes of the file's SHA-256.");
        if (header.Tenant is 0 or > ushort.MaxValue) throw Invalid($"header.tenant is {header.Tenant}; use 1 to 65535.");
        if (header.MalformedRowsMax > MalformedRowsMax) throw Invalid($"header.malformed_rows_max is {header.MalformedRowsMax}; use at most {MalformedRowsMax}.");
        if (!engine.Principal.Covers((ushort)(header.Tenant & 0xFFFF))) throw Denials.Scope(engine.Principal, (ushort)(header.Tenant & 0xFFFF), 0);
        engine.NoteImport(header);
        var malformedMax = header.MalformedRowsMax == 0 ? MalformedRowsUsual : header.MalformedRowsMax;
        return new ImportRun(engine, SessionOf(header.FileSha256.Span), (ushort)(header.Tenant & 0xFFFF), malformedMax, deadlineMicros);
    }

    /// <summary>The first 60 bits of a file's hash.</summary>
    public static ulong SessionOf(ReadOnlySpan<byte> sha256) => BinaryPrimitives.ReadUInt64BigEndian(sha256) >> 4;

    private static RpcException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
