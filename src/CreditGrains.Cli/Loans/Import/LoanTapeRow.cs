using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Loans.Import;

/// <summary>
/// Reads rows of a tape as commands that take loans over. The instalments missed are those whose due dates lie from the oldest unpaid one, days past due before the date of the
/// tape, to that date; the balance is spread over them and those to come, as the product says.
/// </summary>
/// <param name="tenant">Of all rows.</param>
/// <param name="asOf">The date of the tape.</param>
/// <param name="product">Of all rows.</param>
/// <param name="row">The file.</param>
internal sealed class LoanTapeRow(ushort tenant, DateOnly asOf, SealedProduct product, RowSource row)
{
    /// <summary>The command of the row the source is on.</summary>
    /// <param name="number">Of the row, from 1.</param>
    /// <param name="rejected">Why there is none.</param>
    public Command? Read(long number, out RejectedRow? rejected)
    {
        try
        {
            rejected = null;
            return Read();
        }
        catch (RowUnreadable e)
        {
            rejected = new RejectedRow(number, e.Fault.Field, "Unreadable", e.Fault.Message);
            return null;
        }
    }

    private Command Read()
    {
        var facility = NodeKey.Facility(tenant, (ushort)Whole(LoanTapeColumns.LegalEntity, 1, ushort.MaxValue, usual: 1), Whole(LoanTapeColumns.Facility, 1, long.MaxValue, usual: null));
        if (!Currency.TryParse(row[LoanTapeColumns.Currency], out var currency)) throw Bad(LoanTapeColumns.Currency, "is no ISO 4217 code known here; write three upper-case letters such as CNY");
        var balance = Balance(currency);
        var figures = Figures(out var start);
        var originated = Date(LoanTapeColumns.Originated);
        if (originated > asOf) throw Bad(LoanTapeColumns.Originated, $"is after the date of the tape, {asOf:yyyy-MM-dd}");
        if (originated > start) start = originated.Value < figures.FirstDue ? originated.Value : throw Bad(LoanTapeColumns.Originated, $"is not before the oldest unpaid due date, {figures.FirstDue:yyyy-MM-dd}");
        return new Command
        {
            Kind = CommandKind.ImportLoan, Facility = facility, Amount = balance, Currency = currency,
            Control = new LoanTakeover(facility, new LoanOffer(facility, product, figures), start, originated ?? start),
        };
    }

    private LoanFigures Figures(out DateOnly start)
    {
        var text = row[LoanTapeColumns.RatePercent];
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || !RateAnnual.TryFromPercent(percent, out var rate))
            throw Bad(LoanTapeColumns.RatePercent, "is no rate; write 0 to 1000 percent a year with at most seven digits after the point");
        var left = (int)Whole(LoanTapeColumns.MonthsLeft, 1, LoanOffer.InstalmentCountMax, usual: null);
        var late = (int)Whole(LoanTapeColumns.DaysPastDue, 0, LoanTerms.TermDaysMax, usual: 0);
        var interval = product.Product.Interval;
        var next = Date(LoanTapeColumns.NextDue);
        if (next <= asOf) throw Bad(LoanTapeColumns.NextDue, $"must be after the date of the tape, {asOf:yyyy-MM-dd}");
        var first = late > 0 ? asOf.AddDays(-late) : next ?? interval.After(asOf, asOf.Day, 1);
        var day = (next ?? first).Day;
        var missed = 0;
        while (interval.After(first, day, missed) <= asOf) missed++;
        if (next is { } given && interval.After(first, day, missed) != given)
            throw Bad(LoanTapeColumns.NextDue, $"does not follow from an oldest unpaid due date {first:yyyy-MM-dd} ({late} days past due): the due date after {asOf:yyyy-MM-dd} would be {interval.After(first, day, missed):yyyy-MM-dd}");
        if (missed + left > LoanOffer.InstalmentCountMax) throw Bad(LoanTapeColumns.MonthsLeft, $"and {missed} missed instalments are over {LoanOffer.InstalmentCountMax}");
        start = interval.After(first, day, -1);
        return new LoanFigures(rate, missed + left, first, day);
    }

    private long Balance(Currency currency)
    {
        var text = row[LoanTapeColumns.Balance];
        var isRead = row.IsMajor ? AmountText.TryMajor(text, currency, out var amount) : AmountText.TryMinor(text, out amount);
        if (!isRead) throw Bad(LoanTapeColumns.Balance, row.IsMajor ? $"is no amount; write major units with at most {currency.MinorUnitDigits} decimals" : "is no amount; write a whole number of minor units");
        return amount is >= 1 and <= LoanTerms.AmountMax ? amount : throw Bad(LoanTapeColumns.Balance, "must be 1 to 2^50 minor units; leave out loans on which nothing is owed");
    }

    private long Whole(string column, long min, long max, long? usual)
    {
        var text = row[column];
        if (text.Length == 0 && usual is { } value) return value;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number : throw Bad(column, $"must be a whole number from {min} to {max}");
    }

    private DateOnly? Date(string column)
    {
        var text = row[column];
        if (text.Length == 0) return null;
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and <= 2199 ? date : throw Bad(column, "is no date from 1900 to 2199; write it as 2026-03-31");
    }

    private RowUnreadable Bad(string column, string message) => new(new RowFault(column, $"'{row[column]}' {message}"));

    private sealed class RowUnreadable(RowFault fault) : Exception(fault.Message)
    {
        public RowFault Fault => fault;
    }
}
