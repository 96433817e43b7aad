using CreditGrains.Securitisation.Pools;
using static CreditGrains.Securitisation.Tests.Pools.PoolWorld;

namespace CreditGrains.Securitisation.Tests.Pools;

/// <summary>Random events of many loans in two pools against a model that keeps whole histories and adds them up at the end.</summary>
public sealed class PoolLedgerModelTest
{
    private const int LoanCount = 60;
    private const int Months = 10;

    [Fact]
    public void Ledger_RandomEvents_IsTheSumOfItsLoans()
    {
        var seen = new HashSet<string>();
        for (var seed = 1; seed <= 40; seed++) Run(seed, seen);
        // A generator that never defaults, prepays or moves loans would prove nothing.
        Assert.Superset(new HashSet<string> { "defaulted", "prepaid", "repurchased", "purchased", "capitalised", "recovered", "bounced", "matured", "back", "rolled" }, seen);
    }

    private static void Run(int seed, HashSet<string> seen)
    {
        var random = new Random(seed);
        var terms = Terms with { RevolvingUntil = On(8, 31), PeriodEndDay = seed % 2 == 0 ? 0 : 20 };
        var book = new PoolBook();
        book.Define(terms);
        book.Define(terms with { Name = "second" });
        var model = new PoolModel(terms, LoanCount);
        var date = CutOff;
        var last = CutOff.AddMonths(Months);
        var copies = new List<(PoolLedger Copy, byte[] Whole)>();
        for (var i = 0; i < LoanCount * 2 / 3; i++) Enter(i, random.Next(2), TransferKind.Purchase);
        while (date < last)
        {
            date = date.AddDays(random.Next(3));
            var i = random.Next(LoanCount);
            var there = model.Loans[i];
            if (there.Pool < 0) Enter(i, random.Next(2), random.Next(2) == 0 ? TransferKind.Purchase : TransferKind.SubstituteIn);
            else if (random.Next(25) == 0)
            {
                var kind = (TransferKind)random.Next((int)TransferKind.Repurchase, (int)TransferKind.CleanUp + 1);
                Assert.Null(book.Exit(i, kind, date));
                model.Exit(i, date);
            }
            else
            {
                var movement = RandomMovement.Of(random, there, date);
                book.Apply(i, movement);
                model.Apply(i, movement);
            }

            if (random.Next(50) == 0) Compare();
            if (random.Next(10) == 0) Copy(book.Pools[random.Next(2)]);
        }

        book.AdvanceTo(last.AddMonths(1));
        model.AdvanceTo(last.AddMonths(1));
        Compare();
        Assert.All(copies, pair => Assert.Equal(pair.Whole, pair.Copy.SaveWhole()));

        // Copies share with the ledger what does not change: neither may see what happens to the other.
        void Copy(PoolLedger pool)
        {
            var whole = pool.SaveWhole();
            copies.Add((pool.Freeze(), whole));
            Assert.Equal(whole, copies[^1].Copy.SaveWhole());
            pool.Freeze().AdvanceTo(date.AddMonths(2));
            Assert.Equal(whole, pool.SaveWhole());
        }

        void Enter(int i, int pool, TransferKind kind)
        {
            var loan = Loan(1_000 + random.Next(100_000)) with { Industry = random.Next(4), Region = random.Next(3), RemainingMonths = random.Next(1, 60), Origination = CutOff.AddMonths(-random.Next(20)) };
            if (book.Enter(i, pool, loan, kind, date) is { } refusal) Assert.Equal(PoolFault.PurchasesEnded, refusal.Fault);
            else model.Enter(i, pool, loan, date);
        }

        void Compare()
        {
            book.AdvanceTo(date);
            model.AdvanceTo(date);
            for (var pool = 0; pool < 2; pool++) model.AssertSame(pool, book.Pools[pool], seen);
            for (var i = 0; i < LoanCount; i++) Assert.Equal(model.Loans[i].Pool + 1, book.Of(i).Pool);
        }
    }
}

