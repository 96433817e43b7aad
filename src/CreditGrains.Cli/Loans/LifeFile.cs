using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Cli.Loans;

/// <summary>A loan after one act.</summary>
/// <param name="What">What it was.</param>
/// <param name="Account">The loan after it.</param>
/// <param name="Class">Its class then.</param>
internal sealed record LifeStep(string What, LoanAccount Account, Classification Class);

/// <summary>Reads and carries out the acts of a loan file.</summary>
internal static class LifeFile
{
    /// <summary>The loan at its drawdown, after each act, and at the end.</summary>
    public static List<LifeStep> Run(JsonAt file)
    {
        var amounts = Amounts.Of(file);
        var account = LoanFile.Or(LoanServicing.Open(LoanFile.Terms(file)));
        var table = file.Maybe("product")?.Word(LoanWords.ClassTables) ?? ClassificationTable.Loans;
        List<LifeStep> steps = [new("drawdown", account, account.Classify(table))];
        foreach (var at in file.Maybe("acts")?.Items() ?? [])
        {
            var (what, act) = Act(at, amounts);
            var result = LoanServicing.Execute(account, act);
            if (result.Refusal is { } refusal) throw at.Bad($"is refused, {refusal.Fault}: {refusal.Message}");
            account = result.Value;
            steps.Add(new LifeStep(what, account, account.Classify(table)));
        }

        if (file.Maybe("until") is { } until)
        {
            account = LoanFile.Or(LoanServicing.Advance(account, until.Date()));
            steps.Add(new LifeStep("until", account, account.Classify(table)));
        }

        return steps;
    }

    private static (string What, LoanAct Act) Act(JsonAt at, Amounts amounts)
    {
        at.Only("date", "repay", "repayEarly", "shrink", "bounce", "holiday", "interest", "extendsTerm", "extend", "concession");
        var date = at.Need("date").Date();
        if (at.Maybe("repay") is { } repay) return ("repay", new LoanAct.Repayment(date, amounts.Read(repay)));
        if (at.Maybe("repayEarly") is { } early) return ("repay early", new LoanAct.EarlyRepayment(date, amounts.Read(early), at.Need("shrink").Word(LoanWords.Shrinks)));
        if (at.Maybe("bounce") is { } bounce) return ("bounce", new LoanAct.Bounce(date, bounce.Count()));
        if (at.Maybe("holiday") is { } holiday)
            return ("holiday", new LoanAct.PaymentHoliday(date, holiday.Count(), at.Maybe("interest")?.Word(LoanWords.HolidayInterests) ?? HolidayInterest.Deferred, at.Maybe("extendsTerm")?.Flag() ?? true));
        if (at.Maybe("extend") is { } extend) return ("extend", new LoanAct.Extension(date, extend.Count(), at.Maybe("concession")?.Flag() ?? false));
        throw at.Bad("must have one of repay, repayEarly, bounce, holiday and extend");
    }
}
