using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>Sends gRPC calls byte by byte, past the checks of the client.</summary>
internal static class RawGrpc
{
    public static HttpClient Client(EchoHost host) => new()
    {
        BaseAddress = host.GrpcAddress,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static byte[] Frame(byte[] message, byte flag = 0, long? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(length ?? message.Length));
        message.CopyTo(frame, 5);
        return frame;
    }

    public static async Task<Answer> CallAsync(HttpClient http, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        foreach (var (name, value) in headers)
        {
            if (name == "content-type")
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request);
        var content = await response.Content.ReadAsByteArrayAsync();
        var inHeaders = response.Headers.TryGetValues("grpc-status", out var status);
        var from = inHeaders ? response.Headers : response.TrailingHeaders;
        if (!inHeaders)
            from.TryGetValues("grpc-status", out status);
        var all = response.Headers.Concat(response.TrailingHeaders).ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(
            (int)response.StatusCode,
            status is null ? null : (StatusCode)int.Parse(status.Single(), CultureInfo.InvariantCulture),
            from.TryGetValues("grpc-message", out var message) ? Uri.UnescapeDataString(message.Single()) : "",
            inHeaders,
            content,
            all);
    }

    internal sealed record Answer(int Http, StatusCode? Code, string Message, bool TrailersOnly, byte[] Body, Dictionary<string, string> Headers);
}
