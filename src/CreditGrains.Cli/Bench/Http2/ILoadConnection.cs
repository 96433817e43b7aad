using System.Net.Sockets;

namespace CreditGrains.Cli.Bench.Http2;

/// <summary>One connection of a load, driven by <see cref="LoadLoop"/>.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <summary>To wait on; changes when the connection is made anew.</summary>
    Socket Socket { get; }

    /// <summary>Whether bytes wait until the socket takes them.</summary>
    bool HasUnsent { get; }

    /// <summary>Requests sent and not answered.</summary>
    int InFlight { get; }

    /// <summary>Reads and checks what has come.</summary>
    /// <param name="now">Stopwatch ticks at which it is counted as received.</param>
    void Receive(long now);

    /// <summary>Sends new requests into free places, and what waited.</summary>
    /// <param name="now">Stopwatch ticks from which their latency counts.</param>
    /// <param name="quota">Most new requests to send; 0 only sends what waited.</param>
    /// <returns>New requests sent.</returns>
    int Send(long now, int quota);

    /// <summary>Counts what is still under way as unanswered; the run is over.</summary>
    void Abandon();
}
