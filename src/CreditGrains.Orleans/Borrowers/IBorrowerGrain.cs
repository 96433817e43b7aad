using CreditGrains.Domain.Decisions;

namespace CreditGrains.Orleans.Borrowers;

/// <summary>
/// A borrower as a grain: addressed by <see cref="BorrowerKey"/>, placed beside the partition that holds its rows. It holds nothing itself, so idle ones leave memory
/// and nothing is lost. What it answers is durable.
/// </summary>
[Alias("CreditGrains.IBorrowerGrain")]
public interface IBorrowerGrain : IGrainWithStringKey
{
    /// <summary>Limit and exposure; null when there is no such borrower.</summary>
    [Alias("Standing")]
    Task<BorrowerStanding?> GetStandingAsync();

    /// <summary>Asks for a hold on one of the borrower's facilities.</summary>
    [Alias("Authorize")]
    Task<BorrowerDecision> AuthorizeAsync(BorrowerRequest request);

    /// <summary>Posts a repayment.</summary>
    [Alias("Repay")]
    Task<BorrowerDecision> RepayAsync(BorrowerRequest request);
}

/// <summary>How a borrower stands, minor units of its currency.</summary>
/// <param name="Limit">Ceiling in force.</param>
/// <param name="Exposure">Rounded up; null when a rate is missing.</param>
/// <param name="Facilities">Facilities that count.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.BorrowerStanding")]
public sealed record BorrowerStanding([property: Id(0)] long Limit, [property: Id(1)] long? Exposure, [property: Id(2)] long Facilities);

/// <summary>A request of a borrower.</summary>
/// <param name="RequestId">UUIDv7 under which it takes effect once.</param>
/// <param name="Facility">Number of the facility, in the borrower's tenant and legal entity.</param>
/// <param name="Amount">Minor units, 1 to 2^60.</param>
/// <param name="Currency">ISO 4217 letters, such as EUR.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.BorrowerRequest")]
public sealed record BorrowerRequest([property: Id(0)] Guid RequestId, [property: Id(1)] long Facility, [property: Id(2)] long Amount, [property: Id(3)] string Currency);

/// <summary>What became of it.</summary>
/// <param name="Outcome">As <see cref="OutcomeKind"/>.</param>
/// <param name="Reason">As <see cref="Domain.Decisions.Reason"/>.</param>
/// <param name="DecisionId">Sequence of the journaled event; 0 when refused.</param>
/// <param name="Headroom">Headroom of the facility after.</param>
/// <param name="Message">For a refusal, what to mend.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.BorrowerDecision")]
public sealed record BorrowerDecision(
    [property: Id(0)] OutcomeKind Outcome, [property: Id(1)] Reason Reason, [property: Id(2)] long DecisionId, [property: Id(3)] long Headroom, [property: Id(4)] string? Message);
