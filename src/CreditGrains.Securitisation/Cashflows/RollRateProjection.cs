using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// Projects a line by a Markov chain over missed instalments. A move from j missed to k ≤ j pays j + 1 − k instalments of the loan's own plan, with interest on the
/// balance that stood still; a move to a worse state pays nothing. Loans still overdue at maturity default (Chinese rating practice, 马尔可夫). A jump of more than
/// one state upwards is taken as it is: the loan pays nothing that month and is then as late as its state says.
/// </summary>
internal static class RollRateProjection
{
    public static void Run(
        LoanLine line, RollRateMatrix matrix, Scenario scenario, ProjectionConventions conventions, ProjectionCalendar calendar, CashflowTable table, int first)
    {
        var rounding = conventions.Rounding;
        var months = line.RemainingMonths;
        var start = Math.Min(line.MissedInstalments, matrix.States - 1);
        var plan = PlanFactors(line, start);
        var balances = new double[matrix.States];
        var next = new double[matrix.States];
        balances[start] = line.Balance;
        for (var t = 1; t <= months; t++)
        {
            var period = first + t - 1;
            var years = calendar.YearFraction(conventions.InterestClock, line.FirstPayment, t);
            var month = new Month(LineProjection.RateOfPeriod(line.RateAt(t), years, conventions.PeriodRateDigits), rounding, t, start, plan);
            Array.Clear(next);
            var multiplier = StressOf(scenario, period);
            for (var from = 0; from < matrix.States; from++)
                if (balances[from] > 0) month.Move(matrix, from, balances[from], multiplier, next);

            if (t == months)
                for (var state = 0; state < matrix.States; state++)
                {
                    month.Defaulted += next[state];
                    next[state] = 0;
                }

            Write(table, period - 1, balances, next, month, line.RateAt(t), line.ServicingFeeAnnual, years, rounding);
            Liquidation.Spread(table, period, month.Defaulted, scenario, rounding);
            (balances, next) = (next, balances);
        }
    }

    private static void Write(CashflowTable table, int at, double[] before, double[] after, Month month, double rateAnnual, double feeAnnual, double years, AmountRounding rounding)
    {
        table[CashflowColumn.Opening][at] = before.Sum();
        table[CashflowColumn.Scheduled][at] = month.Scheduled;
        table[CashflowColumn.Prepaid][at] = month.Prepaid;
        table[CashflowColumn.Defaulted][at] = month.Defaulted;
        table[CashflowColumn.Interest][at] = month.Interest;
        table[CashflowColumn.ServicingFee][at] = rateAnnual == 0 ? 0 : Rounded.Of(rounding, month.Interest * feeAnnual / rateAnnual);
        table[CashflowColumn.Closing][at] = after.Sum();
        table[CashflowColumn.Delinquent][at] = after.Skip(1).Sum();
        if (years <= 0) throw new InvalidInputException("PeriodEmpty", "cutOff", "a period has no days; check the payment dates");
    }

    private static double StressOf(Scenario scenario, int period)
    {
        double multiplier = 1;
        foreach (var stress in scenario.Stresses)
            if (stress.Covers(period)) multiplier *= stress.LoanDefault;
        return multiplier;
    }

    /// <summary>Balance by plan as a part of the balance now, from the oldest missed instalment on; the last is 0.</summary>
    private static double[] PlanFactors(LoanLine line, int missed)
    {
        var parts = new double[line.RemainingMonths + missed];
        var kind = line.Amortisation is Amortisation.Stepped && missed > 0
            ? throw new InvalidInputException("LineOutOfRange", "missedInstalments", "a stepped plan does not say what was missed; use another plan or 0")
            : line.Amortisation;
        ScheduledBalance.Fill(kind, line.RateAnnual / 12, parts);
        var factors = new double[parts.Length + 1];
        factors[0] = 1;
        for (var i = 0; i < parts.Length; i++) factors[i + 1] = factors[i] * (1 - parts[i]);
        return factors;
    }

    /// <summary>The amounts of one month.</summary>
    private sealed class Month(double rate, AmountRounding rounding, int instalment, int missedAtStart, double[] plan)
    {
        public double Scheduled;
        public double Prepaid;
        public double Defaulted;
        public double Interest;

        public void Move(RollRateMatrix matrix, int from, double balance, double multiplier, double[] next)
        {
            double worse = 0, better = 0;
            for (var to = 0; to <= matrix.PaidOff; to++)
            {
                if (IsWorse(to)) worse += matrix[from, to];
                else better += matrix[from, to];
            }

            // A row that knows no other way than down has nowhere to put what a factor below 1 takes off, so it stays as it is.
            var worseBy = worse > 0 && better > 0 ? Math.Min(1, worse * multiplier) / worse : 1;
            var betterBy = better > 0 ? Math.Max(0, 1 - worse * worseBy) / better : 0;
            var last = 0;
            while (Ratio(last) <= 0) last++;
            var left = balance;
            for (var to = matrix.PaidOff; to >= last; to--)
            {
                // What rounding leaves goes to the best state that the row has.
                var share = to == last ? left : Math.Min(left, Rounded.Of(rounding, balance * Ratio(to)));
                if (share == 0) continue;
                left -= share;
                if (to == matrix.ChargedOff) Defaulted += share;
                else if (to == matrix.PaidOff) Pay(from, 0, share, isAll: true);
                else if (to > from) next[to] += share;
                else next[to] += share - Pay(from, to, share, isAll: false);
            }

            bool IsWorse(int to) => to > from && to <= matrix.ChargedOff;
            double Ratio(int to) => matrix[from, to] * (IsWorse(to) ? worseBy : betterBy);
        }

        private double Pay(int from, int to, double share, bool isAll)
        {
            var before = Plan(instalment - 1 - from);
            var due = before <= 0 ? share : Rounded.Of(rounding, share * (1 - Plan(instalment - to) / before));
            Interest += Rounded.Of(rounding, share * rate * (from + 1 - to));
            Scheduled += due;
            if (isAll) Prepaid += share - due;
            return due;
        }

        private double Plan(int paid) => plan[Math.Clamp(paid + missedAtStart, 0, plan.Length - 1)];
    }
}
