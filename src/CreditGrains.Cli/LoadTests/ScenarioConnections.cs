using System.Diagnostics;
using System.Net;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>The connections of a scenario's load, each with a source of its own.</summary>
internal static class ScenarioConnections
{
    /// <summary>Makes them.</summary>
    /// <param name="plan">How many, of which transport, and what they send.</param>
    /// <param name="server">To where.</param>
    /// <param name="tally">Counts their answers.</param>
    /// <param name="answered">Keeps the newest answered requests; null: nobody asks again.</param>
    /// <exception cref="Http2Exception">The server is not there; none stays open.</exception>
    public static List<ILoadConnection> Open(ScenarioPlan plan, IPEndPoint server, Tally tally, AnsweredRequests? answered = null)
    {
        var settings = plan.Settings;
        var bench = settings.Bench;
        // Ids must differ from those of every earlier run on the same data.
        var seed = unchecked(bench.Seed * 0x9E3779B97F4A7C15 + (ulong)Stopwatch.GetTimestamp());
        var made = new List<ILoadConnection>();
        try
        {
            var count = settings.Transport == Transport.Stream ? settings.StreamConnections : bench.Connections;
            for (var i = 0; i < count; i++)
            {
                var source = new AuthorizationSource(bench.Shape.Facilities, unchecked(seed + (ulong)i), TimeProvider.System, bench.HoldSeconds, answered);
                IBatchSource members = plan.Scenario.IsLife ? new LifeSource(bench.Shape.Facilities, unchecked(seed + (ulong)i), TimeProvider.System, bench.HoldSeconds) : source;
                made.Add(settings.Transport == Transport.Stream
                    ? new StreamConnection(server, bench.BatchLength, bench.BatchesInFlight, members, tally, bench.Authorization)
                    : new UnaryConnection(server, bench.Streams, source, tally, bench.Authorization));
            }

            return made;
        }
        catch (Http2Exception)
        {
            foreach (var connection in made) connection.Dispose();
            throw;
        }
    }
}
