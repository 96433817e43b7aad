using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using CreditGrains.Api.Security.Tls;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Server.Security;

namespace CreditGrains.Server.Standby;

/// <summary>
/// A standby: a second process that has every frame of a writer on its disk before the writer answers. It decides nothing and shows
/// nothing. To promote it, stop it and serve its directory: the new epoch makes frames of the old writer refused.
/// </summary>
public static class StandbyServer
{
    private const int HandshakeTimeoutMs = 5_000;

    /// <summary>Keeps the copy until cancelled or the disk fails.</summary>
    /// <param name="dataDirectory">Of the copy; made when missing, one process at a time.</param>
    /// <param name="options">The journal's layout.</param>
    /// <param name="listen">Where the writer connects; port 0 chooses a free one. A loopback address unless there is TLS.</param>
    /// <param name="security">TLS by which both sides prove who they are; null for none.</param>
    /// <param name="output">Where the address and what happens are printed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        string dataDirectory, JournalOptions options, IPEndPoint listen, SecuritySettings? security, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var listener = new TcpListener(listen);
        try
        {
            var tls = TlsOf(security, listen, output);
            using var journal = await Task.Run(() => StandbyJournal.Open(DiskFileStore.Open(dataDirectory, createDirectory: true), options), cancellationToken);
            listener.Start();
            await output.WriteLineAsync(
                $"CreditGrains standby keeps {Path.GetFullPath(dataDirectory)}, has up to {journal.NextSequence - 1}, listens on {listener.LocalEndpoint}");
            await output.FlushAsync(cancellationToken);
            return await AcceptAsync(listener, journal, tls, output, cancellationToken);
        }
        catch (Exception e) when (StartException.From(e, new ServerOptions { DataDirectory = dataDirectory, Address = listen.Address, GrpcPort = listen.Port }) is { } failure)
        {
            await output.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private static async Task<int> AcceptAsync(TcpListener listener, StandbyJournal journal, ServerTls? tls, TextWriter output, CancellationToken cancellationToken)
    {
        TcpClient? current = null;
        var serving = Task.CompletedTask;
        try
        {
            while (true)
            {
                var accepting = listener.AcceptTcpClientAsync(cancellationToken).AsTask();
                await Task.WhenAny(accepting, Failed(serving));
                if (journal.IsPoisoned) return ExitCodes.Disk;
                var next = await accepting;
                // A writer that connects again has given up its old connection, whether or not that was noticed here.
                current?.Dispose();
                await serving;
                current = next;
                current.NoDelay = true;
                serving = Task.Run(() => Serve(journal, next, tls, output), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        finally
        {
            current?.Dispose();
            await serving;
        }

        // Only a poisoned journal ends the accepting; a lost writer is waited for.
        async Task Failed(Task served)
        {
            await served;
            if (!journal.IsPoisoned) await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    /// <summary>Who may write into the copy: with TLS, who has a certificate of the client root; without, this machine only.</summary>
    private static ServerTls? TlsOf(SecuritySettings? security, IPEndPoint listen, TextWriter output)
    {
        if (security?.Tls is not { } tls) return IPAddress.IsLoopback(listen.Address) ? null : throw StartException.StandbyUnguarded(listen.Address);
        if (tls.ClientCa is null) throw StartException.StandbyUnguarded(listen.Address);
        return new ServerTls(tls with { ClientCertificateRequired = true }, TimeProvider.System, output.WriteLine);
    }

    private static Stream Secure(TcpClient client, ServerTls? tls)
    {
        if (tls is null) return client.GetStream();
        // A stranger who connects and says nothing must not hold up the writer for longer than this.
        client.ReceiveTimeout = client.SendTimeout = HandshakeTimeoutMs;
        var secured = new SslStream(client.GetStream());
        try
        {
            secured.AuthenticateAsServer(tls.Options());
        }
        catch (AuthenticationException e)
        {
            secured.Dispose();
            throw new IOException(e.Message, e);
        }

        client.ReceiveTimeout = client.SendTimeout = 0;
        return secured;
    }

    private static void Serve(StandbyJournal journal, TcpClient client, ServerTls? tls, TextWriter output)
    {
        var writer = client.Client.RemoteEndPoint;
        try
        {
            using var stream = Secure(client, tls);
            output.WriteLine($"StandbyConnected: writer {writer}; {journal.NextSequence - 1} is the last event here");
            journal.Serve(stream);
            output.WriteLine($"StandbyWaiting: writer {writer} closed; {journal.NextSequence - 1} is the last event here");
        }
        catch (JournalException refusal)
        {
            output.WriteLine($"{refusal.Code}: {refusal.Message}");
        }
        catch (StoreException failure)
        {
            output.WriteLine($"{failure.Code}: {failure.Message}");
        }
        catch (Exception lost) when (lost is IOException or ObjectDisposedException or InvalidOperationException)
        {
            output.WriteLine($"StandbyWaiting: writer {writer} was lost; {journal.NextSequence - 1} is the last event here");
        }
        finally
        {
            client.Dispose();
            output.Flush();
        }
    }
}
