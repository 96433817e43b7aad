using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Engine;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Server.Standby;

/// <summary>
/// Keeps an engine linked to its standby: connects, sends what is missing, joins, asks every second whether it is still there, and begins
/// again when it is lost. A standby that has seen a later epoch ends the engine: another writer took over.
/// </summary>
internal sealed class StandbyAttachment : IAsyncDisposable
{
    private const int FramesBehindMax = 8;
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly CreditEngine engine;
    private readonly DnsEndPoint address;
    private readonly ServerOptions options;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task running;

    private StandbyAttachment(CreditEngine engine, DnsEndPoint address, ServerOptions options)
    {
        this.engine = engine;
        this.address = address;
        this.options = options;
        engine.Standby = new StandbyView(StandbyState.Lost, engine.Journal.IsStandbyRequired, "not connected yet");
        running = Task.Run(RunAsync);
    }

    private string Place => $"{address.Host}:{address.Port}";

    /// <summary>Begins to connect; the engine works meanwhile as its options say.</summary>
    public static StandbyAttachment Start(CreditEngine engine, DnsEndPoint address, ServerOptions options) => new(engine, address, options);

    /// <summary>Completes when the standby is in step for the first time.</summary>
    public Task Joined => joined.Task;

    /// <summary>Lets the standby go; before the engine is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(RetryEvery, options.TimeProvider);
        try
        {
            do
            {
                await LinkAsync(timer);
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Show(StandbyState.Lost, "this server is stopping");
        }
        catch (EngineFaultException fault)
        {
            Show(StandbyState.Lost, fault.Message);
        }
    }

    /// <summary>One link, from connecting to its loss.</summary>
    private async Task LinkAsync(PeriodicTimer timer)
    {
        StandbyLink? link = null;
        TcpClient? client = null;
        try
        {
            client = await ConnectAsync();
            // Calls on the link block, up to the deadline of the stream, on a pool thread of their own.
            var stream = await SecureAsync(client.GetStream());
            link = await Task.Run(() => StandbyLink.Connect(stream, engine.PartitionId, engine.Journal), stop.Token);
            Show(StandbyState.CatchingUp, Place);
            while (await Task.Run(link.CatchUp, stop.Token) > FramesBehindMax)
            {
            }
            if (await engine.JoinAsync(link))
            {
                Show(StandbyState.InStep, Place);
                joined.TrySetResult();
                while (await timer.WaitForNextTickAsync(stop.Token) && await engine.ProbeAsync(link))
                {
                }
            }
            Show(StandbyState.Lost, link.LostBecause?.Message ?? "the link ended");
        }
        catch (JournalException refusal)
        {
            Show(StandbyState.Lost, refusal.Message);
            if (refusal.Code == JournalErrorCode.EpochOutOfOrder) engine.Fence(refusal);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            Show(StandbyState.Lost, $"{Place} cannot be reached: {failure.Message}");
        }
        finally
        {
            // One in step belongs to the journal, where the flusher may be using it.
            if (link is not { IsAccepting: true })
            {
                link?.Dispose();
                client?.Dispose();
            }
        }
    }

    /// <summary>The link under TLS, where the server has it: both sides show certificates that lead to the same root.</summary>
    private async Task<Stream> SecureAsync(NetworkStream plain)
    {
        if (options.Security?.Tls is not { } tls) return plain;
        var secured = new SslStream(plain);
        try
        {
            // Read for each link: files may have been replaced.
            var client = PeerTrust.ClientOptions(PemFiles.Certificates(tls.ClientCa!), PemFiles.CertificateWithKey(tls.Certificate, tls.Key));
            client.TargetHost = address.Host;
            await secured.AuthenticateAsClientAsync(client, stop.Token).WaitAsync(AnswerWithin, stop.Token);
            return secured;
        }
        catch (Exception e) when (e is AuthenticationException or SecurityFileException or TimeoutException)
        {
            await secured.DisposeAsync();
            throw new IOException(e.Message, e);
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { NoDelay = true, SendTimeout = (int)AnswerWithin.TotalMilliseconds, ReceiveTimeout = (int)AnswerWithin.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, stop.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private void Show(StandbyState state, string message)
    {
        var before = engine.Standby;
        engine.Standby = new StandbyView(state, engine.Journal.IsStandbyRequired, message);
        if (before?.State != state || before.Message != message) options.Output.WriteLine($"Standby{state}: {message}");
    }
}
