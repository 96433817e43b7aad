using System.Buffers;
using System.IO.Compression;

namespace CreditGrains.Api.Transport.Wire;

/// <summary>gzip of one message at a time, with the inflated size bounded.</summary>
internal static class Gzip
{
    public const string Name = "gzip";
    public const string Identity = "identity";
    public const string Accepted = "identity,gzip";

    /// <summary>Appends the compressed form of <paramref name="message"/> to <paramref name="output"/>.</summary>
    public static void Compress(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        using var sink = new BufferWriterStream(output);
        using var gzip = new GZipStream(sink, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(message);
    }

    /// <summary>Inflates a message and stops at the limit, so a small bomb cannot take more memory than a large message.</summary>
    /// <exception cref="RpcException">More than <paramref name="lengthMax"/> bytes (ResourceExhausted) or not gzip (Internal).</exception>
    public static void Decompress(ReadOnlySequence<byte> message, int lengthMax, IBufferWriter<byte> output)
    {
        using var source = new MemoryStream(message.ToArray(), writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        long total = 0;
        try
        {
            while (true)
            {
                var count = gzip.Read(output.GetSpan(4096));
                if (count == 0)
                    return;
                total += count;
                if (total > lengthMax)
                    throw new RpcException(StatusCode.ResourceExhausted, $"A message inflates past the receive limit of {lengthMax} bytes.");
                output.Advance(count);
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(StatusCode.Internal, "A message marked as compressed is not gzip.", e);
        }
    }

    /// <summary>Whether a grpc-accept-encoding value lists gzip.</summary>
    public static bool IsAccepted(string? acceptEncoding)
    {
        if (string.IsNullOrEmpty(acceptEncoding))
            return false;
        foreach (var range in acceptEncoding.AsSpan().Split(','))
            if (acceptEncoding.AsSpan(range).Trim().Equals(Name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
