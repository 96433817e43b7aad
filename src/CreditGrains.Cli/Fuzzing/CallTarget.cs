using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CreditGrains.Api.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>
/// Calls of a server with hostile bodies, as gRPC frames or as JSON. The first byte of an input chooses the method. A handler that failed in a way it does not
/// name, or a server that ended, is a crash.
/// </summary>
internal sealed class CallTarget : IFuzzTarget
{
    private static readonly byte[] SecretText = Encoding.ASCII.GetBytes(FuzzServer.Secret.ToString(CultureInfo.InvariantCulture));
    private static readonly byte[] SecretVarint = Varint(FuzzServer.Secret);
    private static readonly string[] Endless = ["Feed"];
    private readonly FuzzServer server = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly MethodDescriptor[] methods;
    private readonly bool isJson;

    public CallTarget(bool isJson)
    {
        this.isJson = isJson;
        FileDescriptor[] files = [LimitServiceReflection.Descriptor, ControlServiceReflection.Descriptor, QueryServiceReflection.Descriptor, ApprovalServiceReflection.Descriptor, PoolServiceReflection.Descriptor, RiskServiceReflection.Descriptor];
        // Snapshots write files and backtests execute the journal again; a million of them is no test of readers.
        methods = [.. files.SelectMany(file => file.Services[0].Methods).Where(method => method.Name is not ("Snapshot" or "ConfirmClock" or "StartBacktest") && !(isJson && method.IsClientStreaming))];
        Corpus = [.. methods.SelectMany((method, place) => Bodies(method).Select(body => (byte[])[(byte)place, .. body]))];
    }

    public string Name => isJson ? "json" : "grpc";

    public IReadOnlyList<byte[]> Corpus { get; }

    public int LengthMax => 4_096;

    public bool Take(byte[] input)
    {
        if (input.Length == 0) return false;
        var method = methods[input[0] % methods.Length];
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(isJson ? server.HttpAddress : server.GrpcAddress, $"/{method.Service.FullName}/{method.Name}"))
        {
            Version = isJson ? HttpVersion.Version11 : HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(input, 1, input.Length - 1),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(isJson ? "application/json" : "application/grpc");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        if (Endless.Contains(method.Name)) request.Headers.TryAddWithoutValidation("grpc-timeout", "20m");
        try
        {
            // Without the deadline's own thread: what hangs is seen by who runs the inputs.
            using var response = http.SendAsync(request).GetAwaiter().GetResult();
            var body = response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            DemandNoLeak(method, input, body);
            return IsTaken(method, response, body);
        }
        catch (HttpRequestException) when (server.IsAlive)
        {
            // The server refuses the rest of a body it will not read by ending the stream.
            return false;
        }
    }

    public void Finish() => server.DemandOtherUnchanged();

    public void Dispose()
    {
        http.Dispose();
        server.Dispose();
    }

    private bool IsTaken(MethodDescriptor method, HttpResponseMessage response, byte[] body)
    {
        if (isJson)
        {
            if ((int)response.StatusCode == 500) throw new InvalidOperationException($"{method.Name} answered 500: {Encoding.UTF8.GetString(body)}");
            return response.IsSuccessStatusCode;
        }

        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing.First() : response.Headers.GetValues("grpc-status").First();
        if (status == "2") throw new InvalidOperationException($"{method.Name} failed in a way it does not name");
        return status == "0";
    }

    private static void DemandNoLeak(MethodDescriptor method, byte[] input, byte[] body)
    {
        foreach (var secret in (byte[][])[SecretText, SecretVarint])
            if (body.AsSpan().IndexOf(secret) >= 0 && input.AsSpan().IndexOf(secret) < 0)
                throw new LeakException($"{method.Name} answered with what only tenant 1 knows");
    }

    private IEnumerable<byte[]> Bodies(MethodDescriptor method)
    {
        foreach (var tenant in (uint[])[2, 1])
        {
            var message = method.InputType.Parser.ParseFrom(ByteString.Empty);
            Fill(message, tenant, depth: 0);
            yield return isJson ? Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message)) : Framed(message.ToByteArray());
        }
    }

    private static byte[] Framed(byte[] message)
    {
        var frame = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>Values of every field that make sense more often than not.</summary>
    private static void Fill(IMessage message, uint tenant, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (depth > 4 || field.IsMap || (field.RealContainingOneof is { } oneof && oneof.Accessor.GetCaseFieldDescriptor(message) is not null)) continue;
            if (field.IsRepeated)
            {
                var item = field.FieldType == FieldType.Message ? field.MessageType.Parser.ParseFrom(ByteString.Empty) : null;
                if (item is null) continue;
                Fill(item, tenant, depth + 1);
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(item);
                continue;
            }

            field.Accessor.SetValue(message, ValueOf(field, tenant, depth));
        }
    }

    private static object ValueOf(FieldDescriptor field, uint tenant, int depth)
    {
        if (field.FieldType == FieldType.Message)
        {
            var inner = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            Fill(inner, tenant, depth + 1);
            return inner;
        }

        return field.FieldType switch
        {
            FieldType.Bytes => ByteString.CopyFrom(field.Name == "file_sha256" ? new byte[32] : Guid.CreateVersion7().ToByteArray(bigEndian: true)),
            FieldType.String => field.Name.Contains("currency", StringComparison.Ordinal) || field.Name is "from" or "to" ? "EUR" : field.Name == "business_date" ? "2027-01-31" : "",
            FieldType.Bool => false,
            FieldType.Double => 0.5,
            FieldType.UInt32 => field.Name == "tenant" ? tenant : 1U,
            FieldType.Int32 => field.Name == "window_seconds" ? 60 : 1,
            FieldType.UInt64 => 1UL,
            FieldType.Enum => field.Name == "kind" ? 2 : 1,
            _ => field.Name == "id" ? 77L : 1L,
        };
    }

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)((value & 0x7F) | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
