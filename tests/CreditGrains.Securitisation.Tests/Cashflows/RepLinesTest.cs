using CreditGrains.Domain.Draws;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Securitisation.Tests.Cashflows;

public sealed class RepLinesTest
{
    private static readonly Scenario Base = new() { Prepayment = new PrepaymentCurve.FlatCpr(new Cpr(0.1)), LoanDefault = new LoanDefaultCurve.FlatCdr(new Cdr(0.03)), Recovery = new RecoveryTerms(0.5, 3) };

    [Theory]
    [InlineData(1)]
    [InlineData(0.05)]
    public void Compress_ManyLoans_StaysWithinTheErrorItMeasures(double errorMax)
    {
        var loans = Loans(3_000);
        var set = RepLines.Of(loans, [[Base]], new ProjectionConventions(), default, errorMax);
        Assert.InRange(set.Lines.Length, 1, loans.Length - 1);
        Assert.Equal(loans.Sum(loan => loan.Balance), set.Lines.Sum(line => line.Balance));
        // Measured again, by hand, at the middle yield.
        var exact = Price(loans, set.YieldAnnual);
        var error = Math.Abs(Price(set.Lines, set.YieldAnnual) / exact - 1) * 10_000;
        Assert.InRange(error, 0, set.PriceErrorBasisPoints + 1e-9);
        Assert.InRange(set.PriceErrorBasisPoints, 0, errorMax);
    }

    [Fact]
    public void Compress_ToNoError_KeepsTheLoans()
    {
        var loans = Loans(50);
        Assert.Equal(loans, RepLines.Of(loans, [[Base]], new ProjectionConventions(), default, 0).Lines);
    }

    [Fact]
    public void Lines_Written_AreReadBackTheSame()
    {
        LoanLine[] lines =
        [
            .. Loans(5), new LoanLine { Id = "x", Balance = 100, RateAnnual = 0.05, RemainingMonths = 10, Amortisation = new Amortisation.Balloon(30), Segment = 2, RatePath = [0.05, 0.06] },
            new LoanLine { Id = "y", Balance = 100, RateAnnual = 0.05, RemainingMonths = 3, Amortisation = new Amortisation.InterestOnlyThenLevel(1), FirstPayment = new DateOnly(2026, 5, 1) },
        ];
        var written = LinesWriter.Write(new LinesFile(CreditGrains.Domain.Money.Currency.Parse("EUR"), true, new DateOnly(2026, 3, 31), [.. lines]));
        var read = LinesFile.Parse(written);
        Assert.Equal(lines.Length, read.Lines.Length);
        foreach (var (one, two) in lines.Zip(read.Lines))
        {
            Assert.Equal(one with { RatePath = [] }, two with { RatePath = [] });
            Assert.Equal(one.RatePath.ToArray(), two.RatePath.ToArray());
        }
    }

    /// <summary>A stress by dates is the same as the one by the periods that end within them.</summary>
    [Fact]
    public void DatedStress_IsTheStressOfItsPeriods()
    {
        var calendar = new ProjectionCalendar(new DateOnly(2026, 1, 31));
        var line = Loans(1)[0] with { RemainingMonths = 24 };
        // Periods end 2026-02-28, 03-31, 04-30, 05-31, 06-30.
        var dated = Base with { Stresses = [new Stress(1, int.MaxValue, LoanDefault: 3) { From = new DateOnly(2026, 3, 31), To = new DateOnly(2026, 6, 29) }] };
        var byPeriod = Base with { Stresses = [new Stress(2, 4, LoanDefault: 3)] };
        var table = LineProjection.Of(line, dated, new ProjectionConventions(), calendar);
        Assert.Equal(LineProjection.Of(line, byPeriod, new ProjectionConventions(), calendar)[CashflowColumn.Defaulted], table[CashflowColumn.Defaulted]);
        Assert.Equal(PoolProjection.Run([line], [dated], new ProjectionConventions(), calendar).Total[CashflowColumn.Loss], table[CashflowColumn.Loss]);
        Assert.Equal("CutOffMissing", Assert.Throws<InvalidInputException>(() => LineProjection.Of(line, dated, new ProjectionConventions())).Name);
        var past = Base with { Stresses = [new Stress(1, int.MaxValue, LoanDefault: 3) { To = new DateOnly(2025, 1, 1) }] };
        Assert.Equal(LineProjection.Of(line, Base, new ProjectionConventions(), calendar)[CashflowColumn.Defaulted], LineProjection.Of(line, past, new ProjectionConventions(), calendar)[CashflowColumn.Defaulted]);
    }

    private static double Price(IReadOnlyList<LoanLine> lines, double yield)
    {
        var table = PoolProjection.Run(lines, [Base], new ProjectionConventions()).Total;
        return Enumerable.Range(1, table.Periods).Sum(period => (table.Principal(period) + table.NetInterest(period)) * Math.Pow(1 + yield / 12, -period));
    }

    private static LoanLine[] Loans(int count)
    {
        var draws = new Xoshiro256(5);
        return [.. Enumerable.Range(0, count).Select(i => new LoanLine
        {
            Id = $"{i}", Balance = 100_000 + draws.Below(10_000_000), RateAnnual = 0.03 + draws.Below(900) / 10_000.0, RemainingMonths = 6 + (int)draws.Below(50), AgeMonths = (int)draws.Below(24),
            Amortisation = draws.Below(4) == 0 ? Amortisation.Equal : Amortisation.Level,
        })];
    }
}
