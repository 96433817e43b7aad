using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.Clients;

/// <summary>The book of a run: a portfolio over enterprises over borrowers with facilities, small limits, some facilities with numbers that point elsewhere.</summary>
internal sealed class Book
{
    public static readonly Currency Currency = Currency.Parse("EUR");
    private readonly Dice dice;

    public Book(Dice dice)
    {
        this.dice = dice;
        AmountMax = dice.Between(3, 60);
        HasVelocity = dice.Percent(35);
        VelocitySeconds = dice.Pick([3, 10, 60]);
        Portfolio = new NodeKey(1, 1, 1, NodeKind.Portfolio);
        Enterprises = [.. Enumerable.Range(1, 1 + dice.Below(2)).Select(i => new NodeKey(i, 1, 1, NodeKind.Enterprise))];
        var number = 0L;
        for (var b = 1; b <= 3 + dice.Below(6); b++)
        {
            var borrower = new NodeKey(b, 1, 1, NodeKind.Borrower);
            Borrowers.Add((borrower, dice.Pick(Enterprises)));
            for (var f = 0; f < 1 + dice.Below(2); f++) Facilities.Add((NodeKey.Facility(1, 1, dice.Percent(50) && f == 0 ? b : 100 + ++number), borrower));
        }
    }

    public long AmountMax { get; }

    /// <summary>Whether enterprises have a velocity limit.</summary>
    public bool HasVelocity { get; }

    /// <summary>Its window.</summary>
    public int VelocitySeconds { get; }

    public NodeKey Portfolio { get; }

    public NodeKey[] Enterprises { get; }

    public List<(NodeKey Key, NodeKey Enterprise)> Borrowers { get; } = [];

    public List<(NodeKey Key, NodeKey Borrower)> Facilities { get; } = [];

    /// <summary>A limit of a shared node: sometimes ample, sometimes less than a few requests.</summary>
    public long SharedLimit(Dice its) => its.Between(0, 30) * AmountMax;

    /// <summary>The commands that open it all, in an order that may be sent together.</summary>
    public IEnumerable<ControlCommand> Openings()
    {
        yield return new OpenNode(Portfolio, Currency, dice.Between(10, 60) * AmountMax, default, []);
        foreach (var enterprise in Enterprises) yield return new OpenNode(enterprise, Currency, dice.Between(4, 30) * AmountMax, default, [new ParentShare(Portfolio)]);
        foreach (var enterprise in HasVelocity ? Enterprises : [])
            yield return new SetVelocityLimit(enterprise, VelocitySeconds, dice.Percent(70) ? dice.Between(2, 20) * AmountMax : -1, (int)dice.Between(2, 20));
        foreach (var (key, enterprise) in Borrowers) yield return new OpenNode(key, Currency, dice.Between(3, 30) * AmountMax, default, [new ParentShare(enterprise)]);
        foreach (var (key, borrower) in Facilities) yield return new OpenFacility(key, Currency, dice.Between(2, 20) * AmountMax, default, false, 0, [new ParentShare(borrower)]);
    }
}
