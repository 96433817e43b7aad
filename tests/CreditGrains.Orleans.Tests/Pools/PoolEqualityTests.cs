using System.Text;
using CreditGrains.Contract;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Orleans.Nodes;
using CreditGrains.Orleans.Tests.Cluster;
using CreditGrains.Orleans.Tests.Servers;

namespace CreditGrains.Orleans.Tests.Pools;

/// <summary>A pool spread over the partitions of a cluster is the pool of one engine, bit for bit.</summary>
[Collection("cluster")]
public sealed class PoolEqualityTests(ClusterFixture cluster)
{
    private static readonly SealedProduct Level = SealedProduct.Of(new LoanProduct { Amortisation = new Amortisation.Level(), DayCount = DayCount.MonthsOverTwelve });

    [ContractTheory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Pool_OfRandomEvents_EqualsTheStandaloneOne(int seed)
    {
        var book = new Book(cluster.Silos[0]);
        var pool = book.Node(NodeKind.Pool);
        await using var twins = new PoolTwins(cluster.Silos[0]);
        await twins.DoAsync(Of(new OpenNode(pool, Book.Eur, 1L << 60, default, [])), Of(new DefinePool(pool, Encoding.UTF8.GetBytes(PoolStream.Terms))));
        var stream = new PoolStream(seed, pool);
        await twins.DoAsync([.. stream.Purchase(400)]);
        await twins.AssertSameAsync(pool);
        for (var month = 0; month < 8; month++)
        {
            twins.Cluster = cluster.Silos[month % 3];
            await twins.DoAsync(stream.Month());
            await twins.AssertSameAsync(pool);
        }

        await twins.AssertSameProjectionsAsync(pool);
    }

    [ClusterFact]
    public async Task Pool_OfOwnLoansAndReportedOnes_EqualsTheStandaloneOne()
    {
        var book = new Book(cluster.Silos[1]);
        var pool = book.Node(NodeKind.Pool);
        await using var twins = new PoolTwins(cluster.Silos[1]);
        await twins.DoAsync(Of(new OpenNode(pool, Book.Eur, 1L << 60, default, [])), Of(new DefinePool(pool, Encoding.UTF8.GetBytes(PoolStream.Terms))));
        await twins.DoAsync(DateTo(book, new DateOnly(2026, 1, 20)));
        await twins.DoAsync([.. new PoolStream(3, pool).Purchase(50)]);
        for (var i = 1; i <= 40; i++)
        {
            await twins.DoAsync(
                Of(new OpenNode(book.Node(NodeKind.Borrower, i), Book.Eur, 10_000_000, default, [])),
                Of(new OpenFacility(book.F(i), Book.Eur, 10_000_000, default, false, 0, [new ParentShare(book.Node(NodeKind.Borrower, i))])));
            await twins.DoAsync(Draw(book, i, 1_000_000 + i * 1_000));
            await twins.DoAsync(Of(new TransferToPool(book.F(i), pool)));
        }

        for (var month = 2; month <= 8; month++)
        {
            await twins.DoAsync(DateTo(book, new DateOnly(2026, month, 25)));
            // A command to each facility brings its loans to the date; every third pays nothing to speak of and falls behind, some pay too much, some draw again.
            for (var i = 1; i <= 40; i++)
            {
                await twins.DoAsync(book.Of(CommandKind.Repay, i, i % 3 == 0 ? 1 : i % 7 == 0 ? 300_000 : 95_000) with { Id = Book.NextId() });
                if (i % 10 == 0) await twins.DoAsync(Draw(book, i, 200_000));
            }

            await twins.AssertSameAsync(pool);
        }

        await twins.DoAsync(Of(new TransferToPool(book.F(5), default)));
        await twins.AssertSameAsync(pool);
        await twins.AssertSameProjectionsAsync(pool);
    }

    [ClusterFact]
    public async Task Pool_OfOwnLoansUnderConcentrationRules_EqualsTheStandaloneOne()
    {
        const int Facilities = 24;
        var book = new Book(cluster.Silos[2]);
        var pool = book.Node(NodeKind.Pool);
        var random = new Random(41);
        await using var twins = new PoolTwins(cluster.Silos[2]);
        await twins.DoAsync(Of(new OpenNode(pool, Book.Eur, 1L << 60, default, [])), Of(new DefinePool(pool, """
            { "name": "own", "currency": "EUR", "cutOff": "2026-01-31", "revolvingUntil": "2026-12-31", "termBands": [6, 12],
              "concentrations": [{ "name": "one obligor", "by": "obligor", "max": 0.08, "base": 10000000 }, { "name": "one region", "by": "region", "max": 0.4, "base": 10000000 }, { "name": "long", "by": "termBand", "max": 0.6, "base": 10000000 }] }
            """u8.ToArray())));
        await twins.DoAsync(DateTo(book, new DateOnly(2026, 1, 20)));
        for (var i = 1; i <= 3; i++) await twins.DoAsync(Of(new OpenNode(book.Node(NodeKind.Region, i), Book.Eur, 1L << 60, default, [])));
        for (var i = 1; i <= Facilities; i++)
            await twins.DoAsync(
                Of(new OpenNode(book.Node(NodeKind.Borrower, i), Book.Eur, 10_000_000, default, [])),
                Of(new OpenFacility(book.F(i), Book.Eur, 10_000_000, default, false, 0, [new ParentShare(book.Node(NodeKind.Borrower, i)), new ParentShare(book.Node(NodeKind.Region, 1 + i % 3))])));
        for (var month = 2; month <= 6; month++)
        {
            await twins.DoAsync(DateTo(book, new DateOnly(2026, month, 10)));
            for (var i = 1; i <= Facilities; i++)
            {
                twins.Cluster = cluster.Silos[random.Next(3)];
                // Drawn and at once paid a little, in one submission; some before their facility is in the pool, some after.
                await twins.DoAsync(Draw(book, i, random.Next(10_000, 500_000), 3 + random.Next(20)), book.Of(CommandKind.Repay, i, 1_000, id: Book.NextId()));
                if (month == 2 + i % 3) await twins.DoAsync(Of(new TransferToPool(book.F(i), pool)));
            }

            await twins.AssertSameAsync(pool);
        }

        await twins.AssertSameProjectionsAsync(pool);
    }

    [ClusterFact]
    public async Task PoolGrain_OtherApplications_ReadAndProjectIt()
    {
        var book = new Book(cluster.Silos[2]);
        var pool = await book.Open(NodeKind.Pool, 1, 1L << 60);
        var grain = cluster.Silos[2].Grains.GetGrain<IPoolGrain>(pool.ToString());
        Assert.Null(await grain.GetPoolAsync());
        await book.Set(new DefinePool(pool, Encoding.UTF8.GetBytes(PoolStream.Terms)));
        var stream = new PoolStream(5, pool);
        await book.DoAll([.. stream.Purchase(100)]);
        await book.DoAll(stream.Month());
        await book.DoAll(stream.Month());
        var standing = (await grain.GetPoolAsync())!;
        Assert.Equal(("random", "EUR", 2), (standing.Name, standing.Currency, standing.ClosedMonths));
        Assert.Equal(["defaults", "late", "rate"], standing.Triggers.Select(trigger => trigger.Name));
        var history = await grain.GetHistoryAsync(12);
        Assert.Equal(["2026-01", "2026-02"], history.Select(month => month.Month));
        Assert.All(history.Append(standing.OpenMonth), m => Assert.Equal(m.Closing, m.Opening + m.Purchased + m.Capitalised - m.Scheduled - m.Prepaid - m.Defaulted - m.Repurchased));
        Assert.Equal(history[^1].Closing, standing.OpenMonth.Opening);
        Assert.Equal(history[0].Loans, (await grain.GetRollMatrixAsync(1))!.Loans.Sum(row => row.Sum()));
        Assert.Equal(standing.PurchasedTotal, (await grain.GetVintagesAsync()).Sum(vintage => vintage.Purchased));
        var months = await grain.ProjectAsync(new PoolProjectionRequest());
        Assert.Equal(standing.Balance, months.Sum(month => month.Scheduled));
        Assert.NotEmpty(await grain.ProjectAsync(new PoolProjectionRequest(OwnMonths: 2)));
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => grain.ProjectAsync(new PoolProjectionRequest(Conventions: "mars")));
        Assert.Contains("'mars' is not known", wrong.Message, StringComparison.Ordinal);
    }

    private static Command Of(ControlCommand control) => Command.Of(Book.NextId(), control);

    private static Command Draw(Book book, long facility, long amount, int instalments = 12) =>
        book.Of(CommandKind.Drawdown, facility, amount) with { Id = Book.NextId(), Control = new LoanOffer(book.F(facility), Level, new LoanFigures(new RateAnnual(60_000_000), instalments)) };

    private static Command DateTo(Book book, DateOnly date) =>
        Of(new AdvanceBusinessDate(new NodeKey(0, book.Tenant, 1, NodeKind.None), date.DayNumber - new DateOnly(1970, 1, 1).DayNumber));
}
