using System.Numerics;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model.Loans;

/// <summary>docs/loans.md "Contagion" a second time: by the links of the graph, over all facilities, in whole numbers.</summary>
internal static class ModelObligors
{
    /// <summary>A loan's view with the class that bad claims on its obligors leave it.</summary>
    public static LoanView Coloured(World world, Book book, ModelFacility facility, ModelLoan loan, DateOnly today)
    {
        LoanView own = loan.View(today);
        bool spreads = !loan.Product.IsRetail && world.Nodes.Values.Any(node => node.Key.Kind == NodeKind.Borrower && IsBelow(world, facility, node.Key) && Spreads(world, book, node));
        return spreads && own.Class < Classification.Substandard ? own with { Class = Classification.Substandard } : own;
    }

    private static bool Spreads(World world, Book book, ModelNode borrower)
    {
        Dictionary<Currency, (BigInteger All, BigInteger Bad)> sums = [];
        foreach (ModelFacility facility in world.Facilities(borrower.Key.Tenant).Where(facility => IsBelow(world, facility, borrower.Key)))
        {
            foreach (ModelLoan loan in facility.Loans.Values.Where(loan => !loan.Product.IsRetail))
            {
                LoanView seen = loan.View(LoanRules.Today(world, facility)!.Value);
                (BigInteger all, BigInteger bad) = sums.GetValueOrDefault(facility.Currency);
                sums[facility.Currency] = (all + loan.Principal, bad + (seen.OwnClass >= Classification.Substandard ? loan.Principal : 0));
            }
        }
        BigInteger total = 0, late = 0;
        foreach ((Currency currency, (BigInteger all, BigInteger bad)) in sums)
        {
            if (book.Convert(borrower, currency, all * Exact.Million) is not { } whole) continue;
            total += whole;
            late += book.Convert(borrower, currency, bad * Exact.Million)!.Value;
        }
        (BigInteger debt, BigInteger over) = world.BankDebts.GetValueOrDefault(borrower.Key);
        return late * 10 > total || over * 5 > debt;
    }

    private static bool IsBelow(World world, ModelNode node, NodeKey above) =>
        node.Parents.Exists(link => link.Parent == above || (world.Node(link.Parent) is { } parent && IsBelow(world, parent, above)));
}
