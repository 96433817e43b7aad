using System.Diagnostics;
using System.Net.Sockets;
using CreditGrains.Cli.Bench.Arrivals;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>
/// Drives connections from one thread: waits until any can be read (or written, where bytes wait), takes what has come,
/// sends the requests that are due. Which are due is for the arrivals to say: a closed loop, or an open one.
/// </summary>
internal sealed class LoadLoop
{
    private const int WaitMaxMicros = 10_000;

    // The wait underneath is in whole milliseconds.
    private const int WaitMinMicros = 1_000;
    private readonly IReadOnlyList<ILoadConnection> connections;
    private readonly List<Socket> readable;
    private readonly List<Socket> writable = [];
    private readonly IArrivals arrivals;
    private int first;
    private long lookedAt;

    /// <param name="connections">Made by the caller, who disposes of them.</param>
    /// <param name="arrivals">When requests are due.</param>
    public LoadLoop(IReadOnlyList<ILoadConnection> connections, IArrivals arrivals)
    {
        this.connections = connections;
        this.arrivals = arrivals;
        readable = new List<Socket>(connections.Count);
    }

    /// <summary>Sends and receives until a time.</summary>
    /// <param name="until">Stopwatch ticks.</param>
    public void Run(long until)
    {
        SendAll(isSending: true);
        while (Stopwatch.GetTimestamp() < until) Round(isSending: true);
    }

    /// <summary>Once no more come due: sends what is left of the open arrivals, until none is.</summary>
    /// <param name="until">Stopwatch ticks at which it gives up.</param>
    public void SendRest(long until)
    {
        SendAll(isSending: true);
        while (Stopwatch.GetTimestamp() is var now && now < until && arrivals.Due(now) > 0) Round(isSending: true);
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
        }

        SendAll(isSending);
    }

    /// <summary>Each round begins with another connection, so that one does not take all that is due.</summary>
    private void SendAll(bool isSending)
    {
        first = first + 1 < connections.Count ? first + 1 : 0;
        lookedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < connections.Count; i++)
        {
            var connection = connections[first + i < connections.Count ? first + i : first + i - connections.Count];
            connection.Send(Stopwatch.GetTimestamp(), isSending ? arrivals : null);
        }
    }

    /// <summary>
    /// Until the next leave. Those that could have left at the last look did not for want of a place, and only a reply can end that wait; what came due since then is sent next.
    /// </summary>
    private int WaitMicros()
    {
        var ticks = BatchDeparture.Until(arrivals, connections[0].SendsAtOnce, lookedAt);
        if (ticks == 0) return WaitMaxMicros;
        var left = ticks - (Stopwatch.GetTimestamp() - lookedAt);
        return (int)Math.Clamp(left * 1e6 / Stopwatch.Frequency, WaitMinMicros, WaitMaxMicros);
    }
}