/// <summary>Movements that could be: the model's loan says what it owes.</summary>
internal static class RandomMovement
{
    public static LoanMovement Of(Random random, ModelLoan loan, DateOnly date)
    {
        var owed = loan.Principal;
        var part = owed == 0 ? 0 : 1 + random.NextInt64(owed);
        var days = random.Next(4) == 0 ? random.Next(100) : loan.DaysPastDue;
        var move = Move(date, MovementCause.Aged, owed, days) with { RemainingMonths = random.Next(60), RatePpm = random.Next(200_000) };
        if (owed == 0) return random.Next(3) == 0 ? move with { Cause = random.Next(2) == 0 ? MovementCause.Bounced : MovementCause.Drawn, Principal = 500 } : move;
        return random.Next(14) switch
        {
            0 => move with { Cause = MovementCause.Drawn, Principal = owed + 700 },
            1 => move with { Cause = MovementCause.PrepaidPart, Principal = owed - part, Prepaid = part },
            2 when random.Next(3) == 0 => move with { Cause = MovementCause.PrepaidWhole, Principal = 0, Prepaid = owed, DaysPastDue = 0 },
            3 when random.Next(3) == 0 => move with { Cause = MovementCause.Paid, Principal = 0, Scheduled = owed, DaysPastDue = 0 },
            4 => move with { Cause = MovementCause.Capitalised, Principal = owed + 33 },
            5 => move with { Cause = MovementCause.Bounced, Principal = owed + 55, Interest = -7 },
            6 when random.Next(3) == 0 => move with { Cause = MovementCause.ChargedOff },
            7 when random.Next(3) == 0 => move with { Cause = MovementCause.WrittenOff, Principal = owed - part },
            8 => move with { Cause = MovementCause.Recovered, Principal = owed - part, Recovery = part + 5, Scheduled = loan.IsDefaulted ? 0 : part },
            9 => move with { Cause = MovementCause.Aged },
            _ => move with { Cause = MovementCause.Paid, Principal = owed - owed / 10, Scheduled = owed / 10, Interest = 12 },
        };
    }
}

/// <summary>A loan of the model with all that was booked for it.</summary>
internal sealed class ModelLoan
{
    public int Pool = -1;

    /// <summary>Number of its stay: a loan that comes back the same month is another row of the matrix, or none.</summary>
    public int Stay;

    public LoanCandidate Entered;
    public long Principal;
    public int DaysPastDue;
    public int RemainingMonths;
    public int RatePpm;
    public bool IsDefaulted;
}

/// <summary>What one loan did in one month of one pool.</summary>
internal sealed record ModelEntry(int Pool, int Loan, int Period, int Vintage, string Item, long Amount);

/// <summary>Where a loan stood when a month began.</summary>
internal sealed record ModelStart(int Pool, int Stay, int Period, int Bucket, long Principal);

/// <summary>Slow and plain: a list of entries, and a census of all loans whenever a month begins.</summary>
internal sealed class PoolModel
{
    private readonly PoolTerms terms;
    private readonly List<ModelEntry> entries = [];
    private readonly List<ModelStart> starts = [];
    private readonly Dictionary<(int Stay, int Period), string> ends = [];
    private int period;
    private int stays;

    public PoolModel(PoolTerms terms, int loans)
    {
        this.terms = terms;
        Loans = [.. Enumerable.Range(0, loans).Select(_ => new ModelLoan())];
        period = terms.PeriodOf(terms.CutOff);
    }

    public ModelLoan[] Loans { get; }

    public void AdvanceTo(DateOnly date)
    {
        while (period < terms.PeriodOf(date))
        {
            // The month that ends keeps where each loan is then.
            for (var i = 0; i < Loans.Length; i++)
                if (IsPerforming(Loans[i])) ends[(Loans[i].Stay, period)] = BucketOf(Loans[i]).ToString(System.Globalization.CultureInfo.InvariantCulture);
            period++;
            for (var i = 0; i < Loans.Length; i++)
                if (IsPerforming(Loans[i])) starts.Add(new ModelStart(Loans[i].Pool, Loans[i].Stay, period, BucketOf(Loans[i]), Loans[i].Principal));
        }
    }

