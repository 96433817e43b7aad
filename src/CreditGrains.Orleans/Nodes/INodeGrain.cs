using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// A node with a limit that several partitions share. Addressed by its key as text, kind/tenant/legal entity/number, such as "Enterprise/1/1/7"
/// (<see cref="Domain.Limits.NodeKey.ToString"/>). It hands out parts of its limit to partitions and adds up what they use.
/// </summary>
[Alias("CreditGrains.INodeGrain")]
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>Limit, exposure and what is lent to partitions, as of about now. Null fields: no such node.</summary>
    [Alias("Standing")]
    Task<NodeStanding?> GetStandingAsync();

    /// <summary>Executes a control command about this node; gives its outcome.</summary>
    [Alias("Execute")]
    Task<Payload> ExecuteAsync(Payload command);

    /// <summary>The node as callers of the query service see it; an empty view when there is none.</summary>
    [Alias("View")]
    Task<Payload> ViewAsync();

    /// <summary>The node as it was at a past writer time: the sum over partitions, each as it was by its own clock; an empty view when it did not exist.</summary>
    [Alias("ViewAsOf")]
    [ResponseTimeout("00:04:00")]
    Task<Payload> ViewAsOfAsync(long asOfMicros);

    /// <summary>A partition asks for more of a window's allowance.</summary>
    [Alias("Velocity")]
    Task<Payload> VelocityAsync(Payload ask);

    /// <summary>A partition reports what it holds and uses, and asks for more.</summary>
    [Alias("Report")]
    Task<Payload> ReportAsync(Payload report);
}

/// <summary>How a shared node stands.</summary>
/// <param name="Limit">Limit in force, minor units of the node's currency.</param>
/// <param name="Lent">Sum of the grants of all partitions.</param>
/// <param name="Exposure">Sum of the partitions' exposures as last reported; a lower bound while they hold unused grants.</param>
/// <param name="Partitions">Partitions that have used it.</param>
/// <param name="IsRecalling">Whether a cut of the limit waits for grants to return.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.NodeStanding")]
public sealed record NodeStanding(
    [property: Id(0)] long Limit, [property: Id(1)] long Lent, [property: Id(2)] long Exposure, [property: Id(3)] int Partitions, [property: Id(4)] bool IsRecalling);

/// <summary>An enterprise as a grain.</summary>
[Alias("CreditGrains.IEnterpriseGrain")]
public interface IEnterpriseGrain : INodeGrain;

/// <summary>A group of connected obligors as a grain.</summary>
[Alias("CreditGrains.IObligorGroupGrain")]
public interface IObligorGroupGrain : INodeGrain;

/// <summary>A product line as a grain.</summary>
[Alias("CreditGrains.IProductGrain")]
public interface IProductGrain : INodeGrain;

/// <summary>An industry as a grain.</summary>
[Alias("CreditGrains.IIndustryGrain")]
public interface IIndustryGrain : INodeGrain;

/// <summary>A region as a grain.</summary>
[Alias("CreditGrains.IRegionGrain")]
public interface IRegionGrain : INodeGrain;

/// <summary>A provider of funds as a grain.</summary>
[Alias("CreditGrains.IFunderGrain")]
public interface IFunderGrain : INodeGrain;

/// <summary>Any other cut of the book as a grain.</summary>
[Alias("CreditGrains.IPortfolioGrain")]
public interface IPortfolioGrain : INodeGrain;
