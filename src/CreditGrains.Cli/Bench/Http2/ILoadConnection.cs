using System.Net.Sockets;
using CreditGrains.Cli.Bench.Arrivals;

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

    /// <summary>Requests that leave together: 1, or those of a full batch.</summary>
    int SendsAtOnce { get; }

    /// <summary>Reads and checks what has come.</summary>
    /// <param name="now">Stopwatch ticks at which it is counted as received.</param>
    void Receive(long now);

    /// <summary>Sends requests that are due into free places, and what waited.</summary>
    /// <param name="now">Stopwatch ticks.</param>
    /// <param name="arrivals">What is due; null only sends what waited.</param>
    void Send(long now, IArrivals? arrivals);

    /// <summary>Counts what is still under way as unanswered; the run is over.</summary>
    void Abandon();
}
