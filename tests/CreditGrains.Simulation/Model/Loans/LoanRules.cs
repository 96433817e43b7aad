using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model.Loans;

/// <summary>docs/rules.md "Loans": what commands and dates do to a facility's loans. Works on copies, which are kept when the event posts.</summary>
internal sealed class LoanRules(World world, ModelFacility facility)
{
    private const int LoansMax = 300;
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>The business date; null when the legal entity has none.</summary>
    public static DateOnly? Today(World world, ModelFacility facility) =>
        world.BusinessDays.TryGetValue((facility.Key.Tenant, facility.Key.LegalEntity), out int day) ? Epoch.AddDays(day) : null;

    /// <summary>The first loan that had to be brought to the business date before any other event; null when there is none.</summary>
    public static ModelLoan? Behind(World world, ModelFacility facility) =>
        Today(world, facility) is { } today ? facility.Loans.Values.FirstOrDefault(loan => loan.IsBehind(today)) : null;

    /// <summary>Takes what loans owe out of balances, or puts it back.</summary>
    public static void Move(Purse purse, IEnumerable<ModelLoan> loans, int sign)
    {
        foreach (ModelLoan loan in loans)
        {
            purse.Principal += sign * loan.Principal;
            purse.Interest += sign * loan.Interest;
            purse.Fees += sign * loan.Fees;
        }
    }

    /// <summary>AgeLoan: legal only when something happens to the loan.</summary>
    public Verdict Age(long reference, long now)
    {
        ModelLoan loan = facility.Loans.GetValueOrDefault(reference) ?? throw new ModelMismatchException($"AgeLoan of {reference} on {facility.Key}: no such loan");
        DateOnly today = Today(world, facility) ?? throw new ModelMismatchException($"AgeLoan of {reference} on {facility.Key}: there is no business date");
        if (!loan.IsBehind(today)) throw new ModelMismatchException($"AgeLoan of {reference} on {facility.Key}: nothing happens to it up to {today:yyyy-MM-dd}");
        ModelLoan after = loan.Copy();
        Purse purse = facility.Purse.Copy();
        var before = new Exposures(world, facility, now);
        BigInteger owed = loan.Principal + loan.Interest + loan.Fees;
        Move(facility.Purse, [loan], -1);
        BigInteger waiting = facility.Purse.Credit;
        after.Advance(today, ref waiting);
        facility.Purse.Credit = waiting;
        facility.Purse.Released += after.Paid[(int)DueComponent.Principal];
        Move(facility.Purse, [after], 1);
        if (facility.Purse.AnyAboveMax)
        {
            facility.Purse = purse;
            ModelLoan still = loan.Copy();
            still.StandsStill = true;
            Keep(still, loan);
            return new Verdict { Kind = OutcomeKind.Declined, Reason = Reason.AmountOverflow, Loans = [still.Event("Aged", 0) with { DaysPastDue = 0 }] };
        }
        Keep(after, loan, isByTime: true);
        BigInteger charged = after.Principal + after.Interest + after.Fees - owed + after.PaidTotal;
        return new Verdict { Kind = OutcomeKind.Posted, Amount = charged, Limits = before.Excess(), Loans = [after.Event("Aged", charged)] };
    }

    /// <summary>Makes a loan of an approved drawdown, or says why not.</summary>
    public Verdict? Open(LoanOffer offer, BigInteger amount, long sequence, out ModelLoan? made)
    {
        made = null;
        if (Today(world, facility) is not { } today) return Verdict.Declined(Reason.BusinessDateMissing);
        if (facility.Loans.Count >= LoansMax) return Verdict.Declined(Reason.TooManyLoans);
        if ((offer.Product?.Product ?? world.Products.GetValueOrDefault(offer.ProductHash)) is not { } product)
            return new Verdict { Kind = OutcomeKind.Declined, Reason = Reason.InvalidTerms, LoanFault = world.UnknownProductFault };
        (List<ModelInstalment> plan, LoanFault fault) = ModelSchedule.Of(product, offer.Figures, amount, today);
        if (fault != 0) return new Verdict { Kind = OutcomeKind.Declined, Reason = Reason.InvalidTerms, LoanFault = fault };
        made = new ModelLoan
        {
            Reference = sequence, ProductHash = offer.ProductHash, Product = product, Amount = amount, RateNano = offer.Figures.Rate.Nano, Figures = offer.Figures, Drawdown = today, ToCome = plan,
        }.Start();
        facility.Loans.Add(sequence, made);
        return null;
    }

