using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Domain.Tests.Commands;

/// <summary>A sound command of every kind a caller may send.</summary>
internal static class Samples
{
    public static readonly Currency Eur = Currency.Parse("EUR");
    public static readonly RequestId Id = RequestId.ForTime(1_700_000_000_000, 1, 1);
    public static readonly NodeKey Facility = NodeKey.Facility(1, 1, 1);
    public static readonly NodeKey Borrower = new(1, 1, 1, NodeKind.Borrower);
    public static readonly NodeKey Group = new(1, 1, 1, NodeKind.ObligorGroup);
    public static readonly NodeKey Pool = new(1, 1, 1, NodeKind.Pool);
    public static readonly NodeKey Scope = new(0, 1, 1, NodeKind.None);
    public static readonly DateOnly Day = new(2026, 1, 31);

    public static readonly CommandKind[] Kinds = [.. Enum.GetValues<CommandKind>().Where(k => k.IsForCallers())];

    /// <summary>A sound account command with no optional field set.</summary>
    public static Command Account(CommandKind kind)
    {
        var c = new Command { Kind = kind, Id = Id, Facility = Facility };
        switch (kind)
        {
            case CommandKind.Reverse:
                c.Original = RequestId.ForTime(1_700_000_000_000, 2, 2);
                return c;
            case CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Void or CommandKind.ResolveReferral or CommandKind.RequestReview:
                c.Reference = 5;
                return c;
            case CommandKind.GrantHoliday or CommandKind.ExtendLoan or CommandKind.RenewLoan:
                c.Reference = 5;
                c.Control = Agreement(kind);
                return c;
            case CommandKind.ImportLoan:
                c.Control = new LoanTakeover(Facility, Offer(12), Day, Day.AddYears(-1));
                break;
            case CommandKind.IncreaseHold or CommandKind.Capture or CommandKind.RepayEarly:
                c.Reference = 5;
                break;
        }
        c.Amount = 100;
        c.Currency = Eur;
        return c;
    }

    /// <summary>What a command agrees about a loan.</summary>
    public static ControlCommand Agreement(CommandKind kind) => kind switch
    {
        CommandKind.GrantHoliday => new LoanHoliday(Facility, 2, HolidayInterest.Deferred, true),
        CommandKind.ExtendLoan => new LoanExtension(Facility, 3, false),
        _ => Offer(12),
    };

    /// <summary>A loan of the usual product at 6 %.</summary>
    public static LoanOffer Offer(int instalments) => new(Facility, SealedProduct.Of(new LoanProduct()), new LoanFigures(new RateAnnual(60_000_000), instalments));

    public static ControlCommand Control(CommandKind kind) => kind switch
    {
        CommandKind.OpenNode => new OpenNode(Borrower, Eur, 100, default, [new ParentShare(Group)]),
        CommandKind.OpenFacility => new OpenFacility(Facility, Eur, 100, default, false, 10, [new ParentShare(Borrower)]),
        CommandKind.LinkNode => new LinkNode(Facility, new ParentShare(Group)),
        CommandKind.UnlinkNode => new UnlinkNode(Facility, Group),
        CommandKind.MoveFacility => new MoveFacility(Facility, Borrower, new ParentShare(Group)),
        CommandKind.TransferToPool => new TransferToPool(Facility, Pool),
        CommandKind.SetLimit => new SetLimit(Facility, 100),
        CommandKind.SetSubLimit => new SetSubLimit(Facility, Channel.Cash, 0, 9_999, 100),
        CommandKind.SetVelocityLimit => new SetVelocityLimit(Facility, 60, 100, 10),
        CommandKind.SetReviewThreshold => new SetReviewThreshold(Facility, 100),
        CommandKind.Freeze => new Freeze(Facility),
        CommandKind.Unfreeze => new Unfreeze(Facility),
        CommandKind.Close => new Close(Facility),
        CommandKind.SetFxRate => new SetFxRate(Scope, Eur, Currency.Parse("USD"), 1_000_000_000, 1),
        CommandKind.PutContent => new PutContent(Scope, ContentHash.Of([1]), 1, 0, [1]),
        CommandKind.RegisterModel => new RegisterModel(Scope, "card", 1, ContentHash.Of([1]), default, ""),
        CommandKind.RegisterPolicy => new RegisterPolicy(Scope, "policy", 1, ContentHash.Of([1]), "Request"),
        CommandKind.ActivateModel => new ActivateModel(Scope, "card", 1, VersionRole.Acting, 0, 0, "ann", "bob"),
        CommandKind.ActivatePolicy => new ActivatePolicy(Scope, "policy", 1, VersionRole.Acting, 0, "ann", "bob"),
        CommandKind.ActivateFeatures => new ActivateFeatures(Scope, "{}"u8.ToArray()),
        CommandKind.AdvanceBusinessDate => new AdvanceBusinessDate(Scope, 20_000),
        CommandKind.ReportBankDebt => new ReportBankDebt(Borrower, 1_000, 200),
        CommandKind.DefinePool => new DefinePool(Pool, new byte[] { 1 }),
        CommandKind.PutLoanInPool => new PutLoanInPool(Pool, 1, TransferKind.Purchase, Day, new LoanCandidate { Currency = Eur, Principal = 100, Origination = Day }),
        CommandKind.TakeLoanFromPool => new TakeLoanFromPool(Pool, 1, TransferKind.Sale, Day),
        CommandKind.ReportLoan => new ReportLoan(Pool, 1, new LoanMovement { Date = Day }),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no control command"),
    };

    public static Command Any(CommandKind kind) => kind.IsAccount() ? Account(kind) : Command.Of(Id, Control(kind));
}
