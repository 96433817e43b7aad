using System.Globalization;
using System.Net.Http.Headers;
using CreditGrains.Api.Transport.Wire;

namespace CreditGrains.Api.Transport.Client;

/// <summary>Writes the headers of a call and reads the metadata of its answer.</summary>
internal static class RequestHeaders
{
    public static void Write(HttpRequestHeaders headers, CallOptions options)
    {
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("grpc-accept-encoding", Gzip.Accepted);
        if (options.Compress)
            headers.TryAddWithoutValidation("grpc-encoding", Gzip.Name);
        if (options.Timeout is { } timeout)
            headers.TryAddWithoutValidation("grpc-timeout", TimeoutHeader.Format(timeout));
        if (options.Headers is null)
            return;
        foreach (var (key, value) in options.Headers)
            headers.TryAddWithoutValidation(key, Metadata.WireValue(value));
    }

    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (ReservedHeaders.Contains(name))
                continue;
            foreach (var value in values)
                metadata.AddWire(name.ToLower(CultureInfo.InvariantCulture), value);
        }

        return metadata;
    }

    public static string? Find(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
