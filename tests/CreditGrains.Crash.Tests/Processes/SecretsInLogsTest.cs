using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Security.Vault;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using Google.Protobuf;

namespace CreditGrains.Crash.Tests.Processes;

/// <summary>A server that logs all it can logs no key, token, cookie or personal data.</summary>
public sealed class SecretsInLogsTest
{
    private const string Personal = "Ada Lovelace 1815";

    [Fact]
    public async Task Server_LoggingEverything_ShowsNoSecretInItsOutputOrFiles()
    {
        using var directory = new TemporaryDirectory();
        var (key, wrong, token) = (ApiKey.Create(), ApiKey.Create(), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2VjcmV0LXNpZ25hdHVyZQ");
        KeyFile.Of([new KeyEntry { Id = ApiKey.IdOf(key)!, Name = "ada", KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = ["admin"], Tenant = 0 }]).Write(directory.Of("keys.json"));
        PersonalVault.MakeKey(directory.Of("kek"));
        await File.WriteAllTextAsync(directory.Of("security.json"), """{"keys":"keys.json","audit":"audit","vault":{"records":"records","keys":"subjects","keyFile":"kek"}}""");
        Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "Trace");
        CliProcess server;
        try
        {
            server = CliProcess.Start([], ["serve", "--security", directory.Of("security.json"), "--data", directory.Of("data"), "--grpc-port", "0", "--http-port", "0", "--segment-mib", "16"], directory.Of("."));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Logging__LogLevel__Default", null);
        }

        await using (server)
        {
            var grpc = PlaceOf(await server.WaitForLineAsync("  gRPC  "));
            var http = PlaceOf(await server.WaitForLineAsync("  JSON  "));
            await CallAsync(grpc, key, new PutPersonalDataRequest { Tenant = 1, Subject = "borrower/42", Data = ByteString.CopyFromUtf8(Personal) });
            foreach (var shown in (string[])[wrong, token, $"{key}x"])
                Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(grpc, shown, new PutPersonalDataRequest { Tenant = 1, Subject = "x" }))).Code);
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            using var form = new HttpRequestMessage(HttpMethod.Post, new Uri(http, "/sign-in")) { Content = new FormUrlEncodedContent([KeyValuePair.Create("key", key)]) };
            form.Headers.TryAddWithoutValidation("Origin", http.GetLeftPart(UriPartial.Authority));
            using var signedIn = await client.SendAsync(form);
            var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
            Assert.Equal(0, await server.StopAsync());
            string[] secrets = [key[16..], wrong[16..], token.Split('.')[2], cookie, Personal, "borrower/42", (await File.ReadAllTextAsync(directory.Of("kek"))).Trim()];
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, server.Printed, StringComparison.Ordinal));
            foreach (var file in Directory.GetFiles(directory.Of("."), "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "kek"))
            {
                var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
                Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            }
        }
    }

    private static Uri PlaceOf(string line)
    {
        var place = line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return new Uri(place.StartsWith("http", StringComparison.Ordinal) ? place : $"http://{place}");
    }

    private static async Task CallAsync(Uri address, string key, PutPersonalDataRequest request)
    {
        using var channel = new RpcChannel(address, new RpcChannelOptions { Authorization = $"Bearer {key}" });
        await channel.UnaryAsync(RpcMethod.Of<PutPersonalDataRequest, PutPersonalDataReply>(VaultServiceReflection.Descriptor.Services[0], "PutPersonalData"), request);
    }
}
