using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Loans;

/// <summary>Looking at a loan in between changes nothing: one that is brought to each date and one that is brought to the dates of acts alone are the same, whatever is done to both.</summary>
public sealed class LoanTwoWaysTest
{
    private const int Steps = 60;
    private static readonly DateOnly Start = new(2026, 1, 15);

    /// <summary>6, 29 and 37 take payments back behind money that waited.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Loan_BroughtToEachDateOrInSteps_IsTheSame(int seed)
    {
        using Way daily = new(), steps = new();
        var random = new Random(seed);
        var product = LoanInTimeTest.Product(random);
        var figures = new LoanFigures(new RateAnnual(random.Next(0, 300) * 1_000_000L), random.Next(2, 14), DueDay: random.Next(1, 32));
        var amount = random.Next(10_000, 400_000);
        Both(daily, steps, way => way.Draw(amount, product, figures));
        var date = Start;
        for (var step = 0; step < Steps; step++)
        {
            var next = date.AddDays(random.Next(1, 45));
            for (var day = date.AddDays(1); day < next; day = day.AddDays(1)) daily.Date(day);
            date = next;
            daily.Date(date);
            steps.Date(date);
            Assert.Equal(daily.Seen(), steps.Seen());
            if (daily.World.View().Loans.Count == 0) return;
            var due = Both(daily, steps, way => way.Loan.Dues.Sum(each => each.Fees + each.Penalty + each.Compound + each.Interest + each.Principal));
            var (which, one, two, three) = (random.Next(12), random.Next(1, 4), random.Next(2) == 0, random.NextDouble());
            Both(daily, steps, way => way.Act(which, one, two, three, due, product));
            Assert.Equal(daily.Seen(), steps.Seen());
            if (daily.World.View().Loans.Count == 0) return;
        }
    }

    private static T Both<T>(Way one, Way other, Func<Way, T> act)
    {
        var (a, b) = (act(one), act(other));
        Assert.Equal(a, b);
        return a;
    }

    /// <summary>A world with one loan.</summary>
    private sealed class Way : IDisposable
    {
        private readonly List<long> receipts = [];

        public Way()
        {
            World.Open(NodeKind.Portfolio, 1, 1L << 50);
            World.Open(NodeKind.Borrower, 1, 1L << 50, World.Node(NodeKind.Portfolio));
            World.OpenLine(1, 1L << 50, World.Node(NodeKind.Borrower));
            Date(Start);
        }

        public World World { get; } = new();

        public LoanView Loan => World.View().Loans[0];

        public void Date(DateOnly date)
        {
            World.Set(new AdvanceBusinessDate(World.Scope, date.DayNumber - new DateOnly(1970, 1, 1).DayNumber));
            World.Idle();
        }

        public string Draw(long amount, LoanProduct product, LoanFigures figures) => Kind(World.Do(
            World.Of(CommandKind.Drawdown, amount) with { Control = new LoanOffer(World.F(1), SealedProduct.Of(product), figures) }));

        public string Act(int which, int one, bool two, double three, long due, LoanProduct product)
        {
            var loan = Loan;
            var key = World.F(1);
            Command Of(CommandKind kind, long amount = 0, long? reference = null) => World.Of(kind, amount, reference ?? loan.Reference);
            var outcome = World.Do(which switch
            {
                0 => Of(CommandKind.GrantHoliday) with { Control = new LoanHoliday(key, one, (HolidayInterest)(one - 1), two) },
                1 => Of(CommandKind.ExtendLoan) with { Control = new LoanExtension(key, one, two) },
                2 => Of(CommandKind.RepayEarly, 1 + (long)(three * loan.PrincipalNotDue / 3)),
                3 or 4 => Of(CommandKind.WriteOff, 1 + (long)(three * loan.Dues.Sum(each => each.Fees + each.Interest + each.Principal))),
                5 => Of(CommandKind.Recover, 1 + (long)(three * 5_000)),
                6 or 7 when receipts.Count >= one => Of(CommandKind.ReverseRepayment, 0, receipts[^one]),
                8 => Of(CommandKind.RenewLoan) with { Control = new LoanOffer(key, SealedProduct.Of(product), new LoanFigures(new RateAnnual(50_000_000), 6)), Options = two ? CommandOptions.Eligible : CommandOptions.None },
                9 => Of(CommandKind.Repay, Math.Max(1, due), 0),
                _ => Of(CommandKind.Repay, 1 + (long)(three * due), 0),
            });
            var e = World.EventsAfter(outcome.Sequence - 1);
            if (outcome.Kind == OutcomeKind.Posted && e[0].Kind == CommandKind.Repay) receipts.Add(outcome.Sequence);
            World.Idle();
            return Kind(outcome) + string.Join(' ', outcome.Sequence == 0 ? [] : e[0].Loans.Select(each => each with { Reference = 0, Charged = each.Deed == "Bounced" ? 0 : each.Charged }));
        }

        public string Seen() => World.Balances() + string.Join('\n', World.View().Loans.Select(loan => (loan with { Reference = 0, Dues = [] }) + string.Join(' ', loan.Dues)));

        public void Dispose() => World.Dispose();

        private static string Kind(Outcome outcome) => $"{outcome.Kind} {outcome.Reason} {outcome.Amount} {outcome.Message} ";
    }
}
