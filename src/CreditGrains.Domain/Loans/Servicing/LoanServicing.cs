using System.Globalization;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Schedules;

namespace CreditGrains.Domain.Loans.Servicing;

/// <summary>What may happen to a loan, checked and carried out. Pure: an account and an act give another account or a named refusal.</summary>
public static class LoanServicing
{
    /// <summary>Most acts of one loan.</summary>
    public const int ActsMax = 10_000;

    private const int HolidayCountMax = 120;
    private const int ExtensionCountMax = 1_200;

    /// <summary>Opens a loan at its drawdown.</summary>
    public static LoanResult<LoanAccount> Open(LoanTerms terms) => Open(terms, terms.Drawdown, 0, Classification.Normal, isHeld: false);

    /// <summary>Takes over a loan that runs already, and brings it to a business date: what fell due since its terms begin is unpaid.</summary>
    /// <param name="terms">Drawn at the start of the first unpaid period, with the principal owed then.</param>
    /// <param name="vintage">The day of the first drawdown, not after that.</param>
    /// <param name="date">The business date, not before the drawdown of the terms.</param>
    public static LoanResult<LoanAccount> TakeOver(LoanTerms terms, DateOnly vintage, DateOnly date)
    {
        if (vintage > terms.Drawdown) return Bad(LoanFault.InvalidDate, $"the vintage {vintage:yyyy-MM-dd} is after {terms.Drawdown:yyyy-MM-dd}, when the first unpaid period started");
        var opened = Open(terms, vintage, 0, Classification.Normal, isHeld: false);
        return opened.Refusal is null ? Advance(opened.Value, date) : opened;
    }

    /// <summary>Brings a loan to a business date.</summary>
    /// <param name="account">The loan.</param>
    /// <param name="date">Not before its own, at most two hundred years after its drawdown.</param>
    public static LoanResult<LoanAccount> Advance(LoanAccount account, DateOnly date) =>
        CheckDate(account, date) is { } fault ? fault : DueLedger.Advance(account, date);

    /// <summary>Carries out one act. Faults, in this order: date, amounts, what the act needs.</summary>
    public static LoanResult<LoanAccount> Execute(LoanAccount account, LoanAct act)
    {
        if (CheckDate(account, act.Date) is { } fault) return fault;
        if (account.Acts.Length >= ActsMax) return Bad(LoanFault.InvalidTerm, $"a loan has at most {ActsMax} acts");
        if (act is LoanAct.Bounce bounce) return TakeBack(account, bounce);
        var result = Apply(DueLedger.Advance(account, act.Date), act);
        return result.Refusal is { } refusal ? refusal : result.Value with { Acts = account.Acts.Add(new LoggedAct(act, false)) };
    }

    /// <summary>Makes a fee due on the loan's date; 0 changes nothing.</summary>
    public static LoanAccount ChargeFee(LoanAccount account, long fee) => DueLedger.Charge(account, fee, 0);

    /// <summary>What settles a loan on its date: all that is due, the principal not due, and interest to the day, less what waits.</summary>
    public static long SettlementAmount(LoanAccount account) =>
        account.AmountDue + account.PrincipalNotDue + (account.Upcoming.IsEmpty ? 0 : Respread.Accrued(account, Respread.EndOfCounting(account)) + LastFees(account)) - account.Unapplied;

    internal static LoanResult<LoanAccount> Open(LoanTerms terms, DateOnly vintage, int renewals, Classification best, bool isHeld)
    {
        var schedule = ScheduleBuilder.Build(terms);
        if (schedule.Refusal is { } refusal) return refusal;
        if (CheckGrowth(terms, terms.Amount) is { } growth) return growth;
        var opened = new LoanAccount(terms, vintage) { Upcoming = schedule.Value.Instalments, RenewalCount = renewals, ClassificationBest = best, ClassificationOpened = best, WasHeldOpened = isHeld };
        return isHeld ? Observation.Begin(opened) : opened;
    }

    private static LoanResult<LoanAccount> Apply(LoanAccount account, LoanAct act) => act switch
    {
        LoanAct.Repayment repayment => Repay(account, repayment),
        LoanAct.EarlyRepayment early => RepayEarly(account, early),
        LoanAct.PaymentHoliday holiday => GrantHoliday(account, holiday),
        LoanAct.Extension extension => Extend(account, extension),
        LoanAct.Bounce => DueLedger.Charge(account, account.Terms.Overdue.BounceFee, 0),
        _ => throw new InvalidOperationException($"no such act: {act.GetType().Name}"),
    };

