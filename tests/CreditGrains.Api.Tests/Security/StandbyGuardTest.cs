using System.Net;
using System.Net.Sockets;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Engine;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Standalone;
using CreditGrains.Server;
using CreditGrains.Server.Security;
using CreditGrains.Server.Standby;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Who may write into a standby's copy.</summary>
public sealed class StandbyGuardTest : IDisposable
{
    private const int SegmentBytes = 64 << 20;
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-standby-").FullName;
    private readonly TestAuthority authority;

    public StandbyGuardTest() => authority = new TestAuthority(directory, "ours");

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Standby_BeyondLoopbackWithoutTls_IsRefused(bool withoutClientCa)
    {
        var output = new StringWriter();
        var (certificate, key) = authority.Issue("standby", isServer: true);
        var security = withoutClientCa ? new SecuritySettings { Tls = new TlsSettings { Certificate = certificate, Key = key } } : null;
        var code = await StandbyServer.RunAsync(Path.Combine(directory, "copy"), Layout, new IPEndPoint(IPAddress.Any, 0), security, output, CancellationToken.None);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.StartsWith("StandbyUnguarded", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_UnderTls_IsInStep_AndAStrangerGetsNoWordIn()
    {
        using var other = new TestAuthority(directory, "other");
        using var stop = new CancellationTokenSource();
        var lines = new LineWaiter();
        var standby = StandbyServer.RunAsync(Path.Combine(directory, "copy"), Layout, new IPEndPoint(IPAddress.Loopback, 0), SecurityOf(authority, "standby"), lines, stop.Token);
        var port = int.Parse((await lines.WaitAsync("listens on ")).Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync(IPAddress.Loopback, port);
            await stranger.GetStream().WriteAsync(new byte[64]);
            Assert.Equal(0, await ReadToEndAsync(stranger));
        }

        await using (var foreign = await StartAsync("foreign", SecurityOf(other, "foreign"), port))
            Assert.NotEqual(StandbyState.InStep, await WaitAsync(foreign, view => view.State == StandbyState.Lost && view.Message.Contains("cannot be reached", StringComparison.Ordinal)));
        await using (var writer = await StartAsync("writer", SecurityOf(authority, "writer"), port))
            Assert.Equal(StandbyState.InStep, await WaitAsync(writer, view => view.State == StandbyState.InStep));
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Ok, await standby);
    }

    private static Engine.Journal.JournalOptions Layout => new PartitionOptions { SegmentBytes = SegmentBytes }.JournalOptions;

    private SecuritySettings SecurityOf(TestAuthority of, string name)
    {
        var (certificate, key) = of.Issue(name, isServer: true);
        return new SecuritySettings { Keys = EmptyKeys(), Tls = new TlsSettings { Certificate = certificate, Key = key, ClientCa = of.RootPath } };
    }

    private string EmptyKeys()
    {
        var path = Path.Combine(directory, "keys.json");
        CreditGrains.Api.Security.Keys.KeyFile.Empty.Write(path);
        return path;
    }

    private Task<RunningServer> StartAsync(string name, SecuritySettings security, int port) => CreditGrainsServer.StartAsync(new ServerOptions
    {
        DataDirectory = Path.Combine(directory, name), GrpcPort = 0, HttpPort = 0, Output = TextWriter.Null, Security = security, Standby = new DnsEndPoint("localhost", port),
        OpenEngine = (path, _) => Task.FromResult<ICreditEngine>(CreditEngine.Open(new EngineOptions { DataDirectory = path, Clock = TimeProvider.System, Partition = new PartitionOptions { SegmentBytes = SegmentBytes } })),
    });

    private static async Task<StandbyState> WaitAsync(RunningServer server, Func<StandbyView, bool> wanted)
    {
        var until = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            var status = await server.Engine.GetStatusAsync();
            if (status.Standby is { } view && wanted(view)) return view.State;
            Assert.True(DateTime.UtcNow < until, $"the standby is {status.Standby?.State}: {status.Standby?.Message}");
            await Task.Yield();
        }
    }

    private static async Task<int> ReadToEndAsync(TcpClient client)
    {
        try
        {
            var total = 0;
            for (int read; (read = await client.GetStream().ReadAsync(new byte[256])) > 0;) total += read;
            // A TLS alert says why it ended; nothing of the link is in it.
            return total <= 16 ? 0 : total;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Lines that are waited for.</summary>
    private sealed class LineWaiter : StringWriter
    {
        private readonly TaskCompletionSource<string> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> WaitAsync(string text) => first.Task.WaitAsync(TimeSpan.FromSeconds(30)).ContinueWith(line => line.Result.Contains(text, StringComparison.Ordinal) ? line.Result : throw new InvalidOperationException(line.Result), TaskScheduler.Default);

        public override Task WriteLineAsync(string? value)
        {
            first.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }

        public override void WriteLine(string? value) => first.TrySetResult(value ?? "");
    }
}
