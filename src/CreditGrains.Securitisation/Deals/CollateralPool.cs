using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Deals;

/// <summary>One of the pools of a deal: its loans, what is assumed of them, and where its cash goes.</summary>
public sealed record CollateralPool
{
    /// <summary>As triggers, accounts and reports name it.</summary>
    public required string Name { get; init; }

    public required ImmutableArray<LoanLine> Lines { get; init; }

    /// <summary>One for all lines, or one a segment.</summary>
    public ImmutableArray<Scenario> Scenarios { get; init; } = [new Scenario()];

    /// <summary>Months that have been; the same number in every pool of a deal. A run refuses months that do not meet each other or the lines.</summary>
    public ImmutableArray<PoolMonth> Actuals { get; init; } = [];

    /// <summary>What its ratios are measured by; null is its balance when the run begins.</summary>
    public long? OriginalBalance { get; init; }

    /// <summary>Defaulted before the run begins.</summary>
    public long DefaultedBefore { get; init; }

    /// <summary>Lost before the run begins.</summary>
    public long LostBefore { get; init; }

    /// <summary>Balance that defaulted before the projection and is not liquidated yet; counted among defaults already. The months after the actuals recover and lose it.</summary>
    public long DefaultedStock { get; init; }

    /// <summary>Whether its collections go to sub-accounts of its own, "NAME.income" and "NAME.principal", and not to those of the deal.</summary>
    public bool HasOwnAccounts { get; init; }

    /// <summary>Who bears its losses, the first first; empty is as the deal says.</summary>
    public ImmutableArray<string> LossOrder { get; init; } = [];

    /// <summary>Whether its projected months say what is delinquent: roll rates in every segment do.</summary>
    internal bool ProjectsDelinquency => Scenarios.All(scenario => scenario.LoanDefault is LoanDefaultCurve.RollRate);

    internal string IncomeAccount => HasOwnAccounts ? $"{Name}.income" : Waterfall.CashAccounts.Income;

    /// <summary>What comes back of its stock of defaults, from the first month projected on. All its scenarios have the same recovery terms: DealCheck has seen to it.</summary>
    internal CashflowTable StockOf(ProjectionConventions conventions) => Liquidation.OfStock(DefaultedStock, Scenarios[0], conventions.Rounding);

    internal string PrincipalAccount => HasOwnAccounts ? $"{Name}.principal" : Waterfall.CashAccounts.Principal;
}

/// <summary>Loans bought while a deal ran.</summary>
/// <param name="Pool">Place of the pool.</param>
/// <param name="Line">What was bought.</param>
/// <param name="AfterMonth">Month of the run at whose end it was bought.</param>
public sealed record BoughtLoans(int Pool, LoanLine Line, int AfterMonth);
