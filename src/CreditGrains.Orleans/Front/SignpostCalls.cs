using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>Puts up the signposts that a submission's openings need, in one call to each partition they point to, before anything of it is sent.</summary>
internal sealed class SignpostCalls(IClusterGrains grains, PartitionMap map, Routing routing, Patience patience)
{
    /// <summary>Puts them up and turns the routes from a place to an end into ways to partitions.</summary>
    public async Task PutAsync(ReadOnlyMemory<Command> commands, Route[] routes, int start, int end)
    {
        // Partition and place in one number: sorted, those of a partition lie together.
        var wanted = new List<long>();
        for (var i = start; i < end; i++)
            if (routes[i].Kind == RouteKind.Signposted) wanted.Add(((long)map.PointedBy(commands.Span[i].Facility) << 32) | (uint)i);
        if (wanted.Count == 0) return;
        wanted.Sort();
        var calls = new List<Task>();
        for (int first = 0, next; first < wanted.Count; first = next)
        {
            var pointed = (int)(wanted[first] >> 32);
            for (next = first; next < wanted.Count && (int)(wanted[next] >> 32) == pointed; next++)
            {
            }
            calls.Add(PutAsync(commands, routes, pointed, wanted[first..next]));
        }
        await Task.WhenAll(calls);
    }

    private async Task PutAsync(ReadOnlyMemory<Command> commands, Route[] routes, int pointed, List<long> at)
    {
        var keys = new NodeKey[at.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = commands.Span[PlaceOf(at[i])].Facility;
        var facilities = KeyWire.Write(keys);
        var partition = grains.Partition(pointed);
        var homes = await patience.CallAsync(() => partition.SignpostAsync(facilities, [.. at.Select(a => routes[PlaceOf(a)].Partition)]));
        for (var i = 0; i < keys.Length; i++)
        {
            routes[PlaceOf(at[i])] = new Route(RouteKind.Partition, homes[i]);
            routing.Note(keys[i], homes[i]);
        }
    }

    private static int PlaceOf(long at) => (int)(at & int.MaxValue);
}
