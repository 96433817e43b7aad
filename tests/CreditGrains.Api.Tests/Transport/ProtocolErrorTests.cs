using System.IO.Compression;
using CreditGrains.Api.Transport;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>Each row is a rule of the protocol: what is sent, the status, and a word of the message.</summary>
public sealed class ProtocolErrorTests(EchoHost host) : IClassFixture<EchoHost>, IDisposable
{
    private const string Echo = "/creditgrains.test.EchoService/Echo";
    private const string Repeat = "/creditgrains.test.EchoService/Repeat";
    private const string Join = "/creditgrains.test.EchoService/Join";
    private static readonly byte[] Hi = RawGrpc.Frame([0x0a, 2, (byte)'h', (byte)'i']);
    private readonly HttpClient http = RawGrpc.Client(host);

    public static TheoryData<string, string, byte[], string?, string?, StatusCode, string> Rows => new()
    {
        { "unknown service", "/no.Such/Method", Hi, null, null, StatusCode.Unimplemented, "/no.Such/Method" },
        { "unknown method", "/creditgrains.test.EchoService/Nope", Hi, null, null, StatusCode.Unimplemented, "Nope" },
        { "method without handler", "/creditgrains.test.EchoService/Missing", Hi, null, null, StatusCode.Unimplemented, "Missing" },
        { "no request message", Echo, [], null, null, StatusCode.Unimplemented, "none" },
        { "two request messages", Echo, [.. Hi, .. Hi], null, null, StatusCode.Unimplemented, "more" },
        { "no request message to a server stream", Repeat, [], null, null, StatusCode.Unimplemented, "none" },
        { "two request messages to a server stream", Repeat, [.. Hi, .. Hi], null, null, StatusCode.Unimplemented, "more" },
        { "truncated prefix", Echo, [0, 0, 0], null, null, StatusCode.Internal, "ended inside" },
        { "truncated message", Echo, RawGrpc.Frame([1, 2], length: 10), null, null, StatusCode.Internal, "ended inside" },
        { "truncated message in a stream", Join, [.. Hi, .. RawGrpc.Frame([1], length: 10)], null, null, StatusCode.Internal, "ended inside" },
        { "flag of neither 0 nor 1", Echo, RawGrpc.Frame([], flag: 2), null, null, StatusCode.Internal, "flag" },
        { "length past the limit", Echo, RawGrpc.Frame([], length: 65537), null, null, StatusCode.ResourceExhausted, "65536" },
        { "length of four gigabytes", Echo, RawGrpc.Frame([], length: uint.MaxValue), null, null, StatusCode.ResourceExhausted, "65536" },
        { "not a protobuf", Echo, RawGrpc.Frame([0x0a, 200]), null, null, StatusCode.InvalidArgument, "EchoMessage" },
        { "text that is no UTF-8 field", Echo, RawGrpc.Frame([0xff, 0xff, 0xff]), null, null, StatusCode.InvalidArgument, "EchoMessage" },
        { "nesting without end", Echo, RawGrpc.Frame(Nested(200)), null, null, StatusCode.InvalidArgument, "nest" },
        { "unknown encoding", Echo, Hi, "grpc-encoding", "snappy", StatusCode.Unimplemented, "snappy" },
        { "compressed without encoding", Echo, RawGrpc.Frame(Pack([]), flag: 1), null, null, StatusCode.Internal, "grpc-encoding" },
        { "compressed as identity", Echo, RawGrpc.Frame(Pack([]), flag: 1), "grpc-encoding", "identity", StatusCode.Internal, "grpc-encoding" },
        { "compressed but not gzip", Echo, RawGrpc.Frame([1, 2, 3], flag: 1), "grpc-encoding", "gzip", StatusCode.Internal, "not gzip" },
        { "bomb", Echo, RawGrpc.Frame(Pack(new byte[4_000_000]), flag: 1), "grpc-encoding", "gzip", StatusCode.ResourceExhausted, "inflates" },
        { "timeout without unit", Echo, Hi, "grpc-timeout", "100", StatusCode.InvalidArgument, "grpc-timeout" },
        { "timeout without digits", Echo, Hi, "grpc-timeout", "S", StatusCode.InvalidArgument, "grpc-timeout" },
        { "timeout of nine digits", Echo, Hi, "grpc-timeout", "123456789S", StatusCode.InvalidArgument, "grpc-timeout" },
        { "timeout below zero", Echo, Hi, "grpc-timeout", "-1S", StatusCode.InvalidArgument, "grpc-timeout" },
        { "timeout of unknown unit", Echo, Hi, "grpc-timeout", "1h", StatusCode.InvalidArgument, "grpc-timeout" },
        { "timeout of zero", Echo, Hi, "grpc-timeout", "0S", StatusCode.DeadlineExceeded, "deadline" },
        { "binary metadata that is not base64", Echo, Hi, "x-data-bin", "***", StatusCode.InvalidArgument, "x-data-bin" },
    };

