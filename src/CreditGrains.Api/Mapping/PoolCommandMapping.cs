using System.Globalization;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Pools;

namespace CreditGrains.Api.Mapping;

/// <summary>Commands about pools from and to their messages.</summary>
internal static class PoolCommandMapping
{
    public static PoolCommand Read(IControlMessage message, ref Fields fields) => message switch
    {
        V1.DefinePoolRequest m => new DefinePool(fields.Node("pool", m.Pool), Encoding.UTF8.GetBytes(m.TermsJson)),
        V1.PutLoanInPoolRequest m => new PutLoanInPool(fields.Node("pool", m.Pool), m.Loan, Transfer(m.Transfer, ref fields), Date("date", m.Date, ref fields), State(m, ref fields)),
        V1.TakeLoanFromPoolRequest m => new TakeLoanFromPool(fields.Node("pool", m.Pool), m.Loan, Transfer(m.Transfer, ref fields), Date("date", m.Date, ref fields)),
        V1.ReportLoanRequest m => new ReportLoan(fields.Node("pool", m.Pool), m.Loan, Movement(m, ref fields)),
        _ => throw new NotSupportedException($"No command about a pool for {message.GetType().Name}."),
    };

    public static IControlMessage Write(PoolCommand command) => command switch
    {
        DefinePool c => new V1.DefinePoolRequest { Pool = Keys.ToNode(c.Key), TermsJson = Encoding.UTF8.GetString(c.Terms.Span) },
        PutLoanInPool c => new V1.PutLoanInPoolRequest
        {
            Pool = Keys.ToNode(c.Key), Loan = c.Loan, Transfer = (V1.PoolTransfer)c.Transfer, Date = Text(c.Date), Currency = Keys.ToCode(c.State.Currency), Principal = c.State.Principal, RatePpm = c.State.RatePpm,
            RemainingMonths = c.State.RemainingMonths, DaysPastDue = c.State.DaysPastDue, Industry = c.State.Industry, Region = c.State.Region, Obligor = c.State.Obligor, Origination = Text(c.State.Origination),
            Plan = (V1.LoanPlan)c.State.Plan, LevelMonths = c.State.LevelMonths,
        },
        TakeLoanFromPool c => new V1.TakeLoanFromPoolRequest { Pool = Keys.ToNode(c.Key), Loan = c.Loan, Transfer = (V1.PoolTransfer)c.Transfer, Date = Text(c.Date) },
        ReportLoan c => new V1.ReportLoanRequest
        {
            Pool = Keys.ToNode(c.Key), Loan = c.Loan, Event = (V1.PoolLoanEvent)c.Movement.Cause, Date = Text(c.Movement.Date), Principal = c.Movement.Principal, Scheduled = c.Movement.Scheduled,
            Prepaid = c.Movement.Prepaid, Interest = c.Movement.Interest, Recovery = c.Movement.Recovery, DaysPastDue = c.Movement.DaysPastDue, RemainingMonths = c.Movement.RemainingMonths, RatePpm = c.Movement.RatePpm,
        },
        _ => throw new NotSupportedException($"No message for {command.GetType().Name}."),
    };

    public static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static LoanCandidate State(V1.PutLoanInPoolRequest m, ref Fields fields)
    {
        if (m.Plan is < V1.LoanPlan.Level or > V1.LoanPlan.InterestOnlyThenLevel) fields.Fail(Reason.InvalidField, $"plan {(int)m.Plan} is unknown; use 0 to {(int)LoanPlan.InterestOnlyThenLevel}");
        return new LoanCandidate
        {
            Currency = fields.Currency("currency", m.Currency),
            Principal = m.Principal,
            RatePpm = m.RatePpm,
            RemainingMonths = m.RemainingMonths,
            DaysPastDue = m.DaysPastDue,
            Industry = m.Industry,
            Region = m.Region,
            Obligor = m.Obligor,
            Origination = Date("origination", m.Origination, ref fields),
            Plan = (LoanPlan)((int)m.Plan & 0xFF),
            LevelMonths = m.LevelMonths,
        };
    }

    private static LoanMovement Movement(V1.ReportLoanRequest m, ref Fields fields)
    {
        if (m.Event is < V1.PoolLoanEvent.Drawn or > V1.PoolLoanEvent.Renewed) fields.Fail(Reason.InvalidField, $"event {(int)m.Event} is unknown; use 0 to {(int)MovementCause.Renewed}");
        return new LoanMovement
        {
            Date = Date("date", m.Date, ref fields),
            Cause = (MovementCause)((int)m.Event & 0xFF),
            Principal = fields.Given("principal", m.HasPrincipal, m.Principal),
            Scheduled = m.Scheduled,
            Prepaid = m.Prepaid,
            Interest = m.Interest,
            Recovery = m.Recovery,
            DaysPastDue = m.DaysPastDue,
            RemainingMonths = m.RemainingMonths,
            RatePpm = m.RatePpm,
        };
    }

    private static TransferKind Transfer(V1.PoolTransfer transfer, ref Fields fields)
    {
        if (transfer is < V1.PoolTransfer.Purchase or > V1.PoolTransfer.CleanUp) fields.Fail(Reason.InvalidField, $"transfer {(int)transfer} is unknown; use 0 to {(int)TransferKind.CleanUp}");
        return (TransferKind)((int)transfer & 0xFF);
    }

    private static DateOnly Date(string name, string text, ref Fields fields)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        fields.Fail(Reason.InvalidField, $"{name} is no date; use ISO 8601 such as 2026-03-31");
        return default;
    }
}
