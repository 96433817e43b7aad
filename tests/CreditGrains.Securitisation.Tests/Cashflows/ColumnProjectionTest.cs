using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Tests.Cashflows;

/// <summary>The vector kernel against the line projection, and against itself on other numbers of threads.</summary>
public sealed class ColumnProjectionTest
{
    public static TheoryData<PrepaymentBase, InterestBase, AmountRounding, bool> Cases()
    {
        var cases = new TheoryData<PrepaymentBase, InterestBase, AmountRounding, bool>();
        foreach (var on in Enum.GetValues<PrepaymentBase>())
            foreach (var earning in Enum.GetValues<InterestBase>())
                foreach (var rounding in Enum.GetValues<AmountRounding>())
                {
                    cases.Add(on, earning, rounding, false);
                    cases.Add(on, earning, rounding, true);
                }

        return cases;
    }

    /// <summary>Every amount of every loan is rounded by itself, so the sums must be the same to the unit.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernel_AnyConvention_AddsUpTheLines(PrepaymentBase on, InterestBase earning, AmountRounding rounding, bool isByAge)
    {
        var loans = Loans(1_500, seed: 7, segments: 2);
        var conventions = new ProjectionConventions { PrepaymentBase = on, InterestBase = earning, Rounding = rounding, NoDefaultNearMaturity = isByAge };
        Scenario[] scenarios = [isByAge ? ByAge() : Flat(0.08, 0.03), Flat(0.9, 0.9)];
        var fast = ColumnProjection.Run(loans, [scenarios], conventions)[0];
        var slow = PoolProjection.Run([.. Enumerable.Range(0, loans.Count).Select(loans.Line)], scenarios, conventions);
        for (var segment = 0; segment < 2; segment++)
            foreach (var column in new[] { CashflowColumn.Opening, CashflowColumn.Defaulted, CashflowColumn.Scheduled, CashflowColumn.Prepaid, CashflowColumn.Interest, CashflowColumn.Closing })
                for (var i = 0; i < loans.MonthsLongest; i++)
                    Assert.Equal(slow.Segments[segment][column][i], fast.Segments[segment][column][i], rounding == AmountRounding.None ? 1e-3 : 0);
        Assert.Equal(fast.Total.Total(CashflowColumn.Defaulted), fast.Total.Total(CashflowColumn.Recovery) + fast.Total.Total(CashflowColumn.Loss), 1e-3);
    }

    [Theory]
    [InlineData(AmountRounding.HalfEven)]
    [InlineData(AmountRounding.None)]
    public void Kernel_AnyNumberOfThreads_GivesTheSameBits(AmountRounding rounding)
    {
        var loans = Loans(300_000, seed: 3, segments: 1);
        var conventions = new ProjectionConventions { Rounding = rounding };
        var one = ColumnProjection.Run(loans, Flat(0.1, 0.02), conventions, parallelism: 1);
        foreach (var threads in new[] { 2, 3, 8 })
        {
            var many = ColumnProjection.Run(loans, Flat(0.1, 0.02), conventions, parallelism: threads);
            foreach (var column in Enum.GetValues<CashflowColumn>())
                for (var i = 0; i < one.Total.Periods; i++)
                    Assert.Equal(BitConverter.DoubleToInt64Bits(one.Total[column][i]), BitConverter.DoubleToInt64Bits(many.Total[column][i]));
        }
    }

    [Fact]
    public void Kernel_ManyScenarios_AreThoseOneByOne()
    {
        var loans = Loans(5_000, seed: 11, segments: 1);
        var scenarios = Enumerable.Range(0, 40).Select(i => Flat(0.01 * i, 0.005 * i)).ToArray();
        var together = ColumnProjection.Run(loans, [.. scenarios.Select(s => new[] { s })], new ProjectionConventions());
        for (var s = 0; s < scenarios.Length; s++)
            Assert.Equal(ColumnProjection.Run(loans, scenarios[s], new ProjectionConventions()).Total[CashflowColumn.Interest], together[s].Total[CashflowColumn.Interest]);
    }

    [Fact]
    public void Kernel_WhatItCannotDo_IsRefusedByName()
    {
        var loans = Loans(10, seed: 1, segments: 1);
        var fault = Assert.Throws<InvalidInputException>(() => ColumnProjection.Run(loans, Flat(0.1, 0.1) with { Advances = AdvanceTerms.Bma }, new ProjectionConventions()));
        Assert.Equal("ColumnsNotSupported", fault.Name);
    }

    [Fact]
    public void Columns_BadLoan_IsNamedByPlace()
    {
        var loans = Loans(10, seed: 1, segments: 1);
        loans.RemainingMonths[4] = 0;
        Assert.Equal("loans[4].remainingMonths", Assert.Throws<InvalidInputException>(loans.Check).Path);
    }

    private static Scenario Flat(double cpr, double cdr) => new()
    {
        Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(cpr)),
        LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(cdr)),
        Recovery = new RecoveryTerms(0.4, 6),
    };

    private static Scenario ByAge() => new()
    {
        Prepayment = new PrepaymentCurve.Psa(new PsaSpeed(400)),
        LoanDefault = new LoanDefaultCurve.Sda(new SdaSpeed(300)),
        Recovery = new RecoveryTerms(0.4, 6),
    };

    // Some months without principal; the last takes what is left.
    private static ImmutableArray<double> Parts(Random random, int months)
    {
        var parts = new double[months];
        for (var (i, left) = (0, 1.0); i < months; left -= parts[i++]) parts[i] = i == months - 1 ? left : random.Next(2) == 0 ? 0 : left * random.NextDouble() / 2;
        return [.. parts];
    }

    private static LoanColumns Loans(int count, int seed, int segments)
    {
        var random = new Random(seed);
        var loans = new LoanColumns(count, hasSegments: segments > 1, hasInterestOnly: true);
        for (var i = 0; i < count; i++)
        {
            loans.Balance[i] = random.Next(0, 50_000_00);
            loans.RateAnnual[i] = random.Next(0, 24_000_000);
            loans.RemainingMonths[i] = (ushort)random.Next(1, 48);
            loans.AgeMonths[i] = (ushort)random.Next(0, 60);
            loans.Plan[i] = (ColumnPlan)random.Next(0, 5);
            if (loans.Plan[i] == ColumnPlan.Listed) loans.Listed[i] = Parts(random, loans.RemainingMonths[i]);
            loans.InterestOnlyMonths[i] = (ushort)random.Next(0, loans.RemainingMonths[i]);
            if (segments > 1) loans.Segment[i] = (ushort)random.Next(0, segments);
        }

        loans.Check();
        return loans;
    }
}
