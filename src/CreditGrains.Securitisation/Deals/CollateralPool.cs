using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Months that have been; the same number in every pool of a deal.</summary>
    public ImmutableArray<PoolMonth> Actuals { get; init; } = [];

    /// <summary>What its ratios are measured by; null is its balance when the run begins.</summary>
    public long? OriginalBalance { get; init; }

    /// <summary>Defaulted before the run begins.</summary>
    public long DefaultedBefore { get; init; }

    /// <summary>Lost before the run begins.</summary>
    public long LostBefore { get; init; }

    /// <summary>Whether its collections go to sub-accounts of its own, "NAME.income" and "NAME.principal", and not to those of the deal.</summary>
    public bool HasOwnAccounts { get; init; }

    /// <summary>Who bears its losses, the first first; empty is as the deal says.</summary>
    public ImmutableArray<string> LossOrder { get; init; } = [];

    /// <summary>Refuses actuals that do not hang together with each other or with the lines, which are of after the last: principal would come from nowhere, or be lost.</summary>
    /// <param name="path">Of the actuals in the file, such as "actuals".</param>
    /// <exception cref="InvalidInputException">Naming the month.</exception>
    public void CheckActuals(string path)
    {
        for (var i = 1; i < Actuals.Length; i++)
        {
            var before = Actuals[i - 1].Closing + Actuals[i - 1].Purchased;
            if (Actuals[i].Opening != before)
                throw new InvalidInputException("ActualsApart", $"{path}[{i}].opening", $"the month before closes at {before} minor units with what was bought, this one opens at {Actuals[i].Opening}; make them equal");
        }

        if (Actuals.IsEmpty) return;
        var after = Actuals[^1].Closing + Actuals[^1].Purchased;
        var lines = Lines.Sum(line => line.Balance);
        if (Math.Abs(lines - after) > Lines.Length)
            throw new InvalidInputException("ActualsApart", $"{path}[{Actuals.Length - 1}].closing", string.Create(CultureInfo.InvariantCulture, $"the last month closes at {after} minor units with what was bought, the lines add up to {lines:F0}; the lines are of after the last month, so make them equal"));
    }

    internal string IncomeAccount => HasOwnAccounts ? $"{Name}.income" : Waterfall.CashAccounts.Income;

    internal string PrincipalAccount => HasOwnAccounts ? $"{Name}.principal" : Waterfall.CashAccounts.Principal;
}

/// <summary>Loans bought while a deal ran.</summary>
/// <param name="Pool">Place of the pool.</param>
/// <param name="Line">What was bought.</param>
/// <param name="AfterMonth">Month of the run at whose end it was bought.</param>
public sealed record BoughtLoans(int Pool, LoanLine Line, int AfterMonth);