    public void Enter(int i, int pool, LoanCandidate loan, DateOnly date)
    {
        AdvanceTo(date);
        Loans[i] = new ModelLoan { Pool = pool, Stay = ++stays, Entered = loan, Principal = loan.Principal, RemainingMonths = loan.RemainingMonths, RatePpm = loan.RatePpm };
        Note(i, "purchased", loan.Principal);
    }

    public void Exit(int i, DateOnly date)
    {
        AdvanceTo(date);
        if (IsPerforming(Loans[i]))
        {
            Note(i, "repurchased", Loans[i].Principal);
            ends[(Loans[i].Stay, period)] = "removed";
        }

        Loans[i] = new ModelLoan();
    }

    public void Apply(int i, in LoanMovement m)
    {
        AdvanceTo(m.Date);
        var loan = Loans[i];
        var wasPerforming = IsPerforming(loan);
        var rise = m.Principal - loan.Principal;
        if (loan.IsDefaulted)
        {
            if (m.Cause == MovementCause.WrittenOff) Note(i, "writtenOff", -rise);
            else Note(i, "recovered", m.Recovery != 0 ? m.Recovery : m.Interest + (m.Cause is MovementCause.Drawn or MovementCause.Capitalised ? 0 : -rise));
        }
        else
        {
            var isDefault = loan.Principal > 0 && (m.DaysPastDue >= 91 || m.Cause is MovementCause.ChargedOff or MovementCause.Bankruptcy or MovementCause.WrittenOff);
            var given = isDefault && m.Cause == MovementCause.WrittenOff ? -rise : 0;
            Note(i, "interest", m.Interest);
            Note(i, "prepaid", m.Prepaid);
            var scheduled = m.Scheduled;
            var left = rise + given + m.Prepaid + m.Scheduled;
            if (m.Cause == MovementCause.Drawn && left > 0) Note(i, "purchased", left);
            else if (m.Cause == MovementCause.Bounced)
            {
                Note(i, "bounced", left);
                scheduled -= left;
            }
            else if (left > 0) Note(i, "capitalised", left);
            else scheduled -= left;
            Note(i, "scheduled", scheduled);
            if (isDefault)
            {
                Note(i, "defaulted", m.Principal + given);
                Note(i, "writtenOff", given);
                loan.IsDefaulted = true;
                ends[(loan.Stay, period)] = "chargedOff";
            }
            else if (m.Principal == 0 && wasPerforming)
            {
                ends[(loan.Stay, period)] = m.Prepaid > 0 ? "paidOff" : "matured";
            }
            else if (m.Principal > 0)
            {
                if (!wasPerforming) Note(i, "back", 1);
                ends.Remove((loan.Stay, period));
            }
        }

        (loan.Principal, loan.DaysPastDue, loan.RemainingMonths, loan.RatePpm) = (m.Principal, m.DaysPastDue, m.RemainingMonths, m.RatePpm);
    }

