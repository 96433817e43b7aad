using System.Collections.Immutable;
using System.Globalization;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>What a payment can go to.</summary>
public enum DueComponent
{
    /// <summary>Fees.</summary>
    Fees = 0,

    /// <summary>Interest for lateness on overdue principal (罚息).</summary>
    Penalty = 1,

    /// <summary>Interest for lateness on overdue interest (复利).</summary>
    Compound = 2,

    /// <summary>Contract interest.</summary>
    Interest = 3,

    /// <summary>Principal.</summary>
    Principal = 4,
}

/// <summary>Whether a payment goes by instalment or by component first.</summary>
public enum AllocationScope
{
    /// <summary>The oldest instalment whole, then the next.</summary>
    ByInstalment = 0,

    /// <summary>The first component of all instalments, oldest first, then the next component.</summary>
    ByComponent = 1,
}

/// <summary>An order that holds from some days past due.</summary>
/// <param name="FromDaysPastDue">The fewest days past due; the first is 0.</param>
/// <param name="Scope">By instalment or by component.</param>
/// <param name="Order">All five components, each once.</param>
public sealed record AllocationOrder(int FromDaysPastDue, AllocationScope Scope, ImmutableArray<DueComponent> Order);

/// <summary>The orders in which money is taken, by days past due at the moment of payment, as data.</summary>
/// <param name="Orders">By rising days past due, from 0.</param>
public sealed record AllocationRule(ImmutableArray<AllocationOrder> Orders)
{
    private static readonly ImmutableArray<DueComponent> InterestFirst =
        [DueComponent.Fees, DueComponent.Penalty, DueComponent.Compound, DueComponent.Interest, DueComponent.Principal];

    private static readonly ImmutableArray<DueComponent> PrincipalFirst =
        [DueComponent.Principal, DueComponent.Interest, DueComponent.Compound, DueComponent.Penalty, DueComponent.Fees];

    /// <summary>Fees, penalty, compound, interest, principal, instalment by instalment, at any days past due.</summary>
    public static AllocationRule Usual { get; } = new([new AllocationOrder(0, AllocationScope.ByInstalment, InterestFirst)]);

    /// <summary>Interest before principal up to 90 days past due, from 91 on principal before interest over all instalments.</summary>
    public static AllocationRule PrincipalFirstAfter90 { get; } = new(
    [
        new AllocationOrder(0, AllocationScope.ByInstalment, InterestFirst),
        new AllocationOrder(91, AllocationScope.ByComponent, PrincipalFirst),
    ]);

    /// <summary>The order at some days past due.</summary>
    public AllocationOrder At(int daysPastDue)
    {
        var found = Orders[0];
        foreach (var order in Orders)
            if (order.FromDaysPastDue <= daysPastDue) found = order;
        return found;
    }

    internal LoanRefusal? Check()
    {
        if (Orders.IsDefaultOrEmpty || Orders[0].FromDaysPastDue != 0) return Bad($"the first allocation order must hold from 0 days past due");
        for (var i = 0; i < Orders.Length; i++)
        {
            if (i > 0 && Orders[i].FromDaysPastDue <= Orders[i - 1].FromDaysPastDue) return Bad($"allocation order {i + 1} must start later than the one before");
            if (Orders[i].Order.IsDefault || Orders[i].Order.Length != 5 || Orders[i].Order.Distinct().Count() != 5)
                return Bad($"allocation order {i + 1} must name fees, penalty, compound, interest and principal, each once");
        }

        return null;
    }

    private static LoanRefusal Bad(FormattableString message) => new(LoanFault.InvalidTerm, message.ToString(CultureInfo.InvariantCulture));
}
