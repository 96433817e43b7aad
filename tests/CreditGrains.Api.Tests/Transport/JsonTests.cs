using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace CreditGrains.Api.Tests.Transport;

public sealed class JsonTests(EchoHost host) : IClassFixture<EchoHost>, IDisposable
{
    private readonly HttpClient http = new();

    public void Dispose() => http.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_OnEitherPort_AnswersJson(bool http2)
    {
        var (status, body) = await PostAsync("Echo", """{"text":"你好","number":"9007199254740993","data":"AQI="}""", http2);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("你好", json.RootElement.GetProperty("text").GetString());
        Assert.Equal("9007199254740993", json.RootElement.GetProperty("number").GetString());
        Assert.Equal(0, json.RootElement.GetProperty("failCode").GetInt32());
    }

    [Theory]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData(" 9223372036854775807 ", "9223372036854775807")]
    [InlineData("-9223372036854775807", "-9223372036854775807")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("1e3", "1000")]
    [InlineData("1e17", "100000000000000000")]
    public async Task Number_ThatADoubleCannotHold_ArrivesToTheUnit(string sent, string arrived)
    {
        var (status, body) = await PostAsync("Echo", $$"""{"parts":[{}],"number":{{sent}},"text":"9007199254740993"}""");
        using var json = JsonDocument.Parse(body);
        Assert.Equal((HttpStatusCode.OK, arrived), (status, json.RootElement.GetProperty("number").GetString()));
        Assert.Equal("9007199254740993", json.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task RawHandler_AnswersJsonToo()
    {
        var (status, body) = await PostAsync("EchoRaw", """{"text":"x"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"x\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "{}", true)]
    [InlineData("{", "not JSON at line 1", false)]
    [InlineData("[]", "not a JSON object", false)]
    [InlineData("null", "not a JSON object", false)]
    [InlineData("{\"text\":\"a\",\n \"number\":\"5x\"}", "Field 'number' at line 2, byte 11", false)]
    [InlineData("{\"text\":\"a\",\n \"wrong\":1}", "Field 'wrong' at line 2, byte 2 is unknown", false)]
    [InlineData("{\"parts\":[{},{\"number\":true}]}", "Field 'parts[1].number' at line 1, byte 24", false)]
    [InlineData("{\"parts\":[{},7]}", "Field 'parts[1]' at line 1, byte 14", false)]
    [InlineData("{\"data\":\"***\"}", "Field 'data' at line 1", false)]
    [InlineData("{\"failCode\":99999999999}", "Field 'failCode' at line 1", false)]
    [InlineData("{\"number\":9223372036854775808}", "Field 'number' at line 1, byte 11", false)]
    [InlineData("{\"number\":9007199254740993.5}", "Field 'number' at line 1, byte 11", false)]
    [InlineData("{\"number\":1e300}", "Field 'number' at line 1, byte 11", false)]
    [InlineData("{\"text\":\"a\",}", "not JSON at line 1", false)]
    public async Task Body_ThatIsWrong_Is400WithFieldAndPosition(string request, string word, bool good)
    {
        var (status, body) = await PostAsync("Echo", request);
        if (good)
        {
            Assert.Equal(HttpStatusCode.OK, status);
            return;
        }

        using var json = JsonDocument.Parse(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("INVALID_ARGUMENT", json.RootElement.GetProperty("code").GetString());
        Assert.Contains(word, json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_NestedWithoutEnd_Is400()
    {
        var request = string.Concat(Enumerable.Repeat("{\"parts\":[", 5000)) + string.Concat(Enumerable.Repeat("]}", 5000));
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("Echo", request)).Status);
    }

    [Fact]
    public async Task Body_OfBrokenUtf8_Is400()
    {
        using var content = new ByteArrayContent([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(new Uri(host.HttpAddress, "/creditgrains.test.EchoService/Echo"), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(1, 499, "CANCELLED")]
    [InlineData(2, 500, "UNKNOWN")]
    [InlineData(3, 400, "INVALID_ARGUMENT")]
    [InlineData(4, 504, "DEADLINE_EXCEEDED")]
    [InlineData(5, 404, "NOT_FOUND")]
    [InlineData(6, 409, "ALREADY_EXISTS")]
    [InlineData(7, 403, "PERMISSION_DENIED")]
    [InlineData(8, 429, "RESOURCE_EXHAUSTED")]
    [InlineData(9, 400, "FAILED_PRECONDITION")]
    [InlineData(10, 409, "ABORTED")]
    [InlineData(11, 400, "OUT_OF_RANGE")]
    [InlineData(12, 501, "UNIMPLEMENTED")]
    [InlineData(13, 500, "INTERNAL")]
    [InlineData(14, 503, "UNAVAILABLE")]
    [InlineData(15, 500, "DATA_LOSS")]
    [InlineData(16, 401, "UNAUTHENTICATED")]
    public async Task Failure_HasItsHttpStatusAndName(int code, int status, string name)
    {
        var answer = await PostAsync("Echo", $$"""{"text":"why","failCode":{{code}}}""");
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal($$"""{"code":"{{name}}","message":"why"}""", answer.Body);
    }

    [Fact]
    public async Task ServerStreaming_IsALineAMessage_AndTheErrorIsTheLast()
    {
        var (status, body) = await PostAsync("Repeat", """{"text":"t","repeat":2,"failCode":9}""");
        var lines = body.TrimEnd('\n').Split('\n');
        Assert.Equal((HttpStatusCode.OK, 3), (status, lines.Length));
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Equal("""{"error":{"code":"FAILED_PRECONDITION","message":"t"}}""", lines[2]);
    }

    [Theory]
    [InlineData("Chat", 501)]
    [InlineData("Join", 501)]
    [InlineData("Nope", 501)]
    [InlineData("Crash", 500)]
    public async Task Method_ThatJsonCannotServe_SaysSo(string method, int status) =>
        Assert.Equal(status, (int)(await PostAsync(method, "{}")).Status);

    [Fact]
    public async Task Body_PastTheLimit_IsResourceExhausted()
    {
        var (status, body) = await PostAsync("Echo", $$"""{"text":"{{new string('x', 70_000)}}"}""");
        Assert.Equal(429, (int)status);
        Assert.Contains("65536", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrdinaryPage_IsServedBesideTheCalls() =>
        Assert.Equal("an ordinary page", await http.GetStringAsync(new Uri(host.HttpAddress, "/page")));

    [Fact]
    public async Task Get_OfACall_Is405()
    {
        using var response = await http.GetAsync(new Uri(host.HttpAddress, "/creditgrains.test.EchoService/Echo"));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (response.StatusCode, response.Content.Headers.Allow.Single()));
        Assert.Contains("is called with POST, not GET", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AsAForm_Is415AndSaysWhatToSend()
    {
        using var content = new FormUrlEncodedContent([]);
        using var response = await http.PostAsync(new Uri(host.HttpAddress, "/creditgrains.test.EchoService/Echo"), content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains("takes the content-type application/json", json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grpc_OverHttp1_Is426()
    {
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await http.PostAsync(new Uri(host.HttpAddress, "/creditgrains.test.EchoService/Echo"), content);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Contains("gRPC needs HTTP/2, and this is HTTP/1.1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string method, string json, bool http2 = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(http2 ? host.GrpcAddress : host.HttpAddress, $"/creditgrains.test.EchoService/{method}"))
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
            Version = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
