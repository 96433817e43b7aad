using CreditGrains.Securitisation.Deals;

namespace CreditGrains.Securitisation.Waterfall;

/// <summary>Carries out one step. Principal cash that pays fees or interest, or goes where no principal is held, is booked as borrowed: it is a deficiency of the junior tranches.</summary>
internal static class StepRun
{
    public static void Carry(Step step, DealBook book, DealPool pool)
    {
        if (!book.Holds(step.When)) return;
        switch (step)
        {
            case Step.PayFees fees:
                foreach (var name in fees.Fees) PayFee(book, book.Deal.Fees.First(fee => fee.Name == name), fees);
                break;
            case Step.PaySwaps swaps:
                foreach (var due in swaps.Swaps.Select(name => book.Dues[name])) due.Pay(Out(book, step, due.Owed, isPrincipal: false));
                break;
            case Step.PayInterest interest: PayInterest(book, interest); break;
            case Step.PayPrincipal principal: PayPrincipal(book, principal); break;
            case Step.PayResidual residual: PayResidual(book, residual); break;
            case Step.RepayFacility repay: book.Cash.Repaid(repay.Facility, Out(book, step, book.Cash.Drawn(repay.Facility), isPrincipal: false)); break;
            case Step.Fill fill:
                var wanted = book.Target(book.Deal.Reserves.First(reserve => reserve.Name == fill.Reserve)) - book.Cash.Balance(fill.Reserve);
                Shift(book, step, fill.Reserve, Math.Max(0, wanted), isPrincipal: false);
                break;
            case Step.Release release:
                var excess = book.Cash.Balance(release.Reserve) - book.Target(book.Deal.Reserves.First(reserve => reserve.Name == release.Reserve));
                book.Cash.Move(release.Reserve, release.To, Math.Max(0, excess));
                break;
            case Step.Restore restore:
                foreach (var tranche in restore.Tranches.Select(book.Tranche)) tranche.MakeGood(Shift(book, step, CashAccounts.Principal, tranche.Deficiency, isPrincipal: true));
                break;
            case Step.Move move: Shift(book, step, move.To, long.MaxValue, book.Cash.IsPrincipal(move.To)); break;
            case Step.Purchase purchase: Purchase(book, purchase, pool); break;
        }
    }

    private static void PayFee(DealBook book, Fee fee, Step step)
    {
        var due = book.Dues[fee.Name];
        due.Pay(Out(book, step, Math.Min(due.Owed, book.CapOf(fee, due)), isPrincipal: false));
    }

    private static void PayInterest(DealBook book, Step.PayInterest step)
    {
        var paid = step.To.Select(book.Tranche).Where(tranche => tranche.InterestOwed > 0).Distinct().ToArray();
        var accrues = paid.Select(book.Accrues).ToArray();
        var owed = paid.Select(tranche => tranche.InterestOwed).ToArray();
        var shares = Part.Split(book.Cash.Available(step.From, owed.Sum()), owed);
        long forgone = 0, wanted = 0;
        for (var i = 0; i < paid.Length; i++)
        {
            if (accrues[i]) forgone += shares[i];
            else wanted += shares[i];
        }

        Out(book, step, wanted, isPrincipal: false);
        // The cash an accruing tranche forgoes repays the others: its share of what there is becomes principal, and all interest owed is added to its balance.
        Shift(book, step, CashAccounts.Principal, forgone, isPrincipal: true);
        for (var i = 0; i < paid.Length; i++)
        {
            if (accrues[i]) paid[i].Accrete();
            else paid[i].PayInterest(shares[i]);
        }
    }

    private static void PayPrincipal(DealBook book, Step.PayPrincipal step)
    {
        var all = step.To.Select(book.Tranche).ToArray();
        var wanted = all.Select(tranche => step.ToSchedule ? Math.Max(0, tranche.Balance - book.Planned(tranche)) : tranche.Balance).ToArray();
        if (step.Order == PrincipalOrder.ProRata)
        {
            var shares = Part.Split(Out(book, step, wanted.Sum(), isPrincipal: true), wanted);
            for (var i = 0; i < all.Length; i++) all[i].PayPrincipal(shares[i]);
            return;
        }

        for (var i = 0; i < all.Length; i++) all[i].PayPrincipal(Out(book, step, wanted[i], isPrincipal: true));
    }

    private static void PayResidual(DealBook book, Step.PayResidual step)
    {
        var tranche = book.Tranche(step.To);
        long paid = 0, ofPrincipal = 0;
        foreach (var from in step.From)
        {
            var part = book.Cash.Pay(from, book.Cash.Balance(from));
            paid += part;
            if (book.Cash.IsPrincipal(from)) ofPrincipal += part;
        }

        var interest = Math.Min(paid, tranche.InterestOwed);
        tranche.PayInterest(interest);
        // Equity has earned all income; only cash that comes from principal repays its balance.
        var principal = Math.Min(Math.Min(paid - interest, ofPrincipal), tranche.Balance);
        tranche.PayPrincipal(principal);
        tranche.PayResidual(paid - interest - principal);
    }

    private static void Purchase(DealBook book, Step.Purchase step, DealPool pool)
    {
        var terms = book.Deal.Purchase!;
        if (book.IsCalled) return;
        // What was bought in actual months is paid for first; its loans are among those of the pool already.
        var owed = Part.Of(book.LeftToBuy, terms.Price);
        var wanted = pool.IsActual(book.Period) ? owed : long.MaxValue;
        long spent = 0;
        foreach (var from in step.From) spent += book.Cash.Buy(from, Math.Min(wanted - spent, book.Cash.Balance(from)));
        var known = Math.Min(spent, owed);
        book.Bought(known == owed ? book.LeftToBuy : Part.Of(known, 1 / terms.Price));
        if (wanted != owed) pool.Buy(terms, Part.Of(spent - known, 1 / terms.Price), book.Period);
    }

    /// <summary>Pays out of the deal, source by source.</summary>
    private static long Out(DealBook book, Step step, long wanted, bool isPrincipal)
    {
        long paid = 0;
        foreach (var from in step.From)
        {
            var part = book.Cash.Pay(from, wanted - paid);
            if (!isPrincipal && book.Cash.IsPrincipal(from)) Borrow(book, part);
            paid += part;
        }

        return paid;
    }

    private static long Shift(DealBook book, Step step, string to, long wanted, bool isPrincipal)
    {
        long moved = 0;
        foreach (var from in step.From)
        {
            if (from == to) continue;
            var part = book.Cash.Move(from, to, wanted - moved);
            if (!isPrincipal && book.Cash.IsPrincipal(from)) Borrow(book, part);
            moved += part;
        }

        return moved;
    }

    private static void Borrow(DealBook book, long amount)
    {
        if (book.Deal.Losses == LossTreatment.Ledger) book.Bear(amount);
    }
}