    public void Dispose() => http.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Call_AgainstTheRules_IsRefusedByName(string rule, string path, byte[] body, string? header, string? value, StatusCode code, string word)
    {
        Assert.NotEmpty(rule);
        var answer = await RawGrpc.CallAsync(http, path, body, header is null ? [] : [(header, value!)]);
        Assert.Equal((200, code), (answer.Http, answer.Code));
        Assert.Contains(word, answer.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(answer.Body);
        Assert.True(answer.TrailersOnly);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    public async Task ContentType_OfGrpc_IsServed(string contentType)
    {
        var answer = await RawGrpc.CallAsync(http, Echo, Hi, ("content-type", contentType), ("te", "trailers"));
        Assert.Equal((200, StatusCode.OK, false), (answer.Http, answer.Code, answer.TrailersOnly));
        Assert.Equal(Hi, answer.Body);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/grpcx")]
    [InlineData("application/x-protobuf")]
    public async Task ContentType_OfSomethingElse_Is415(string contentType) =>
        Assert.Equal(415, (await RawGrpc.CallAsync(http, Echo, Hi, ("content-type", contentType))).Http);

    [Fact]
    public async Task UnknownEncoding_NamesTheKnownOnes()
    {
        var answer = await RawGrpc.CallAsync(http, Echo, Hi, ("grpc-encoding", "br"));
        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
    }

    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("identity, gzip ,deflate", 1)]
    [InlineData("identity", 0)]
    [InlineData(null, 0)]
    public async Task Response_IsGzipped_OnlyWhereAccepted(string? accept, byte flag)
    {
        (string, string)[] headers = accept is null ? [("x-gzip", "1")] : [("x-gzip", "1"), ("grpc-accept-encoding", accept)];
        var answer = await RawGrpc.CallAsync(http, Echo, Hi, headers);
        Assert.Equal((StatusCode.OK, flag), (answer.Code, answer.Body[0]));
        Assert.Equal(flag == 1, answer.Headers.ContainsKey("grpc-encoding"));
    }

    [Theory]
    [InlineData("1H")]
    [InlineData("99999999H")]
    [InlineData("10M")]
    [InlineData("10S")]
    [InlineData("10000m")]
    [InlineData("10000000u")]
    public async Task Timeout_InEachUnit_IsTaken(string timeout) =>
        Assert.Equal(StatusCode.OK, (await RawGrpc.CallAsync(http, Echo, Hi, ("grpc-timeout", timeout))).Code);

    private static byte[] Pack(byte[] message)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(message);
        return packed.ToArray();
    }

    private static byte[] Nested(int depth)
    {
        byte[] message = [];
        for (var i = 0; i < depth; i++)
            message = [0x22, (byte)((message.Length & 0x7f) | 0x80), (byte)(message.Length >> 7), .. message];
        return message;
    }
}
