using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Server;
using CreditGrains.Server.Security;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Security;

/// <summary>A server with a real engine, the demo book as tenant 1, and a key file.</summary>
public sealed class SecuredServer : IAsyncDisposable
{
    private readonly List<RpcChannel> channels = [];
    private readonly List<KeyEntry> entries = [];
    private readonly HttpClient http = new();

    private SecuredServer(string directory) => Directory = directory;

    public string Directory { get; }

    public string KeysPath => Path.Combine(Directory, "keys.json");

    public RunningServer Running { get; private set; } = null!;

    public StringWriter Output { get; } = new();

    /// <summary>Starts one.</summary>
    /// <param name="settings">Changes the settings; they name the key file.</param>
    /// <param name="clock">The clock of the server; null for the system's.</param>
    public static async Task<SecuredServer> StartAsync(Func<SecuritySettings, SecuritySettings>? settings = null, TimeProvider? clock = null)
    {
        var server = new SecuredServer(System.IO.Directory.CreateTempSubdirectory("creditgrains-secured-").FullName);
        server.WriteKeys();
        var plain = new SecuritySettings { Keys = server.KeysPath };
        server.Running = await CreditGrainsServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(server.Directory, "data"), GrpcPort = 0, HttpPort = 0, Demo = true, Output = TextWriter.Synchronized(server.Output),
            Security = settings is null ? plain : settings(plain), TimeProvider = clock ?? TimeProvider.System,
        });
        return server;
    }

    /// <summary>Makes a key that counts from the server's next look at the file on; a server that has not started yet sees it at once.</summary>
    public string AddKey(string name, ushort tenant, string roles, ushort[]? entities = null, DateTimeOffset? expiresAt = null)
    {
        var key = ApiKey.Create();
        entries.Add(new KeyEntry
        {
            Id = ApiKey.IdOf(key)!, Name = name, KeySha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), Roles = roles.Split(','), Tenant = tenant,
            LegalEntities = entities ?? [], ExpiresAt = expiresAt,
        });
        WriteKeys();
        return key;
    }

    public void Revoke(string name)
    {
        var place = entries.FindIndex(entry => entry.Name == name);
        entries[place] = entries[place] with { RevokedAt = DateTimeOffset.UnixEpoch };
        WriteKeys();
    }

    /// <summary>A client that shows a key.</summary>
    public RpcChannel Client(string? key)
    {
        var channel = new RpcChannel(Running.GrpcAddress, new RpcChannelOptions { Authorization = key is null ? null : $"Bearer {key}" });
        channels.Add(channel);
        return channel;
    }

    /// <summary>A call as curl makes it.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> PostAsync(string path, string json, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Running.HttpAddress, path)) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return await SendAsync(request, key, headers);
    }

    public async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> GetAsync(string path, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Running.HttpAddress, path));
        return await SendAsync(request, key, headers);
    }

    public static RpcMethod<TRequest, TReply> Method<TRequest, TReply>(string service, string method)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply> => ApiHost.Method<TRequest, TReply>(service, method);

    public static string NewId() => Guid.CreateVersion7().ToString();

    public static V1.AuthorizeRequest Authorize(uint tenant, uint entity, long id, long amount) => new()
    {
        RequestUuid = NewId(), Facility = new() { Tenant = tenant, LegalEntity = entity, Id = id }, Amount = amount, Currency = "EUR",
    };

    /// <summary>A borrower and a facility under it, opened by a key.</summary>
    public async Task OpenBookAsync(RpcChannel operate, uint tenant, uint entity, long id)
    {
        await operate.UnaryAsync(Method<V1.OpenNodeRequest, V1.Decision>("ControlService", "OpenNode"), new V1.OpenNodeRequest
        {
            RequestUuid = NewId(), Node = new() { Tenant = tenant, LegalEntity = entity, Id = id, Kind = V1.NodeKind.Borrower }, Currency = "EUR", Limit = 1_000_000,
        });
        var opened = await operate.UnaryAsync(Method<V1.OpenFacilityRequest, V1.Decision>("ControlService", "OpenFacility"), new V1.OpenFacilityRequest
        {
            RequestUuid = NewId(), Facility = new() { Tenant = tenant, LegalEntity = entity, Id = id }, Currency = "EUR", Limit = 500_000,
            Parents = { new V1.ParentShare { Parent = new() { Tenant = tenant, LegalEntity = entity, Id = id, Kind = V1.NodeKind.Borrower } } },
        });
        Assert.Equal(V1.OutcomeKind.Posted, opened.Kind);
    }

    /// <summary>How a call ended.</summary>
    public static async Task<RpcException> RefusalOf(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels) channel.Dispose();
        http.Dispose();
        await Running.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void WriteKeys() => KeyFile.Of(entries).Write(KeysPath);

    private async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request, string? key, (string Name, string Value)[] headers)
    {
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)! : JsonValue.Create(text), response.Headers);
    }
}
