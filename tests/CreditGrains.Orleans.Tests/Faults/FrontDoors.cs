using System.Diagnostics;
using CreditGrains.Api.Transport.Client;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>
/// One client's ways into the cluster, taken in turn. A silo that gave no answer is left alone for a while, as any balancer does: else a client meets a frozen one at every third request, and
/// waits its whole patience each time.
/// </summary>
internal sealed class FrontDoors(Uri[] silos, int first) : IDisposable
{
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(15);
    private readonly RpcChannel[] channels = [.. silos.Select(s => new RpcChannel(s))];
    private readonly long[] silentAt = new long[silos.Length];
    private int at = first % silos.Length;

    /// <summary>The next silo that answered when last asked; when none did, simply the next.</summary>
    public RpcChannel Next()
    {
        var isThere = Enumerable.Range(1, channels.Length).Select(step => (at + step) % channels.Length)
            .Where(silo => silentAt[silo] == 0 || Stopwatch.GetElapsedTime(silentAt[silo]) > AwayFor).Take(1).ToArray();
        at = isThere.Length > 0 ? isThere[0] : (at + 1) % channels.Length;
        return channels[at];
    }

    /// <summary>The last one given did not answer.</summary>
    public void NoteSilent() => silentAt[at] = Stopwatch.GetTimestamp();

    /// <summary>The last one given answered.</summary>
    public void NoteAnswer() => silentAt[at] = 0;

    public void Dispose()
    {
        foreach (var channel in channels) channel.Dispose();
    }
}
