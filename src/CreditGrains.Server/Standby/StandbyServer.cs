using System.Net;
using System.Net.Sockets;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Journal.Standby;

namespace CreditGrains.Server.Standby;

/// <summary>
/// A standby: a second process that has every frame of a writer on its disk before the writer answers. It decides nothing and shows
/// nothing. To promote it, stop it and serve its directory: the new epoch makes frames of the old writer refused.
/// </summary>
public static class StandbyServer
{
    /// <summary>Keeps the copy until cancelled or the disk fails.</summary>
    /// <param name="dataDirectory">Of the copy; made when missing, one process at a time.</param>
    /// <param name="options">The journal's layout.</param>
    /// <param name="listen">Where the writer connects; port 0 chooses a free one. There is no authentication: mind whom you let in.</param>
    /// <param name="output">Where the address and what happens are printed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        string dataDirectory, JournalOptions options, IPEndPoint listen, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var listener = new TcpListener(listen);
        try
        {
            using var journal = await Task.Run(() => StandbyJournal.Open(DiskFileStore.Open(dataDirectory, createDirectory: true), options), cancellationToken);
            listener.Start();
            await output.WriteLineAsync(
                $"CreditGrains standby keeps {Path.GetFullPath(dataDirectory)}, has up to {journal.NextSequence - 1}, listens on {listener.LocalEndpoint}");
            await output.FlushAsync(cancellationToken);
            return await AcceptAsync(listener, journal, output, cancellationToken);
        }
        catch (Exception e) when (StartException.From(e, new ServerOptions { DataDirectory = dataDirectory, Address = listen.Address, GrpcPort = listen.Port }) is { } failure)
        {
            await output.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private static async Task<int> AcceptAsync(TcpListener listener, StandbyJournal journal, TextWriter output, CancellationToken cancellationToken)
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
                serving = Task.Run(() => Serve(journal, next, output), CancellationToken.None);
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

    private static void Serve(StandbyJournal journal, TcpClient client, TextWriter output)
    {
        var writer = client.Client.RemoteEndPoint;
        try
        {
            output.WriteLine($"StandbyConnected: writer {writer}; {journal.NextSequence - 1} is the last event here");
            journal.Serve(client.GetStream());
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
