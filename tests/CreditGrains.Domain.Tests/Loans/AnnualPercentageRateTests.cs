using System.Globalization;
using System.Text.Json;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Apr;

namespace CreditGrains.Domain.Tests.Loans;

/// <summary>The actuarial method. The golden numbers are the worked examples of 12 CFR 1026, Appendix J (c).</summary>
public sealed class AnnualPercentageRateTests
{
    private static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Cents(decimal amount) => (long)(amount * 100);

    /// <summary>Dates by a step such as "1m" or "4w" from the first.</summary>
    private static IEnumerable<DateOnly> Every(string first, string step, int count)
    {
        var number = int.Parse(step[..^1], CultureInfo.InvariantCulture);
        var date = Day(first);
        for (var i = 0; i < count; i++) yield return step[^1] == 'm' ? date.AddMonths(i * number) : date.AddDays(7 * i * number);
    }

    [ReferenceFact("regz_appendix_j.json")]
    public void Apr_OfEachPublishedCase_EqualsItsPrintedDigits()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(ReferenceFile.Find("regz_appendix_j.json")!));
        var cases = file.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        Assert.NotEmpty(cases);
        Assert.All(cases, one =>
        {
            var published = one.GetProperty("published_apr_pct").GetDecimal();
            var advance = Cents(one.GetProperty("amount_advanced").GetDecimal());
            var payments = one.GetProperty("payments").EnumerateArray().Select(payment => Cents(payment.GetDecimal())).ToArray();
            var perYear = one.GetProperty("unit_periods_per_year").GetInt32();
            var fraction = one.GetProperty("fraction_f").GetDouble();
            var whole = one.GetProperty("whole_units_t").GetInt32();
            var byUnits = AnnualPercentageRate.Of([new AprUnitFlow(default, advance)], [.. payments.Select((payment, i) => new AprUnitFlow(new UnitTime(whole + i, fraction), payment))], perYear);
            Assert.Equal(published, byUnits.Value.PercentRounded());
            Assert.Equal(one.GetProperty("recomputed_apr_pct").GetDouble(), byUnits.Value.Percent, 5e-7);

            var start = Day(one.GetProperty("advance").GetString()!);
            var first = Day(one.GetProperty("first").GetString()!);
            var byDates = AnnualPercentageRate.Of([new AprFlow(start, advance)], [.. payments.Select((payment, i) => new AprFlow(Place(first, perYear, i), payment))]);
            Assert.Equal(published, byDates.Value.PercentRounded());
            Assert.Equal(perYear, byDates.Value.UnitPeriodsPerYear);
            Assert.Equal(byUnits.Value.UnitRate, byDates.Value.UnitRate, 1e-12);
        });
    }

    private static DateOnly Place(DateOnly first, int perYear, int place) => perYear switch
    {
        52 => first.AddDays(7 * place),
        24 => first.AddMonths(place / 2).AddDays(place % 2 * 15),
        _ => first.AddMonths(12 / perYear * place),
    };

    /// <summary>Rows: example, amount, advance, first payment, step, count, first, regular and last payment, APR.</summary>
    public static TheoryData<string, decimal, string, string, string, int, decimal, decimal, decimal, decimal> Regular => new()
    {
        { "(c)(2)(ii), every 4 weeks, odd first payment", 400, "1978-03-18", "1978-04-20", "4w", 12, 39.50m, 38.31m, 38.31m, 28.50m },
        { "(c)(3)(i), odd last payment", 5_000, "1978-01-10", "1978-02-10", "1m", 24, 230, 230, 280, 10.50m },
        { "(c)(3)(ii), every 2 weeks, odd last payment", 200, "1978-04-03", "1978-04-11", "2w", 20, 9.50m, 9.50m, 30, 12.22m },
        { "(c)(4)(i), odd first and last payment", 5_000, "1978-01-10", "1978-02-10", "1m", 24, 250, 230, 280, 10.90m },
        { "(c)(4)(ii), every 2 months, odd first and last payment", 8_000, "1978-01-10", "1978-03-01", "2m", 20, 449.36m, 465, 200, 7.30m },
    };

    [Theory]
    [MemberData(nameof(Regular))]
    public void Apr_OfOddFirstOrLastPayments_EqualsItsPrintedDigits(
        string example, decimal amount, string advance, string first, string step, int count, decimal firstPayment, decimal payment, decimal lastPayment, decimal apr)
    {
        var dates = Every(first, step, count).ToArray();
        var payments = dates.Select((date, i) => new AprFlow(date, Cents(i == 0 ? firstPayment : i == count - 1 ? lastPayment : payment))).ToArray();
        var result = AnnualPercentageRate.Of([new AprFlow(Day(advance), Cents(amount))], payments).Value;
        Assert.True(apr == result.PercentRounded(), $"{example}: {result.Percent}");
    }

    /// <summary>(c)(5): a single advance with a single payment; the last rows follow (b)(4)(ii) and (5)(v)–(vii).</summary>
    [Theory]
    [InlineData("1978-01-03", "1978-09-15", 1_000, 1_080, 11.45, "255 days")] // (c)(5)(i)
    [InlineData("1978-07-15", "1979-01-15", 1_000, 1_044, 8.80, "6 months")] // (c)(5)(ii)
    [InlineData("1978-01-17", "1979-01-17", 1_000, 1_100, 10.00, "year")]
    [InlineData("1978-01-17", "1980-01-17", 1_000, 1_210, 10.00, "year")]
    [InlineData("1978-01-17", "1979-07-17", 1_000, 1_155, 10.00, "year")] // 1.1 × (1 + 6/12 × 10 %)
    public void Apr_OfASinglePayment_HasTheTermAsUnitPeriod(string from, string to, int amount, int payment, double apr, string unit)
    {
        var result = AnnualPercentageRate.Of([new AprFlow(Day(from), Cents(amount))], [new AprFlow(Day(to), Cents(payment))]).Value;
        Assert.Equal((decimal)apr, result.PercentRounded());
        Assert.Equal(unit, result.Unit.ToString());
    }

    /// <summary>A skipped-payment loan as Appendix J (c)(6) has it: every 4 weeks, put off by 2 weeks where two would fall into a month.</summary>
    [Fact]
    public void Apr_OfSkippedPayments_EqualsItsPrintedDigits()
    {
        string[] starts = ["1978-02-20", "1978-11-13", "1979-05-14", "1979-11-12"];
        int[] counts = [9, 6, 6, 3];
        var dates = starts.SelectMany((start, i) => Every(start, "4w", counts[i])).ToArray();
        var result = AnnualPercentageRate.Of([new AprFlow(Day("1978-01-25"), Cents(2_135))], [.. dates.Select(date => new AprFlow(date, Cents(100)))]).Value;
        Assert.Equal("4 weeks", result.Unit.ToString());
        Assert.Equal(13, result.UnitPeriodsPerYear);
        Assert.Equal(12.00m, result.PercentRounded());
    }

    /// <summary>Several advances, payments from before the first on: each side of (b)(8) added up by hand is the same.</summary>
    [Fact]
    public void Apr_OfSeveralAdvances_SolvesTheGeneralEquation()
    {
        AprFlow[] advances =
        [
            .. Enumerable.Range(1978, 4).Select(year => new AprFlow(new DateOnly(year, 9, 5), Cents(1_800))),
            .. Enumerable.Range(1979, 4).Select(year => new AprFlow(new DateOnly(year, 1, 5), Cents(1_000))),
        ];
        var result = AnnualPercentageRate.Of(advances, [.. Every("1978-07-01", "1m", 50).Select(date => new AprFlow(date, Cents(240)))]).Value;
        Assert.Equal("month", result.Unit.ToString());
        Assert.Equal(2, result.UnitRoots.Length);
        Assert.All(result.UnitRoots, rate =>
        {
            var paidIn = Enumerable.Range(0, 50).Sum(month => 240 / Math.Pow(1 + rate, month));
            var paidOut = Enumerable.Range(0, 4).Sum(year => (1_800 / Math.Pow(1 + rate, 2 + 12 * year) + 1_000 / Math.Pow(1 + rate, 6 + 12 * year)) / (1 + 4 / 30.0 * rate));
            Assert.Equal(paidIn, paidOut, 1e-6);
        });
        Assert.Equal(result.UnitRoots[0], result.UnitRate);
    }

    /// <summary>The unit-period of (b)(4): the commonest, of equals the shorter; with none twice the average.</summary>
    [Theory]
    [InlineData("month", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30")] // last days
    [InlineData("month", "2023-01-30", "2023-02-28", "2023-03-30", "2023-04-30")] // the last of February for the 30th
    [InlineData("semimonth", "2024-01-01", "2024-01-16", "2024-02-01", "2024-02-16", "2024-03-01")]
    [InlineData("semimonth", "2023-12-31", "2024-01-15", "2024-01-31", "2024-02-15", "2024-02-29")]
    [InlineData("month", "2024-01-10", "2024-02-10", "2024-03-10", "2024-06-10", "2024-09-10")] // twice each: the shorter
    [InlineData("3 months", "2024-01-10", "2024-02-10", "2024-05-10", "2024-08-10")]
    [InlineData("7 weeks", "2024-01-01", "2024-02-10", "2024-04-10")] // 40 and 60 days: 50 on average, 49 is nearest
    [InlineData("year", "2024-01-10", "2026-01-10", "2028-01-10")] // at most a year
    [InlineData("day", "2024-01-10", "2024-01-11", "2024-01-12", "2024-01-13")]
    public void UnitPeriod_OfDates_IsThatOfTheRule(string unit, params string[] dates)
    {
        AprFlow[] payments = [.. dates[1..].Select(date => new AprFlow(Day(date), 1_000))];
        var result = AnnualPercentageRate.Of([new AprFlow(Day(dates[0]), 900 * payments.Length)], payments).Value;
        Assert.Equal(unit, result.Unit.ToString());
    }

    [Fact]
    public void Apr_OfPaymentsEqualToTheAdvance_IsNothing()
    {
        var result = AnnualPercentageRate.Of([new AprFlow(Day("2024-01-01"), 1_200)], [.. Every("2024-02-01", "1m", 12).Select(date => new AprFlow(date, 100))]);
        Assert.Equal(0, result.Value.Percent);
    }

    [Fact]
    public void Apr_OfPaymentsBelowTheAdvance_IsNegative()
    {
        var result = AnnualPercentageRate.Of([new AprFlow(Day("2024-01-01"), 1_200)], [.. Every("2024-02-01", "1m", 12).Select(date => new AprFlow(date, 99))]);
        Assert.InRange(result.Value.Percent, -3, -1);
    }

    /// <summary>By hand: 10,000 grows to 12,100 in two years of 365 days at 10 %.</summary>
    [Fact]
    public void InternalRate_OfTwoYears_Compounds()
    {
        var result = InternalRateOfReturn.Of([new AprFlow(Day("2021-01-01"), 10_000)], [new AprFlow(Day("2023-01-01"), 12_100)]).Value;
        Assert.Equal(0.10, result.RateAnnual, 1e-12);
    }

    /// <summary>1,000 out, 2,300 in, 1,320 out: 10 % and 20 %, the textbook case of two rates.</summary>
    [Fact]
    public void InternalRate_OfAlternatingFlows_ReportsBothRoots()
    {
        var result = InternalRateOfReturn.Of([new AprFlow(Day("2021-01-01"), 1_000), new AprFlow(Day("2023-01-01"), 1_320)], [new AprFlow(Day("2022-01-01"), 2_300)]).Value;
        Assert.Equal([0.1, 0.2], result.Roots.Select(root => Math.Round(root, 9)));
        Assert.Equal(0.1, result.RateAnnual, 1e-9);
    }

    public static TheoryData<AprFlow[], AprFlow[], LoanFault> Bad => new()
    {
        { [], [new AprFlow(new DateOnly(2024, 1, 1), 1)], LoanFault.InvalidTerm },
        { [new AprFlow(new DateOnly(2024, 1, 1), 1)], [], LoanFault.InvalidTerm },
        { [new AprFlow(new DateOnly(2024, 1, 1), 0)], [new AprFlow(new DateOnly(2024, 2, 1), 1)], LoanFault.InvalidAmount },
        { [new AprFlow(new DateOnly(2024, 1, 1), 1)], [new AprFlow(new DateOnly(2024, 2, 1), -1)], LoanFault.InvalidAmount },
        { [new AprFlow(new DateOnly(2024, 1, 1), 1)], [new AprFlow(new DateOnly(2024, 1, 1), 1)], LoanFault.NoRate },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Apr_OfWhatHasNone_NamesTheFault(AprFlow[] advances, AprFlow[] payments, LoanFault fault) =>
        Assert.Equal(fault, AnnualPercentageRate.Of(advances, payments).Refusal!.Fault);
}