    /// <summary>ImportLoan: a loan from a day in the past on, of which nothing was paid since.</summary>
    public Verdict TakeOver(LoanTakeover takeover, BigInteger amount, long sequence, long now)
    {
        if (Today(world, facility) is not { } today) return Verdict.Declined(Reason.BusinessDateMissing);
        if (facility.Loans.Count >= LoansMax) return Verdict.Declined(Reason.TooManyLoans);
        LoanOffer offer = takeover.Offer;
        if ((offer.Product?.Product ?? world.Products.GetValueOrDefault(offer.ProductHash)) is not { } product)
        {
            // Declined, so its product was never journaled: without a fault of its terms it was more than the balances take.
            return world.UnknownProductFault == 0
                ? Verdict.Declined(Reason.AmountOverflow)
                : new Verdict { Kind = OutcomeKind.Declined, Reason = Reason.InvalidTerms, LoanFault = world.UnknownProductFault };
        }

        (List<ModelInstalment> plan, LoanFault fault) = ModelSchedule.Of(product, offer.Figures, amount, takeover.StartedOn);
        if (fault == 0 && takeover.StartedOn > today) fault = LoanFault.OutOfOrder;
        if (fault != 0) return new Verdict { Kind = OutcomeKind.Declined, Reason = Reason.InvalidTerms, LoanFault = fault };
        ModelLoan made = new ModelLoan
        {
            Reference = sequence, ProductHash = offer.ProductHash, Product = product, Amount = amount, RateNano = offer.Figures.Rate.Nano, Figures = offer.Figures, Drawdown = takeover.StartedOn, Vintage = takeover.Vintage, ToCome = plan,
        }.Start();
        BigInteger none = 0;
        made.Advance(today, ref none);
        BigInteger owed = made.Principal + made.Interest + made.Fees;
        Verdict posted = AccountRules.Post(world, facility, now, owed, _ => { }, [.. facility.Loans.Values, made]);
        if (posted.Kind != OutcomeKind.Posted) return posted;
        facility.Loans.Add(sequence, made);
        return new Verdict { Kind = OutcomeKind.Posted, Amount = owed, Limits = posted.Limits, Loans = [made.Event("Made", 0)] };
    }

    /// <summary>Takes money over loans, the one with the oldest unpaid date first, then over what no loan owes.</summary>
    /// <param name="loose">Balances without what loans owe.</param>
    /// <param name="amount">The money.</param>
    /// <param name="paid">Copies of the loans that took some.</param>
    public Allocation Allocate(Purse loose, BigInteger amount, List<(ModelLoan Loan, BigInteger Charged)> paid)
    {
        BigInteger left = amount;
        DateOnly today = Today(world, facility)!.Value;
        foreach (ModelLoan loan in facility.Loans.Values.Where(loan => loan.Dues.Count > 0).OrderBy(loan => (loan.OldestUnpaid ?? DateOnly.MaxValue, loan.Reference)).ToList())
        {
            if (left.IsZero) break;
            ModelLoan after = loan.Copy();
            BigInteger none = 0;
            after.Advance(today, ref none);
            BigInteger taken = after.Take(left);
            if (taken.IsZero) continue;
            after.StandsStill = false;
            left -= taken;
            paid.Add((after, after.Principal + after.Interest + after.Fees + taken - loan.Principal - loan.Interest - loan.Fees));
            loose.Released += after.Paid[(int)DueComponent.Principal];
        }
        Allocation rest = loose.Allocate(left);
        foreach ((ModelLoan loan, _) in paid)
        {
            rest = rest with
            {
                Fees = rest.Fees + loan.Paid[(int)DueComponent.Fees],
                Interest = rest.Interest + loan.Paid[(int)DueComponent.Interest] + loan.Paid[(int)DueComponent.Penalty] + loan.Paid[(int)DueComponent.Compound],
                Principal = rest.Principal + loan.Paid[(int)DueComponent.Principal],
            };
        }
        return rest;
    }

