using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Alerts;

/// <summary>
/// Days past due and buckets of loans, of accounts by their worst loan, and of loans that a servicer reports to pools. Loans age with the business date, so late accounts are looked at again when it moves.
/// </summary>
internal sealed class LatenessAlerts(AlertSight sight, AlertRules rules, Func<AlertRule, bool> which, IAlertFigures book)
{
    private readonly int[] watched = [.. Enumerable.Range(0, rules.Rules.Length).Where(i => rules.Rules[i].Figure is AlertFigure.DaysPastDue or AlertFigure.Bucket && which(rules.Rules[i]))];
    private readonly HashSet<int> late = [];
    private readonly HashSet<int> moved = [];
    private readonly List<(NodeKey Facility, long Loan)> ended = [];
    private readonly List<(NodeKey Pool, long Loan, int Days, bool IsOver)> reported = [];
    private readonly LoanReader reader = new(sight.State);
    private readonly LoanBook loans = new(sight.State);

    /// <summary>Looks at every account with loans.</summary>
    public void LookAtAll(long sequence, long micros)
    {
        if (watched.Length == 0) return;
        for (var row = 1; row < sight.State.Facilities.End; row++)
            if (loans.First(sight.State.Facilities.Read(row)) != 0) Look(row, sequence, micros);
        // What stood before, where the loans have ended without being seen here.
        foreach (var i in watched)
            foreach (var subject in book.Aging(i))
                if (subject.Key.IsFacility && !HasLoan(subject)) book.Drop(i, subject, sequence, micros);
    }

    public void After(in LedgerEvent e)
    {
        if (watched.Length == 0 || !e.HasEffect) return;
        switch (e.Control)
        {
            case AdvanceBusinessDate:
                foreach (var row in late)
                    if (sight.State.Facilities.Read(row).Tenant == e.Key.Tenant && sight.State.Facilities.Read(row).LegalEntity == e.Key.LegalEntity) moved.Add(row);
                return;
            case ReportLoan report:
                reported.Add((e.Key, report.Loan, report.Movement.DaysPastDue, report.Movement.Principal == 0));
                return;
            case PutLoanInPool put:
                reported.Add((e.Key, put.Loan, put.State.DaysPastDue, false));
                return;
            case TakeLoanFromPool take:
                reported.Add((e.Key, take.Loan, 0, true));
                return;
        }

        if (e.Loans is null || sight.State.FindFacility(e.Key) is not (var facility and not 0)) return;
        moved.Add(facility);
        foreach (var loan in LoanReader.Of(e))
            if (loan.HasEnded) ended.Add((e.Key, loan.Reference));
    }

    public void FrameEnd(long sequence, long micros)
    {
        if (watched.Length == 0) return;
        foreach (var row in moved) Look(row, sequence, micros);
        foreach (var (facility, loan) in ended) Drop(new AlertSubject(facility, Loan: loan), sequence, micros);
        foreach (var report in reported) LookAtReport(report, sequence, micros);
        moved.Clear();
        ended.Clear();
        reported.Clear();
    }

    private void Look(int row, long sequence, long micros)
    {
        ref readonly var facility = ref sight.State.Facilities.Read(row);
        var views = reader.Of(facility);
        var (days, bucket) = (0, 0);
        foreach (var loan in views) (days, bucket) = (Math.Max(days, loan.DaysPastDue), Math.Max(bucket, loan.Bucket));
        if (days > 0) late.Add(row);
        else late.Remove(row);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        var path = sight.State.PathOf(facility, buffer);
        foreach (var i in watched)
        {
            var rule = rules.Rules[i];
            if (!Covers(rule, facility.Key, path)) continue;
            if (!rule.IsPerLoan) book.Put(i, new AlertSubject(facility.Key), rule.Figure == AlertFigure.Bucket ? bucket : days, default, sequence, micros);
            else
                foreach (var loan in views)
                    book.Put(i, new AlertSubject(facility.Key, Loan: loan.Reference), rule.Figure == AlertFigure.Bucket ? loan.Bucket : loan.DaysPastDue, default, sequence, micros);
        }
    }

    private void LookAtReport((NodeKey Pool, long Loan, int Days, bool IsOver) report, long sequence, long micros)
    {
        var subject = new AlertSubject(report.Pool, Loan: report.Loan);
        if (report.IsOver)
        {
            Drop(subject, sequence, micros);
            return;
        }

        var bucket = sight.State.Pools.Find(report.Pool)?.Ledger.Terms.Buckets.Of(report.Days) ?? 0;
        foreach (var i in watched)
        {
            var rule = rules.Rules[i];
            if (!rule.IsPerLoan || !(rule.Of.IsNode ? rule.Of.Node == report.Pool : rule.Of.Tenant == report.Pool.Tenant)) continue;
            book.Put(i, subject, rule.Figure == AlertFigure.Bucket ? bucket : report.Days, default, sequence, micros);
        }
    }

    private bool HasLoan(in AlertSubject subject)
    {
        if (sight.State.FindFacility(subject.Key) is not (var row and not 0)) return false;
        foreach (var loan in reader.Of(sight.State.Facilities.Read(row)))
            if (subject.Loan == 0 || loan.Reference == subject.Loan) return true;
        return false;
    }

    private void Drop(in AlertSubject subject, long sequence, long micros)
    {
        foreach (var i in watched) book.Drop(i, subject, sequence, micros);
    }

    private bool Covers(AlertRule rule, NodeKey facility, ReadOnlySpan<PathEntry> path)
    {
        if (!rule.Of.IsNode) return rule.Of.Tenant == facility.Tenant;
        if (rule.Of.Node == facility) return true;
        foreach (var entry in path)
            if (sight.State.Nodes.Read(entry.Node).Key == rule.Of.Node) return true;
        return false;
    }
}
