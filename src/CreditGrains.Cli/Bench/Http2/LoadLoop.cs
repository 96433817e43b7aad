using System.Diagnostics;
using System.Net.Sockets;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// Drives connections from one thread: waits until any can be read (or written, where bytes wait), takes what has come,
/// sends new requests in its place. A closed loop, or with a rate a paced one.
/// </summary>
internal sealed class LoadLoop
{
    private const int WaitMaxMicros = 10_000;

    // The wait underneath is in whole milliseconds.
    private const int WaitMinMicros = 1_000;
    private const double PacedBurstSeconds = 0.01;
    private readonly IReadOnlyList<ILoadConnection> connections;
    private readonly List<Socket> readable;
    private readonly List<Socket> writable = [];
    private readonly double ratePerTick;
    private double allowance;
    private long allowedAt;

    /// <param name="connections">Made by the caller, who disposes of them.</param>
    /// <param name="ratePerSecond">Most requests a second; 0 is no bound.</param>
    public LoadLoop(IReadOnlyList<ILoadConnection> connections, double ratePerSecond = 0)
    {
        this.connections = connections;
        readable = new List<Socket>(connections.Count);
        ratePerTick = ratePerSecond / Stopwatch.Frequency;
    }

    /// <summary>Sends and receives until a time.</summary>
    /// <param name="until">Stopwatch ticks.</param>
    public void Run(long until)
    {
        allowedAt = Stopwatch.GetTimestamp();
        SendAll();
        while (Stopwatch.GetTimestamp() < until) Round(isSending: true);
    }

    /// <summary>Sends no more and waits for the answers to what is under way.</summary>
    /// <returns>Whether all came in time.</returns>
    public bool Drain(TimeSpan timeout)
    {
        var until = Stopwatch.GetTimestamp() + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        while (connections.Any(connection => connection.InFlight > 0))
        {
            if (Stopwatch.GetTimestamp() > until) return false;
            Round(isSending: false);
        }

        return true;
    }

    private void Round(bool isSending)
    {
        readable.Clear();
        writable.Clear();
        foreach (var connection in connections)
        {
            readable.Add(connection.Socket);
            if (connection.HasUnsent) writable.Add(connection.Socket);
        }

        Socket.Select(readable, writable.Count == 0 ? null : writable, null, WaitMicros());
        // Select leaves the ready sockets in order, so one pass matches them to their connections.
        var ready = 0;
        foreach (var connection in connections)
        {
            var isReady = ready < readable.Count && ReferenceEquals(readable[ready], connection.Socket);
            if (isReady)
            {
                ready++;
                connection.Receive(Stopwatch.GetTimestamp());
            }

            if (isReady || ratePerTick > 0 || connection.HasUnsent || connection.InFlight == 0) Send(connection, isSending);
        }
    }

    private void SendAll()
    {
        foreach (var connection in connections) Send(connection, isSending: true);
    }

    private void Send(ILoadConnection connection, bool isSending)
    {
        var now = Stopwatch.GetTimestamp();
        if (!isSending || ratePerTick == 0)
        {
            connection.Send(now, isSending ? int.MaxValue : 0);
            return;
        }

        allowance = Math.Min(allowance + (now - allowedAt) * ratePerTick, Math.Max(1, PacedBurstSeconds * ratePerTick * Stopwatch.Frequency));
        allowedAt = now;
        if (allowance >= 1 || connection.HasUnsent) allowance -= connection.Send(now, (int)allowance);
    }

    private int WaitMicros()
    {
        // With allowance left all places are taken: only a reply can end the wait.
        if (ratePerTick == 0 || allowance >= 1) return WaitMaxMicros;
        var ticks = (1 - allowance) / ratePerTick;
        return (int)Math.Clamp(ticks * 1e6 / Stopwatch.Frequency, WaitMinMicros, WaitMaxMicros);
    }
}
