using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CreditGrains.Api.Transport.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Json;

/// <summary>The protobuf JSON mapping, with fields at their default values written out, and errors that say where.</summary>
internal sealed class JsonCodec
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly JsonFormatter formatter;
    private readonly JsonParser parser;

    public JsonCodec(ServiceTable services)
    {
        var types = TypeRegistry.FromFiles([.. services.Services.Select(service => service.File).Distinct()]);
        formatter = new JsonFormatter(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithTypeRegistry(types));
        parser = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(types));
    }

    /// <summary>Reads one message; an empty body is an empty message.</summary>
    /// <exception cref="RpcException">InvalidArgument, naming the field and its position.</exception>
    public IMessage Parse(MessageDescriptor type, byte[] json)
    {
        try
        {
            return json.Length == 0 ? type.Parser.ParseFrom(json) : parser.Parse(Utf8.GetString(ExactNumbers.Quote(json)), type);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or JsonException or ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            throw new RpcException(StatusCode.InvalidArgument, JsonFault.Explain(json, type, parser, e), e);
        }
    }

    public byte[] Format(MessageDescriptor type, ReadOnlySpan<byte> message) =>
        Utf8.GetBytes(formatter.Format(type.Parser.ParseFrom(message.ToArray())));

    /// <summary>The body of a failed call.</summary>
    public static byte[] Error(RpcException failure) =>
        JsonSerializer.SerializeToUtf8Bytes(Fields(failure), Plain);

    /// <summary>The last line of a stream that failed.</summary>
    public static byte[] ErrorLine(RpcException failure) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["error"] = Fields(failure) }, Plain), (byte)'\n'];

    private static Dictionary<string, string> Fields(RpcException failure) =>
        new() { ["code"] = HttpStatusMap.Name(failure.Code), ["message"] = failure.Message };
}
