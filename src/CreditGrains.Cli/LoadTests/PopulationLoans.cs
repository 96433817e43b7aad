using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Pools.Live;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.LoadTests;

/// <summary>
/// Loans in the population of a load test: the first accounts have one each, taken over on one day with 24 monthly instalments to come. Sent in the order of one session, so a
/// book that has them is used again, and more are added to those that are there.
/// </summary>
internal static class PopulationLoans
{
    private const int InstalmentCount = 24;
    private const long PrincipalMin = 500_000;
    private const long PrincipalStep = 10_000;
    private const long RateNanoMin = 60_000_000;
    private const long RateNanoStep = 1_000_000;
    private const int ShownEvery = 1_000_000;
    private static readonly DateOnly StartedOn = new(2026, 1, 15);
    private static readonly SealedProduct Product = SealedProduct.Of(new LoanProduct { DayCount = DayCount.MonthsOverTwelve });

    /// <summary>Takes the loans over unless the server has them. A book with more of them is another book.</summary>
    /// <param name="channel">To the server, which has the population.</param>
    /// <param name="shape">The population.</param>
    /// <param name="loans">How many accounts have one, from the first.</param>
    /// <param name="cancellation">Ends the sending between two batches.</param>
    /// <returns>How many accounts of the server have one.</returns>
    /// <exception cref="BenchFault">The server does not take one, or OtherPopulation: it has more.</exception>
    public static async Task<long> EnsureAsync(RpcChannel channel, PopulationShape shape, long loans, CancellationToken cancellation)
    {
        var there = await CountAsync(channel, shape.Facilities, cancellation);
        if (there > loans)
        {
            throw new BenchFault(FormattableString.Invariant($"{there:N0} accounts of the server's book have a loan, and the run asks for {loans:N0}; give --loans {there}, or another --data"))
            {
                Name = "OtherPopulation",
            };
        }

        if (there == loans) return there;
        // The channel is the caller's, so the book is not disposed of.
        var session = new OrderedSession(new RemoteBook(channel), PopulationShape.Scope, OrderedSession.NameOf(shape.Hash, "loans of a load test"));
        var sender = new LoanSender(session);
        var businessDate = new AdvanceBusinessDate(new NodeKey(0, PopulationShape.Scope, PopulationShape.Scope, NodeKind.None), StartedOn.DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        await sender.AddAsync(0, businessDate, cancellation);
        for (var number = 1L; number <= loans; number++)
        {
            await sender.AddAsync(number, LoanOf(number), cancellation);
            if (sender.Declined.Count > 0) break;
            if (number % ShownEvery == 0) Report.Progress($"taking loans over: {number:N0} of {loans:N0}");
        }

        await sender.FlushAsync(cancellation);
        if (sender.Declined is [var first, ..]) throw new BenchFault($"the loan of account {first.Row} was not taken: {first.Reason} {first.Message}; use an empty data directory");
        Report.Progress($"{loans:N0} accounts have a loan, {sender.Repeated:N0} of the answers are of an earlier run");
        return loans;
    }

    private static Command LoanOf(long number)
    {
        var facility = PopulationShape.Facility(number);
        var figures = new LoanFigures(new RateAnnual(RateNanoMin + number % 50 * RateNanoStep), InstalmentCount, StartedOn.AddMonths(1), StartedOn.Day);
        return new Command
        {
            Kind = CommandKind.ImportLoan, Facility = facility, Amount = PrincipalMin + number % 100 * PrincipalStep, Currency = PopulationShape.Currency,
            Control = new LoanTakeover(facility, new LoanOffer(facility, Product, figures), StartedOn, StartedOn),
        };
    }

    /// <summary>They are sent in order, so those that have one come before those that have none.</summary>
    private static async Task<long> CountAsync(RpcChannel channel, long accounts, CancellationToken cancellation)
    {
        if (!await HasLoanAsync(channel, 1, cancellation)) return 0;
        var (with, without) = (1L, accounts + 1);
        while (without - with > 1)
        {
            var middle = with + (without - with) / 2;
            if (await HasLoanAsync(channel, middle, cancellation)) with = middle;
            else without = middle;
        }

        return with;
    }

    private static async Task<bool> HasLoanAsync(RpcChannel channel, long number, CancellationToken cancellation)
    {
        var request = new V1.GetFacilityRequest { Facility = Keys.ToFacility(PopulationShape.Facility(number)) };
        var reply = await channel.UnaryAsync(Calls.GetFacility, request, new CallOptions { CancellationToken = cancellation });
        return reply.Facility is { Loans.Count: > 0 };
    }
}
