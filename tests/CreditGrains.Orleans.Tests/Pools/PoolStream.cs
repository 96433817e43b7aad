using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Tests.Pools;

/// <summary>
/// A pool's life from a seed: loans enter, pay, pay late, prepay, default, recover, leave, and some come that may not. Dates never go back, since the first event of a month closes the one before
/// wherever it is booked.
/// </summary>
internal sealed class PoolStream
{
    public const string Terms = """
        { "name": "random", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-06-30", "buckets": [0, 30, 60, 90],
          "eligibility": [{ "name": "not too long", "field": "remainingMonths", "max": 60 }],
          "triggers": [{ "name": "defaults", "measure": "cumulativeDefault", "level": 0.05 }, { "name": "late", "measure": "delinquency", "level": 0.1, "fromDays": 31 },
            { "name": "rate", "measure": "defaultRateAnnual", "level": 0.2, "months": 3 }] }
        """;

    private static readonly TransferKind[] WaysOut = [TransferKind.Repurchase, TransferKind.Sale, TransferKind.CleanUp];
    private readonly Random random;
    private readonly NodeKey pool;
    private readonly List<Loan> loans = [];
    private DateOnly date = new(2026, 1, 31);

    public PoolStream(int seed, NodeKey pool)
    {
        random = new Random(seed);
        this.pool = pool;
    }

    /// <summary>The first loans, as of the cut-off.</summary>
    public IEnumerable<Command> Purchase(int count) => Enumerable.Range(0, count).Select(_ => Put(TransferKind.Purchase)).ToArray();

    /// <summary>A month of events of every loan, in order of dates; now and then a purchase or a transfer.</summary>
    public Command[] Month()
    {
        date = new DateOnly(date.Year, date.Month, 1).AddMonths(1);
        var last = date.AddMonths(1).AddDays(-1);
        var commands = new List<Command>();
        for (; date < last; date = date.AddDays(1))
        {
            foreach (var loan in loans.ToArray())
                if (loan.Id % 28 == date.Day % 28) commands.Add(Event(loan));
            if (random.Next(4) == 0) commands.Add(Put(random.Next(3) == 0 ? TransferKind.SubstituteIn : TransferKind.Purchase));
            if (random.Next(6) == 0) commands.Add(Take());
        }

        return [.. commands];
    }

    private Command Put(TransferKind kind)
    {
        var loan = new Loan { Id = loans.Count + 1, Principal = random.Next(1_000, 5_000_000), Months = random.Next(1, 64), Rate = random.Next(20_000, 240_000), Late = random.Next(5) == 0 ? random.Next(90) : 0 };
        loans.Add(loan);
        var plan = (LoanPlan)random.Next(3);
        return Of(new PutLoanInPool(pool, loan.Id, kind, date, new LoanCandidate
        {
            Currency = Book.Eur, Principal = loan.Principal, RatePpm = loan.Rate, RemainingMonths = loan.Months, DaysPastDue = loan.Late, Industry = random.Next(5), Region = random.Next(31), Obligor = random.Next(200),
            Origination = date.AddDays(-random.Next(1_000)), Plan = plan,
        }));
    }

    private Command Take() => Of(new TakeLoanFromPool(pool, loans[random.Next(loans.Count)].Id, WaysOut[random.Next(WaysOut.Length)], date));

    private Command Event(Loan loan)
    {
        var before = loan.Principal;
        loan.Months = Math.Max(0, loan.Months - 1);
        var due = loan.Months == 0 ? before : before / (loan.Months + 1);
        var movement = new LoanMovement { Date = date, RatePpm = loan.Rate, RemainingMonths = loan.Months };
        switch (random.Next(20))
        {
            case < 12:
                loan.Principal -= due;
                loan.Late = 0;
                movement = movement with { Cause = MovementCause.Paid, Scheduled = due, Interest = before / 200 };
                break;
            case < 15:
                loan.Late = Math.Min(400, loan.Late + 30);
                movement = movement with { Cause = MovementCause.Aged };
                break;
            case 15:
                loan.Principal = 0;
                movement = movement with { Cause = MovementCause.PrepaidWhole, Prepaid = before, Interest = 1 };
                break;
            case 16:
                var part = before / 3;
                loan.Principal -= part;
                movement = movement with { Cause = MovementCause.PrepaidPart, Prepaid = part };
                break;
            case 17:
                movement = movement with { Cause = MovementCause.ChargedOff };
                break;
            case 18:
                var back = before / 4;
                loan.Principal -= back;
                movement = movement with { Cause = MovementCause.Recovered, Recovery = back };
                break;
            default:
                loan.Principal += 500;
                movement = movement with { Cause = MovementCause.Capitalised };
                break;
        }

        return Of(new ReportLoan(pool, loan.Id, movement with { Principal = loan.Principal, DaysPastDue = loan.Late }));
    }

    private static Command Of(ControlCommand control) => Command.Of(Book.NextId(), control);

    private sealed class Loan
    {
        public long Id { get; init; }

        public long Principal { get; set; }

        public int Months { get; set; }

        public int Rate { get; init; }

        public int Late { get; set; }
    }
}