    public void AssertSame(int pool, PoolLedger ledger, HashSet<string> seen)
    {
        var performing = Loans.Where(loan => loan.Pool == pool && IsPerforming(loan)).ToArray();
        Assert.Equal(performing.Sum(loan => loan.Principal), ledger.Balance);
        Assert.Equal(performing.Length, ledger.Loans);
        Assert.Equal(Loans.Where(loan => loan.Pool == pool && loan.IsDefaulted).Sum(loan => loan.Principal), ledger.DefaultedStock);
        AssertGroups(ledger, PoolDimension.Bucket, performing, loan => BucketOf(loan));
        AssertGroups(ledger, PoolDimension.TermBand, performing, loan => PoolTerms.BandOf(terms.TermBands, loan.RemainingMonths));
        AssertGroups(ledger, PoolDimension.RateBand, performing, loan => PoolTerms.BandOf(terms.RateBands, loan.RatePpm));
        AssertGroups(ledger, PoolDimension.Industry, performing, loan => loan.Entered.Industry);
        AssertGroups(ledger, PoolDimension.Region, performing, loan => loan.Entered.Region);
        AssertGroups(ledger, PoolDimension.Vintage, performing, loan => terms.PeriodOf(loan.Entered.Origination));
        long opening = 0;
        foreach (var month in ledger.History.Append(ledger.Open))
        {
            long Of(string item) => entries.Where(entry => entry.Pool == pool && entry.Period == month.Period && entry.Item == item).Sum(entry => entry.Amount);
            Assert.Equal(opening, month.Opening);
            Assert.Equal(opening + month.Purchased + month.Capitalised - month.Scheduled - month.Prepaid - month.Defaulted - month.Repurchased, month.Closing);
            Assert.Equal(
                (Of("purchased"), Of("capitalised"), Of("scheduled"), Of("prepaid"), Of("defaulted"), Of("repurchased"), Of("interest"), Of("recovered"), Of("writtenOff"), Of("bounced")),
                (month.Purchased, month.Capitalised, month.Scheduled, month.Prepaid, month.Defaulted, month.Repurchased, month.Interest, month.Recovered, month.WrittenOff, month.Bounced));
            opening = month.Closing;
        }

        for (var k = 0; k < ledger.RollHistory.Count; k++) AssertRolls(pool, ledger.History[k].Period, ledger.RollHistory[k], seen);
        foreach (var vintage in ledger.Vintages)
        {
            Assert.Equal(entries.Where(entry => entry.Pool == pool && entry.Vintage == vintage.Period && entry.Item == "defaulted").Sum(entry => entry.Amount), Enumerable.Range(0, vintage.Ages).Sum(vintage.Defaulted));
            Assert.Equal(entries.Where(entry => entry.Pool == pool && entry.Vintage == vintage.Period && entry.Item == "prepaid").Sum(entry => entry.Amount), Enumerable.Range(0, vintage.Ages).Sum(vintage.Prepaid));
        }

        seen.UnionWith(entries.Where(entry => entry.Amount > 0).Select(entry => entry.Item));
        if (ends.ContainsValue("matured")) seen.Add("matured");
    }

    private void AssertRolls(int pool, int month, RollCounts roll, HashSet<string> seen)
    {
        var expected = new long[roll.Buckets, roll.Width];
        foreach (var start in starts.Where(start => start.Pool == pool && start.Period == month))
        {
            var end = ends.GetValueOrDefault((start.Stay, month), "");
            var to = end switch
            {
                "chargedOff" => roll.ChargedOff,
                "paidOff" => roll.PaidOff,
                "matured" => roll.Matured,
                "removed" => roll.Removed,
                _ => int.Parse(end, System.Globalization.CultureInfo.InvariantCulture),
            };
            if (to < roll.Buckets && to != start.Bucket) seen.Add("rolled");
            expected[start.Bucket, to]++;
        }

        for (var from = 0; from < roll.Buckets; from++)
        {
            for (var to = 0; to < roll.Width; to++) Assert.Equal(expected[from, to], roll.Count(from, to));
            Assert.Equal(
                starts.Where(start => start.Pool == pool && start.Period == month && start.Bucket == from).Sum(start => start.Principal),
                Enumerable.Range(0, roll.Width).Sum(to => roll.Balance(from, to)));
        }
    }

    private static void AssertGroups(PoolLedger ledger, PoolDimension dimension, ModelLoan[] performing, Func<ModelLoan, long> codeOf)
    {
        for (var place = 0; place < ledger.GroupsOf(dimension); place++)
        {
            var group = performing.Where(loan => codeOf(loan) == ledger.CodeOf(dimension, place)).ToArray();
            Assert.Equal((group.Length, group.Sum(loan => loan.Principal)), (ledger.By(dimension).Count(place), ledger.By(dimension).Balance(place)));
        }
    }

    private static bool IsPerforming(ModelLoan loan) => loan.Pool >= 0 && !loan.IsDefaulted && loan.Principal > 0;

    private int BucketOf(ModelLoan loan) => terms.Buckets.Of(loan.DaysPastDue);

    private void Note(int i, string item, long amount) =>
        entries.Add(new ModelEntry(Loans[i].Pool, i, period, terms.PeriodOf(Loans[i].Entered.Origination), item, amount));
}
