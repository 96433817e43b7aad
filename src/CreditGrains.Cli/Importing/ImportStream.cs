using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Commands;
using Google.Protobuf;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Importing;

/// <summary>
/// One import under way: rows in, batches out. A row without command takes its place all the same, so that every row keeps
/// its number, and the server counts it as malformed.
/// </summary>
internal sealed class ImportStream : IDisposable
{
    private const int BatchLength = 2_000;
    private readonly ClientStream<V1.ImportRecord, V1.ImportReply> stream;
    private V1.ImportBatch batch = new() { FirstRow = 1 };

    private ImportStream(ClientStream<V1.ImportRecord, V1.ImportReply> stream) => this.stream = stream;

    /// <summary>Rows added.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether the server has ended the import early; its reply says why.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Opens an import named by 32 bytes.</summary>
    public static async Task<ImportStream> OpenAsync(RpcChannel channel, byte[] sha256, ushort tenant, uint malformedMax, CancellationToken cancellationToken)
    {
        var opened = new ImportStream(channel.ClientStreaming(Calls.Import, new CallOptions { CancellationToken = cancellationToken }));
        await opened.SendAsync(new V1.ImportRecord
        {
            Header = new V1.ImportHeader { FileSha256 = ByteString.CopyFrom(sha256), Tenant = tenant, MalformedRowsMax = malformedMax },
        });
        return opened;
    }

    /// <summary>Adds a row; null when it could not be read.</summary>
    public ValueTask AddAsync(ControlCommand? command)
    {
        batch.Commands.Add(command is null ? new V1.Command() : CommandMapping.Write(command));
        Rows++;
        return batch.Commands.Count < BatchLength ? ValueTask.CompletedTask : FlushAsync();
    }

    /// <summary>Ends the rows and waits for what became of them.</summary>
    public async Task<V1.ImportReply> CompleteAsync()
    {
        if (batch.Commands.Count > 0) await FlushAsync();
        return await stream.CompleteAsync();
    }

    public void Dispose() => stream.Dispose();

    private async ValueTask FlushAsync()
    {
        var full = batch;
        batch = new V1.ImportBatch { FirstRow = Rows + 1 };
        await SendAsync(new V1.ImportRecord { Batch = full });
    }

    private async ValueTask SendAsync(V1.ImportRecord record)
    {
        if (IsOver) return;
        try
        {
            await stream.WriteAsync(record);
        }
        catch (RpcException e) when (e.Code == StatusCode.Cancelled && e.InnerException is null)
        {
            // The server answers before the end when too many rows are malformed; CompleteAsync tells.
            IsOver = true;
        }
    }
}
