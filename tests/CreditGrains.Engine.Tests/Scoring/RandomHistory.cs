using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>Callers that do with a few facilities whatever can be done with them: holds, loans, payments that bounce, write-offs, undoing by id.</summary>
/// <param name="world">Has the facilities 1 to <paramref name="facilities"/>.</param>
/// <param name="random">Decides what happens.</param>
/// <param name="facilities">1 or more.</param>
internal sealed class RandomHistory(World world, Random random, int facilities)
{
    private static readonly LoanProduct[] Products =
    [
        new() { DayCount = DayCount.MonthsOverTwelve },
        new() { DayCount = DayCount.MonthsOverTwelve, Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, BounceFee = 500 } },
        new() { DayCount = DayCount.Actual360, Amortisation = new Amortisation.EqualPrincipal(), Overdue = new OverdueTerms { BounceFee = 300, GraceDays = 3 } },
    ];

    private readonly List<(long Sequence, long Facility)> holds = [], payments = [], waiting = [], referred = [];
    private readonly List<RequestId> ids = [];

    /// <summary>Kinds of commands that had an effect.</summary>
    public SortedSet<CommandKind> Done { get; } = [];

    /// <summary>Commands that took back nothing by an id that was known: what a backtest leaves out.</summary>
    public int LeftOut { get; private set; }

    /// <summary>One more command.</summary>
    public void Next()
    {
        var facility = random.Next(1, facilities + 1);
        var amount = random.Next(1, 40) * 10_000L;
        var loan = world.View(facility).Loans is { Count: > 0 } loans ? loans[random.Next(loans.Count)] : null;
        switch (random.Next(21))
        {
            case 0 or 1:
                Keep(world.Of(CommandKind.Drawdown, amount * 5, 0, facility) with { Control = Offer(facility), AmountMin = random.Next(2) * 10_000 }, ids: true);
                break;
            case 2:
                Keep(world.Of(CommandKind.Authorize, amount, 0, facility) with { LifetimeSeconds = random.Next(2) * 4_000 }, holds);
                break;
            case 3 when holds.Count > 0:
                var hold = holds[random.Next(holds.Count)];
                Keep(world.Of(CommandKind.Capture, random.Next(1, 30) * 10_000L, hold.Sequence, (int)hold.Facility) with { Options = random.Next(2) == 0 ? CommandOptions.Final : CommandOptions.None });
                break;
            case 4 when holds.Count > 0:
                var open = holds[random.Next(holds.Count)];
                Keep(world.Of(CommandKind.Void, 0, open.Sequence, (int)open.Facility));
                break;
            case 5 or 6 or 7:
                Keep(world.Of(CommandKind.Repay, amount, 0, facility), payments, ids: true);
                break;
            case 8:
                Keep(world.Of(CommandKind.Repay, amount, 0, facility) with { Options = CommandOptions.Uncleared, LifetimeSeconds = random.Next(2) * 5_000 }, waiting);
                break;
            case 9 when waiting.Count > 0:
                var cleared = Take(waiting);
                Keep(world.Of(CommandKind.ClearRepayment, 0, cleared.Sequence, (int)cleared.Facility));
                break;
            case 10 when payments.Count > 0:
                var bounced = Take(payments);
                Keep(world.Of(CommandKind.ReverseRepayment, 0, bounced.Sequence, (int)bounced.Facility));
                break;
            case 11 when ids.Count > 0:
                Undo(ids[random.Next(ids.Count)]);
                break;
            case 12 when loan is not null:
                Keep(world.Of(CommandKind.RepayEarly, amount, loan.Reference, facility) with { Options = random.Next(2) == 0 ? CommandOptions.ShrinksTerm : CommandOptions.None });
                break;
            case 13 when loan is not null:
                Keep(world.Of(CommandKind.GrantHoliday, 0, loan.Reference, facility) with { Control = new LoanHoliday(World.F(facility), random.Next(1, 4), HolidayInterest.Deferred, true) });
                break;
            case 14 when loan is not null:
                Keep(world.Of(CommandKind.ExtendLoan, 0, loan.Reference, facility) with { Control = new LoanExtension(World.F(facility), random.Next(1, 13), false) });
                break;
            case 15 when loan is not null:
                Keep(world.Of(CommandKind.RenewLoan, 0, loan.Reference, facility) with { Control = Offer(facility) });
                break;
            case 16 when loan is not null && Owed(loan) > 0 && random.Next(2) == 0:
                Keep(world.Of(CommandKind.WriteOff, Owed(loan), loan.Reference, facility));
                break;
            case 17 when loan is not null:
                Keep(world.Of(CommandKind.Recover, amount, loan.Reference, facility));
                break;
            case 18:
                var offer = Offer(facility);
                Keep(world.Of(CommandKind.ImportLoan, amount, 0, facility) with { Control = new LoanTakeover(World.F(facility), offer, new DateOnly(2026, 1, 1), new DateOnly(2025, 6, 1)) });
                break;
            case 19:
                Keep(world.Of(CommandKind.PostFee, random.Next(1, 500), 0, facility), ids: true);
                break;
            default:
                Keep(world.Of(CommandKind.ClearWithoutHold, amount / 10, 0, facility), ids: true);
                break;
        }
    }

    private static long Owed(LoanView loan) => loan.PrincipalNotDue + loan.Dues.Sum(due => due.Fees + due.Interest + due.Principal + due.Penalty + due.Compound);

    private LoanOffer Offer(long facility) => new(World.F(facility), SealedProduct.Of(Products[random.Next(Products.Length)]), new LoanFigures(new RateAnnual(60_000_000), random.Next(3, 25)));

    private (long Sequence, long Facility) Take(List<(long Sequence, long Facility)> from)
    {
        var at = random.Next(from.Count);
        var taken = from[at];
        from.RemoveAt(at);
        return taken;
    }

    private void Undo(RequestId original)
    {
        var outcome = world.Reverse(original);
        if (outcome.Kind == OutcomeKind.Posted) Done.Add(CommandKind.Reverse);
        else if (outcome.Reason != Reason.OriginalTooOld) LeftOut++; // On no facility, so of no entity.
    }

    private void Keep(Command command, List<(long, long)>? list = null, bool ids = false)
    {
        var outcome = world.Do(command);
        if (outcome.Kind == OutcomeKind.Refused) Assert.Fail($"{command.Kind}: {outcome.Reason} {outcome.Message}");
        if (outcome.Kind is not (OutcomeKind.Posted or OutcomeKind.Approved or OutcomeKind.ApprovedInPart)) return;
        Done.Add(command.Kind);
        list?.Add((outcome.Sequence, command.Facility.Id));
        if (ids) this.ids.Add(command.Id);
    }
}
