using System.Collections.Immutable;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Servicing;

namespace CreditGrains.Domain.Loans.Products;

/// <summary>
/// The canonical bytes of a product (docs/journal-format.md): equal products have equal bytes. Version 1 stands in front; the numbers of the enums are part of it.
/// </summary>
internal static class LoanProductCodec
{
    private const int Version = 1;
    private const int RowsMax = 1_000;
    private const int Retail = 1;
    private const int MonthEnd = 2;
    private const int Observed = 4;

    public static byte[] Write(LoanProduct product)
    {
        var w = new ProductBytes();
        w.Byte(Version);
        w.Byte((int)product.Interval.Unit);
        w.Unsigned(product.Interval.Count);
        w.Byte((int)product.DayCount);
        w.Byte((int)product.BusinessDays);
        w.Byte((int)product.AccrualDates);
        w.Byte((int)product.Rounding.Interest);
        w.Byte((int)product.Rounding.Instalment);
        w.Unsigned(product.Rounding.Unit);
        w.Byte((int)product.LastInstalment);
        w.Byte((product.IsRetail ? Retail : 0) | (product.Overdue.ChargesAtMonthEnd ? MonthEnd : 0) | (product.Overdue.Observation is null ? 0 : Observed));
        AmortisationCodec.Write(w, product.Amortisation);
        w.Unsigned(product.Fees.Length);
        foreach (var fee in product.Fees)
        {
            w.Text(fee.Name);
            w.Byte((int)fee.Timing);
            w.Byte((int)fee.Measure);
            w.Unsigned(fee.Value);
            w.Byte(fee.IsFinanceCharge ? 1 : 0);
        }

        WriteOverdue(w, product.Overdue);
        w.Days(product.Calendar.Holidays);
        w.Days(product.Calendar.WorkingWeekends);
        w.Unsigned(product.Classes.Rows.Length);
        foreach (var row in product.Classes.Rows)
        {
            w.Unsigned(row.From.DayNumber);
            w.Unsigned(row.SpecialMention);
            w.Unsigned(row.Substandard);
            w.Unsigned(row.Doubtful);
            w.Unsigned(row.Loss);
        }

        w.Unsigned(product.Buckets.LastDays.Length);
        foreach (var edge in product.Buckets.LastDays) w.Unsigned(edge);
        if (product.Overdue.Observation is { } observation)
        {
            w.Unsigned(observation.FromDays);
            w.Unsigned(observation.Instalments);
            w.Unsigned(observation.Months);
        }

        return w.ToArray();
    }

    public static LoanProduct Read(ReadOnlySpan<byte> bytes)
    {
        var r = new ProductReader(bytes);
        if (r.Byte() != Version) throw new InvalidDataException("A loan product was written by another version; use the version that wrote it or a newer one.");
        var unit = (IntervalUnit)r.Byte();
        var flags = 0;
        var product = new LoanProduct
        {
            Interval = new PaymentInterval((int)r.Unsigned(), unit),
            DayCount = (DayCount)r.Byte(),
            BusinessDays = (BusinessDayRule)r.Byte(),
            AccrualDates = (AccrualDates)r.Byte(),
            Rounding = new RoundingRule((RoundingMode)r.Byte(), (RoundingMode)r.Byte(), r.Unsigned()),
            LastInstalment = (LastInstalmentRule)r.Byte(),
            IsRetail = ((flags = r.Byte()) & Retail) != 0,
            Amortisation = AmortisationCodec.Read(ref r),
            Fees = ReadFees(ref r),
            Overdue = ReadOverdue(ref r),
            Calendar = BusinessCalendar.Create(r.Days(), r.Days()).Value,
            Classes = ReadClasses(ref r),
            Buckets = ReadBuckets(ref r),
        };
        if ((flags & ~(Retail | MonthEnd | Observed)) != 0) throw new InvalidDataException("A loan product has a flag this version does not know; use the version that wrote it or a newer one.");
        if ((flags & MonthEnd) != 0) product = product with { Overdue = product.Overdue with { ChargesAtMonthEnd = true } };
        if ((flags & Observed) != 0) product = product with { Overdue = product.Overdue with { Observation = new ObservationRule((int)r.Unsigned(), (int)r.Unsigned(), (int)r.Unsigned()) } };
        return r.IsAtEnd ? product : throw new InvalidDataException("The bytes of a loan product go on after its end.");
    }

    private static void WriteOverdue(ProductBytes w, OverdueTerms overdue)
    {
        w.Unsigned(overdue.PenaltyPpm);
        w.Byte((int)overdue.Compounding);
        w.Byte((int)overdue.PenaltyDayCount);
        w.Unsigned(overdue.GraceDays);
        w.Unsigned(overdue.BounceFee);
        w.Unsigned(overdue.NonAccrualFromDays);
        w.Unsigned(overdue.Allocation.Orders.Length);
        foreach (var order in overdue.Allocation.Orders)
        {
            w.Unsigned(order.FromDaysPastDue);
            w.Byte((int)order.Scope);
            foreach (var component in order.Order) w.Byte((int)component);
        }
    }

    private static OverdueTerms ReadOverdue(ref ProductReader r) => new()
    {
        PenaltyPpm = r.Unsigned(),
        Compounding = (Compounding)r.Byte(),
        PenaltyDayCount = (DayCount)r.Byte(),
        GraceDays = (int)r.Unsigned(),
        BounceFee = r.Unsigned(),
        NonAccrualFromDays = (int)r.Unsigned(),
        Allocation = ReadAllocation(ref r),
    };

    private static AllocationRule ReadAllocation(ref ProductReader r)
    {
        var orders = new AllocationOrder[r.Count(RowsMax)];
        for (var i = 0; i < orders.Length; i++)
        {
            var (from, scope) = ((int)r.Unsigned(), (AllocationScope)r.Byte());
            orders[i] = new AllocationOrder(from, scope, [(DueComponent)r.Byte(), (DueComponent)r.Byte(), (DueComponent)r.Byte(), (DueComponent)r.Byte(), (DueComponent)r.Byte()]);
        }

        return new AllocationRule([.. orders]);
    }

    private static ImmutableArray<LoanFee> ReadFees(ref ProductReader r)
    {
        var fees = new LoanFee[r.Count(LoanTerms.FeesMax)];
        for (var i = 0; i < fees.Length; i++) fees[i] = new LoanFee(r.Text(), (FeeTiming)r.Byte(), (FeeMeasure)r.Byte(), r.Unsigned(), r.Byte() != 0);
        return [.. fees];
    }

    private static ClassificationTable ReadClasses(ref ProductReader r)
    {
        var rows = new ClassificationRow[r.Count(RowsMax)];
        for (var i = 0; i < rows.Length; i++) rows[i] = new ClassificationRow(r.Day(), (int)r.Unsigned(), (int)r.Unsigned(), (int)r.Unsigned(), (int)r.Unsigned());
        return new ClassificationTable([.. rows]);
    }

    private static BucketEdges ReadBuckets(ref ProductReader r)
    {
        var edges = new int[r.Count(RowsMax)];
        for (var i = 0; i < edges.Length; i++) edges[i] = (int)r.Unsigned();
        return new BucketEdges([.. edges]);
    }
}