    private static LoanResult<LoanAccount> Repay(LoanAccount account, LoanAct.Repayment act)
    {
        if (act.Amount < 1 || act.Amount > LoanTerms.AmountMax - account.Unapplied) return Bad(LoanFault.InvalidAmount, $"the payment is {act.Amount}; it and what waits must be 1 to 2^50 minor units");
        return account.IsClosed ? Closed() : DueLedger.Take(account, act.Amount);
    }

    private static LoanResult<LoanAccount> RepayEarly(LoanAccount account, LoanAct.EarlyRepayment act)
    {
        if (act.Amount < 1) return Bad(LoanFault.InvalidAmount, $"the early repayment is {act.Amount}; it must be 1 or more");
        if (account.Upcoming.IsEmpty) return Closed();
        if (!account.Dues.IsEmpty) return Bad(LoanFault.OverdueAmounts, $"{account.AmountDue} is due and unpaid; repay that first");
        var left = account.PrincipalNotDue - act.Amount;
        if (left < 0) return Bad(LoanFault.MoreThanOwed, $"the early repayment of {act.Amount} is more than the principal of {account.PrincipalNotDue}");
        var isRigid = account.Amortisation is Amortisation.Balloon or Amortisation.Bullet or Amortisation.Seasonal;
        if (left > 0 && act.Mode == PrepaymentMode.ShrinkTerm && isRigid)
            return Bad(LoanFault.TermCannotShrink, $"the term of this kind of schedule cannot shrink; use ShrinkInstalment");
        var counted = Count(account);
        counted = counted with { Paid = account.Paid.With(DueComponent.Principal, act.Amount) };
        if (left > 0) return Respread.Spread(counted, left, account.Upcoming.Length, act.Mode == PrepaymentMode.ShrinkTerm, account.Upcoming);
        return DueLedger.Charge(counted with { Upcoming = [], Carried = 0 }, LastFees(account), counted.Carried);
    }

    private static LoanResult<LoanAccount> GrantHoliday(LoanAccount account, LoanAct.PaymentHoliday act)
    {
        if (act.Count is < 1 or > HolidayCountMax) return Bad(LoanFault.InvalidTerm, $"the holiday skips {act.Count} instalments; it must be 1 to {HolidayCountMax}");
        if (account.Upcoming.IsEmpty) return Closed();
        var count = act.ExtendsTerm ? account.Upcoming.Length : account.Upcoming.Length - act.Count;
        if (count < 1) return Bad(LoanFault.InvalidTerm, $"{account.Upcoming.Length} instalments are left; skip fewer or let the holiday extend the term");
        if (account.NextSlot + act.Count + count > LoanTerms.InstalmentCountMax) return Bad(LoanFault.InvalidTerm, $"the loan would have more than {LoanTerms.InstalmentCountMax} instalments");
        var span = new PeriodSpan(account.Upcoming[0].Number, account.NextSlot, act.Count, account.PeriodStart, account.AccruedTo);
        var skipped = AccrualPeriods.Of(account.Terms, span);
        if (skipped.Refusal is { } calendar) return calendar;
        var (principal, carried) = (account.PrincipalNotDue, account.Carried);
        foreach (var period in skipped.Value)
        {
            carried += act.Interest == HolidayInterest.Waived ? 0 : Interest.Of(principal, account.Terms.Rate, period.Fraction, account.Terms.Rounding.Interest);
            if (act.Interest != HolidayInterest.Capitalised) continue;
            principal += carried;
            carried = 0;
            if (principal > LoanTerms.AmountMax) return Bad(LoanFault.InvalidAmount, $"the principal would pass 2^50 minor units; defer the interest");
            if (CheckGrowth(account.Terms, principal) is { } growth) return growth;
        }

        var last = skipped.Value[^1];
        var lastFrozen = account.Frozen.IsEmpty || account.Frozen[^1].Until < account.AsOf ? account.AsOf : account.Frozen[^1].Until;
        var rested = account with
        {
            Frozen = last.Due > lastFrozen ? account.Frozen.Add(new FrozenSpan(lastFrozen, last.Due)) : account.Frozen,
            Capitalised = account.Capitalised + (principal - account.PrincipalNotDue),
            NextSlot = account.NextSlot + act.Count,
            PeriodStart = last.End,
            AccruedTo = last.End,
            Carried = carried,
        };
        var model = act.ExtendsTerm ? account.Upcoming : account.Upcoming[act.Count..];
        var spread = Respread.Spread(rested, principal, count, keepsAmounts: false, model);
        return spread.Refusal is null ? Observation.Again(spread.Value) : spread;
    }

