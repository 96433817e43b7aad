using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Cli.Cashflows;

/// <summary>The loans of a stand-alone projection, from a file of rep lines or a tape.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="IsMajor">Whether amounts are read and written in major units.</param>
/// <param name="CutOff">Date of the balances; null without dates.</param>
/// <param name="Lines">The loans that could be read.</param>
/// <param name="Rejected">The rows that could not.</param>
internal sealed record CashflowPool(Currency Currency, bool IsMajor, DateOnly? CutOff, IReadOnlyList<LoanLine> Lines, IReadOnlyList<RejectedRow> Rejected)
{
    public ProjectionCalendar Calendar => new(CutOff);

    /// <summary>The loans as columns.</summary>
    /// <exception cref="CommandFault">A loan has something the columns have no place for.</exception>
    public LoanColumns ToColumns()
    {
        var columns = new LoanColumns(Lines.Count, hasSegments: Lines.Any(line => line.Segment > 0), hasInterestOnly: Lines.Any(line => line.Amortisation is Amortisation.InterestOnlyThenLevel));
        for (var i = 0; i < Lines.Count; i++)
        {
            var line = Lines[i];
            if (line.FirstPayment is not null || line.ServicingFeeAnnual > 0 || !line.RatePath.IsDefaultOrEmpty || line.Floating is not null || line.MissedInstalments > 0)
                throw NoPlace(line, "a first payment date, servicing fee, rate path or missed instalments");
            columns.Balance[i] = (long)line.Balance;
            columns.RateAnnual[i] = (int)Math.Round(line.RateAnnual * LoanColumns.RateScale);
            columns.RemainingMonths[i] = (ushort)line.RemainingMonths;
            columns.AgeMonths[i] = (ushort)line.AgeMonths;
            if (line.Segment > 0) columns.Segment[i] = (ushort)line.Segment;
            columns.Plan[i] = line.Amortisation switch
            {
                Amortisation.LevelPayment => ColumnPlan.Level,
                Amortisation.EqualPrincipal => ColumnPlan.EqualPrincipal,
                Amortisation.AtMaturity => ColumnPlan.AtMaturity,
                Amortisation.InterestOnlyThenLevel => ColumnPlan.InterestOnlyThenLevel,
                _ => throw NoPlace(line, "a balloon or a stepped plan"),
            };
            if (line.Amortisation is Amortisation.InterestOnlyThenLevel free) columns.InterestOnlyMonths[i] = (ushort)free.InterestOnlyMonths;
        }

        columns.Check();
        return columns;
    }

    private static CommandFault NoPlace(LoanLine line, string what) =>
        CommandFault.Usage("ColumnsNotSupported", $"loan '{line.Id}' has {what}, for which the columns have no place; leave --columns out");
}

/// <summary>One table of a result.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Segment">Null when it is not of a segment.</param>
/// <param name="Id">Of a loan; empty otherwise.</param>
/// <param name="Table">The amounts.</param>
internal sealed record CashflowPart(string Scenario, int? Segment, string Id, CashflowTable Table);