    /// <summary>Undoes a drawdown that made a loan.</summary>
    public Verdict Undo(Entry original)
    {
        ModelLoan? loan = facility.Loans.GetValueOrDefault(original.Event.Sequence);
        if (loan is null || loan.Dues.Count > 0 || loan.ToCome.Count == 0 || loan.ToCome[0].Number != 1) return Verdict.Declined(Reason.LoanInUse);
        facility.Loans.Remove(loan.Reference);
        facility.Purse.Principal -= loan.Principal;
        return new Verdict
        {
            Kind = OutcomeKind.Posted, Amount = loan.Amount,
            Loans = [new LoanEventView(loan.Reference, "Undone", 0, default, 0, 0, 0, 0, 0, Domain.Delinquency.Classification.Normal, true)],
        };
    }

    /// <summary>Takes back a receipt of loans: each runs again from before it without it, and its bounce fee is due.</summary>
    public Verdict Bounce(Entry receipt, Allocation parts, long now)
    {
        DateOnly today = Today(world, facility)!.Value;
        List<(ModelLoan Before, ModelLoan After, LoanEventView View)> rerun = [];
        Allocation loose = parts;
        BigInteger waiting = 0, principal = 0;
        foreach (LoanEventView taken in receipt.Event.Loans)
        {
            List<LoanEntry> log = facility.LoanLog[taken.Reference];
            int place = log.FindIndex(each => each.Sequence == receipt.Event.Sequence);
            ModelLoan after = log[place].Before.Copy();
            HashSet<long> undone = [.. log.Skip(place).Select(each => each.TakesBack)];
            BigInteger none = 0;
            foreach (LoanEntry since in log.Skip(place + 1))
            {
                // Money that waited is taken on the due dates again, that of a payment on its day.
                BigInteger waited = since.IsByTime ? since.Money : 0;
                after.Advance(since.Day, ref waited);
                waiting += waited;
                if (since.TakesBack != 0) after.ChargeFee(after.Product.Overdue.BounceFee);
                else if (!since.IsByTime && !undone.Contains(since.Sequence)) waiting += since.Money - after.Take(since.Money);
            }
            after.Advance(today, ref none);
            after.ChargeFee(after.Product.Overdue.BounceFee);
            after.StandsStill = false;
            ModelLoan? before = facility.Loans.GetValueOrDefault(taken.Reference);
            BigInteger moved = after.Principal + after.Interest + after.Fees - (before is null ? 0 : before.Principal + before.Interest + before.Fees);
            principal += after.Principal - (before?.Principal ?? 0);
            loose = new Allocation(
                loose.Fees - taken.Paid.Fees, loose.Interest - taken.Paid.Interest - taken.Paid.Penalty - taken.Paid.Compound, loose.Principal - taken.Paid.Principal, loose.Credit);
            rerun.Add((before ?? after, after, after.Event("Bounced", moved - taken.Paid.Total) with { Paid = taken.Paid }));
        }
        Verdict verdict = AccountRules.Post(
            world, facility, now, parts.Total,
            purse =>
            {
                purse.Disallocate(loose);
                purse.Credit += waiting;
                purse.Released = BigInteger.Max(0, purse.Released - principal);
            },
            facility.Loans.Values.Where(loan => !rerun.Exists(each => each.After.Reference == loan.Reference)).Concat(rerun.Select(each => each.After)));
        if (verdict.Kind != OutcomeKind.Posted) return verdict;
        foreach ((ModelLoan before, ModelLoan after, _) in rerun) Keep(after, before, receipt.Event.Sequence);
        return new Verdict { Kind = OutcomeKind.Posted, Amount = verdict.Amount, Limits = verdict.Limits, Loans = [.. rerun.Select(each => each.View)] };
    }

    /// <summary>Keeps a loan as an event left it.</summary>
    public void Keep(ModelLoan after, ModelLoan before, long takesBack = 0, bool isByTime = false)
    {
        if (!facility.LoanLog.TryGetValue(after.Reference, out List<LoanEntry>? log)) facility.LoanLog.Add(after.Reference, log = []);
        log.Add(new LoanEntry(world.LastSequence + 1, before.Copy(), after.AsOf, takesBack == 0 ? after.PaidTotal : 0, takesBack, isByTime));
        if (after.HasEnded) facility.Loans.Remove(after.Reference);
        else facility.Loans[after.Reference] = after.Copy();
    }
}
