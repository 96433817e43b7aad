using System.Buffers.Text;
using System.Text;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>What a load generator wants of a header block: the HTTP status and how the call ended.</summary>
internal sealed class ResponseFields
{
    /// <summary>:status, or 0 when the block has none (trailers).</summary>
    public int Status { get; private set; }

    /// <summary>grpc-status, or −1 when the block has none.</summary>
    public int GrpcStatus { get; private set; } = -1;

    /// <summary>grpc-message as sent, percent-encoded; kept only beside a status that is not 0.</summary>
    public string? GrpcMessage { get; private set; }

    public void Clear()
    {
        Status = 0;
        GrpcStatus = -1;
        GrpcMessage = null;
    }

    /// <summary>Takes one field.</summary>
    public void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 7 when name.SequenceEqual(":status"u8): Status = Number(value); break;
            case 11 when name.SequenceEqual("grpc-status"u8): GrpcStatus = Number(value); break;
            case 12 when name.SequenceEqual("grpc-message"u8) && GrpcStatus != 0: GrpcMessage = Encoding.ASCII.GetString(value); break;
            default: break;
        }
    }

    private static int Number(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out int number, out var used) && used == value.Length && number >= 0
            ? number
            : throw new Http2Exception("a status that is no number");
}
