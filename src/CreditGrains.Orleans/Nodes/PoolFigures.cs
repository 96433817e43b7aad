namespace CreditGrains.Orleans.Nodes;

/// <summary>How a pool stands.</summary>
/// <param name="Name">As its terms say.</param>
/// <param name="Currency">ISO 4217 letters.</param>
/// <param name="Balance">Performing principal.</param>
/// <param name="Loans">Performing loans.</param>
/// <param name="DefaultedStock">Principal of loans in default that is not recovered or given up.</param>
/// <param name="PurchasedTotal">All that was ever purchased.</param>
/// <param name="DefaultedTotal">Came into default to date.</param>
/// <param name="RecoveredTotal">Cash out of loans in default to date.</param>
/// <param name="ClosedMonths">Months closed.</param>
/// <param name="OpenMonth">The open month so far.</param>
/// <param name="Triggers">Where each trigger stands.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolStanding")]
public sealed record PoolStanding(
    [property: Id(0)] string Name, [property: Id(1)] string Currency, [property: Id(2)] long Balance, [property: Id(3)] long Loans, [property: Id(4)] long DefaultedStock, [property: Id(5)] long PurchasedTotal,
    [property: Id(6)] long DefaultedTotal, [property: Id(7)] long RecoveredTotal, [property: Id(8)] int ClosedMonths, [property: Id(9)] PoolMonthFigures OpenMonth, [property: Id(10)] IReadOnlyList<PoolTriggerFigures> Triggers);

/// <summary>A month: opening + purchased + capitalised − scheduled − prepaid − defaulted − repurchased = closing.</summary>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolMonth")]
public sealed record PoolMonthFigures(
    [property: Id(0)] string Month, [property: Id(1)] long Opening, [property: Id(2)] long Purchased, [property: Id(3)] long Capitalised, [property: Id(4)] long Scheduled, [property: Id(5)] long Prepaid,
    [property: Id(6)] long Defaulted, [property: Id(7)] long Repurchased, [property: Id(8)] long Closing, [property: Id(9)] long Interest, [property: Id(10)] long Recovered, [property: Id(11)] long WrittenOff,
    [property: Id(12)] long Delinquent, [property: Id(13)] long Loans);

/// <summary>A trigger: value and level are ratios; the distance is negative when it is breached, the headroom is in money where the measure is a part of a balance.</summary>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolTrigger")]
public sealed record PoolTriggerFigures(
    [property: Id(0)] string Name, [property: Id(1)] string Measure, [property: Id(2)] double Level, [property: Id(3)] double? Value, [property: Id(4)] double? Distance, [property: Id(5)] long? Headroom,
    [property: Id(6)] bool IsBreached);

/// <summary>Moves of some months: a row for each bucket, a column for each and four ways out: in default, paid off, matured, transferred.</summary>
/// <param name="Months">Closed months in it.</param>
/// <param name="Loans">By number.</param>
/// <param name="Balances">By opening principal.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolRolls")]
public sealed record PoolRollFigures([property: Id(0)] int Months, [property: Id(1)] long[][] Loans, [property: Id(2)] long[][] Balances);

/// <summary>A month of origination; the arrays go by months on book from 0.</summary>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolVintage")]
public sealed record PoolVintageFigures(
    [property: Id(0)] string Month, [property: Id(1)] long Loans, [property: Id(2)] long Purchased, [property: Id(3)] long[] Defaulted, [property: Id(4)] long[] Prepaid, [property: Id(5)] long[] Balances);

/// <summary>What a projection assumes.</summary>
/// <param name="ScenariosJson">A file of scenarios (docs/cashflows.md); null for the pool's own past, or for every loan by its plan.</param>
/// <param name="OwnMonths">Closed months of its own past, 1 to 2,400; 0 with a file, or for every loan by its plan.</param>
/// <param name="OwnByRates">Its mean rates; else its roll matrix.</param>
/// <param name="Conventions">Name of a preset or a file; empty is the standard.</param>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolProjectionRequest")]
public sealed record PoolProjectionRequest([property: Id(0)] string? ScenariosJson = null, [property: Id(1)] int OwnMonths = 0, [property: Id(2)] bool OwnByRates = false, [property: Id(3)] string Conventions = "");

/// <summary>A projected month of a scenario.</summary>
[GenerateSerializer]
[Immutable]
[Alias("CreditGrains.PoolProjectionMonth")]
public sealed record PoolProjectionMonth(
    [property: Id(0)] string Scenario, [property: Id(1)] string Month, [property: Id(2)] long Opening, [property: Id(3)] long Scheduled, [property: Id(4)] long Prepaid, [property: Id(5)] long Defaulted,
    [property: Id(6)] long Interest, [property: Id(7)] long Recovered, [property: Id(8)] long Loss, [property: Id(9)] long Closing);