    private static LoanResult<LoanAccount> Extend(LoanAccount account, LoanAct.Extension act)
    {
        if (act.AdditionalCount is < 1 or > ExtensionCountMax) return Bad(LoanFault.InvalidTerm, $"the extension adds {act.AdditionalCount} instalments; it must be 1 to {ExtensionCountMax}");
        if (account.Upcoming.IsEmpty) return Bad(LoanFault.LoanClosed, $"nothing is left to extend: the last instalment is due; renew the loan instead");
        var count = account.Upcoming.Length + act.AdditionalCount;
        if (account.NextSlot + count > LoanTerms.InstalmentCountMax) return Bad(LoanFault.InvalidTerm, $"the loan would have more than {LoanTerms.InstalmentCountMax} instalments");
        var spread = Respread.Spread(Count(account), account.PrincipalNotDue, count, keepsAmounts: false, account.Upcoming);
        if (spread.Refusal is not null) return spread;
        var extended = Observation.Again(spread.Value);
        return !act.IsConcession ? extended : extended with { ClassificationBest = Classifications.Worse(account.ClassificationBest, Classification.SpecialMention) };
    }

    /// <summary>Runs all acts again but the one whose money bounced; the fee comes on the day it did.</summary>
    private static LoanResult<LoanAccount> TakeBack(LoanAccount account, LoanAct.Bounce bounce)
    {
        var place = bounce.Receipt - 1;
        if (place < 0 || place >= account.Acts.Length || account.Acts[place] is not { IsTakenBack: false, Act: LoanAct.Repayment or LoanAct.EarlyRepayment })
            return Bad(LoanFault.UnknownReceipt, $"act {bounce.Receipt} brought no money or was taken back before; name another");
        var opened = Open(account.Terms, account.Vintage, account.RenewalCount, account.ClassificationOpened, account.WasHeldOpened);
        if (opened.Refusal is { } refusal) return refusal;
        var acts = account.Acts.SetItem(place, account.Acts[place] with { IsTakenBack = true }).Add(new LoggedAct(bounce, false));
        var state = opened.Value;
        foreach (var logged in acts)
        {
            state = DueLedger.Advance(state, logged.Act.Date);
            if (logged.IsTakenBack) continue;
            var result = Apply(state, logged.Act);
            if (result.Refusal is { } since)
                return Bad(LoanFault.ReceiptBuiltUpon, $"without act {bounce.Receipt} the {logged.Act.GetType().Name} of {logged.Act.Date:yyyy-MM-dd} could not have been: {since.Message}");
            state = result.Value;
        }

        return state with { Acts = acts };
    }

    /// <summary>Counts the interest of the current period up to the account's date.</summary>
    internal static LoanAccount Count(LoanAccount account)
    {
        var until = Respread.EndOfCounting(account);
        return account with { Carried = Respread.Accrued(account, until), AccruedTo = until };
    }

    /// <summary>Fees that come with the last instalment, whenever that is.</summary>
    private static long LastFees(LoanAccount account) => account.Terms.Fees
        .Where(fee => fee.Timing == FeeTiming.WithLastInstalment)
        .Sum(fee => fee.Of(account.Terms.Amount, account.PrincipalNotDue, account.Terms.Rounding.Interest));

    private static LoanRefusal? CheckDate(LoanAccount account, DateOnly date)
    {
        if (date < account.AsOf) return Bad(LoanFault.OutOfOrder, $"the loan stands at {account.AsOf:yyyy-MM-dd}; {date:yyyy-MM-dd} is before that");
        return date.DayNumber - account.Terms.Drawdown.DayNumber <= 2 * LoanTerms.TermDaysMax
            ? null
            : Bad(LoanFault.InvalidDate, $"{date:yyyy-MM-dd} is over two hundred years after the drawdown");
    }

    /// <summary>
    /// Whether all that can come of a principal in two hundred years stays within bounds: interest, penalty, and penalty on interest. Only rates far
    /// above any law on amounts far above any loan do not.
    /// </summary>
    private static LoanRefusal? CheckGrowth(LoanTerms terms, long principal)
    {
        const decimal years = 200;
        var interest = years * terms.Rate.Nano / RateAnnual.WholeNano;
        var penalty = years * terms.Rate.Times(terms.Overdue.PenaltyPpm).Nano / RateAnnual.WholeNano;
        return principal * (1 + interest) * (1 + penalty) <= LoanTerms.SumMax
            ? null
            : Bad(LoanFault.InvalidAmount, $"what is owed on {principal} at {terms.Rate} could pass 2^60 minor units; lower the amount or the rate");
    }

    private static LoanRefusal Closed() => Bad(LoanFault.LoanClosed, $"nothing is owed or to come; the loan is closed or all of it is due");

    private static LoanRefusal Bad(LoanFault fault, FormattableString message) => new(fault, message.ToString(CultureInfo.InvariantCulture));
}
