using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Limits;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Bench.Server;

/// <summary>
/// Whether a server's book is a population. It is told by its shape and not by the ids of its import, which the server forgets after days: the last facility
/// lies under the last borrower and the last enterprise, and there is no product after the last.
/// </summary>
internal static class PopulationCheck
{
    /// <summary>Compares the book with a population.</summary>
    /// <param name="channel">To the server.</param>
    /// <param name="facilityCount">Facilities the server has.</param>
    /// <param name="shape">The population.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>What the server has instead; null when it is the population.</returns>
    public static async Task<string?> DifferenceAsync(RpcChannel channel, long facilityCount, PopulationShape shape, CancellationToken cancellation)
    {
        if (facilityCount != shape.Facilities) return FormattableString.Invariant($"{facilityCount:N0} facilities");
        var with = new CallOptions { CancellationToken = cancellation };
        var last = (await channel.UnaryAsync(Calls.GetFacility, new V1.GetFacilityRequest { Facility = Keys.ToFacility(PopulationShape.Facility(shape.Facilities)) }, with)).Facility;
        if (last is null) return FormattableString.Invariant($"{facilityCount:N0} facilities, none of them numbered {shape.Facilities:N0}");
        NodeKey[] expected = [PopulationShape.Borrower(shape.Borrowers), PopulationShape.Enterprise(shape.Enterprises), PopulationShape.Product(shape.ProductOf(shape.Enterprises))];
        var path = last.Path.Select(node => Keys.FromNode(node.Key)).ToList();
        if (!expected.ToHashSet().SetEquals(path))
            return FormattableString.Invariant($"{facilityCount:N0} facilities, the last of them under {string.Join(", ", path.Select(key => FormattableString.Invariant($"{key.Kind} {key.Id:N0}")))}");
        return await HasProductAsync(shape.Products) && !await HasProductAsync(shape.Products + 1L) ? null : FormattableString.Invariant($"{facilityCount:N0} facilities under another number of products");

        async Task<bool> HasProductAsync(long number) =>
            (await channel.UnaryAsync(Calls.GetNode, new V1.GetNodeRequest { Node = Keys.ToNode(PopulationShape.Product(number)) }, with)).Node is not null;
    }

    /// <summary>Whether the server took the first row of an import of this population; false also when that is longer ago than it keeps ids.</summary>
    public static async Task<bool> IsBegunAsync(RpcChannel channel, PopulationShape shape, CancellationToken cancellation)
    {
        var request = new V1.GetDecisionRequest { SessionId = new V1.SessionId { Session = PopulationImport.SessionOf(shape), Sequence = 1 }, Tenant = PopulationShape.Scope };
        return (await channel.UnaryAsync(Calls.GetDecision, request, new CallOptions { CancellationToken = cancellation })).Event is not null;
    }
}
