using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;
using Command = System.CommandLine.Command;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>creditgrains pool load: a tape, and what happened to its loans since, into a pool of a server. Rows not taken are reported, each with its rule and reason.</summary>
internal static class PoolLoadCommand
{
    public static Command Create(Shell shell)
    {
        var options = new LiveOptions();
        var tape = new Option<string?>("--tape") { Description = "Loan tape, CSV with a header; docs/cashflows.md", HelpName = "FILE" };
        var events = new Option<string?>("--events") { Description = "What happened to loans of the pool, CSV; docs/pools.md", HelpName = "FILE" };
        var mapping = new Option<string?>("--mapping") { Description = "How the tape's columns are named, JSON", HelpName = "FILE" };
        var transfer = new Option<string>("--as") { Description = "purchase or substituteIn", DefaultValueFactory = _ => "purchase", HelpName = "TRANSFER" };
        transfer.AcceptOnlyFromAmong("purchase", "substituteIn");
        var date = new Option<string?>("--date") { Description = "Business date of the transfer, yyyy-MM-dd; without it the pool's cut-off", HelpName = "DATE" };
        var rejects = new Option<string?>("--rejected") { Description = "File for the rows not taken, CSV; without it the first are shown", HelpName = "FILE" };
        var command = new Command("load", "Bring a loan tape, and events of loans, into a pool of a server; the same file again changes nothing") { tape, events, mapping, transfer, date, rejects };
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(tape) is null && parse.GetValue(events) is null) throw CommandFault.Usage("Usage", "give --tape, --events or both");
            var key = options.KeyOf(parse);
            using var channel = options.Connect(parse);
            var view = await channel.UnaryAsync(PoolCalls.GetPool, new V1.GetPoolRequest { Pool = options.MessageOf(parse), WithTerms = true }, LiveViewCommands.With(cancellationToken));
            var terms = PoolFile.ParseKept(System.Text.Encoding.UTF8.GetBytes(view.TermsJson));
            var map = parse.GetValue(mapping) is { } file ? await CashflowInputs.ReadAsync(file, TapeMapping.Parse, cancellationToken) : TapeMapping.Identity;
            var currency = map.Currency ?? terms.Currency;
            var on = parse.GetValue(date) is { } text ? PoolImportCommand.DateOf("--date", text, terms) : map.CutOff ?? terms.CutOff;
            var start = Stopwatch.GetTimestamp();
            var all = new List<(string File, RejectedRow Row)>();
            long entered = 0, booked = 0, repeated = 0;
            if (parse.GetValue(tape) is { } loans)
            {
                var sender = await SenderAsync(channel, key, loans, cancellationToken);
                var rejected = new List<RejectedRow>();
                foreach (var loan in TapeFile.ReadLoans(loans, map, on, rejected, new TapeCurrency(currency)))
                {
                    try
                    {
                        await sender.AddAsync(loan.Row, PutOf(key, loan, currency, terms, parse.GetValue(transfer) == "substituteIn" ? TransferKind.SubstituteIn : TransferKind.Purchase, on), cancellationToken);
                    }
                    catch (Securitisation.InvalidInputException e)
                    {
                        rejected.Add(new RejectedRow(loan.Row, e.Path, e.Name, e.Fault));
                    }
                }

                await sender.FlushAsync(cancellationToken);
                (entered, repeated) = (sender.Posted, sender.Repeated);
                all.AddRange(rejected.Concat(sender.Declined).OrderBy(row => row.Row).Select(row => ("tape", row)));
            }

            if (parse.GetValue(events) is { } happened)
            {
                var sender = await SenderAsync(channel, key, happened, cancellationToken);
                var rejected = new List<RejectedRow>();
                foreach (var (row, sent) in LoanEventsFile.Read(happened, key, terms, map.IsMajor ? PoolImportCommand.UnitsOf(terms.Currency) : 1, rejected)) await sender.AddAsync(row, sent, cancellationToken);
                await sender.FlushAsync(cancellationToken);
                (booked, repeated) = (sender.Posted, repeated + sender.Repeated);
                all.AddRange(rejected.Concat(sender.Declined).OrderBy(row => row.Row).Select(row => ("events", row)));
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            await PoolImportCommand.ReportAsync(shell, parse.GetValue(rejects), all, cancellationToken);
            var after = await channel.UnaryAsync(PoolCalls.GetPool, new V1.GetPoolRequest { Pool = options.MessageOf(parse) }, LiveViewCommands.With(cancellationToken));
            if (options.FormatOf(parse) == PrintFormat.Json) shell.Record(new { entered, booked, repeated, rejected = all.Count, loans = after.Loans, balance = after.Balance });
            shell.Note($"{entered:N0} loans of the tape are in '{view.Name}', {booked:N0} events booked, {repeated:N0} of an earlier run, {all.Count:N0} rows not taken, in {elapsed.TotalSeconds:F1} s; {after.Loans:N0} loans perform now with {LiveViewCommands.Text(after.Balance, after.Currency)} {after.Currency}");
            return (int)(all.Count > 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }

    private static async Task<LoanSender> SenderAsync(RpcChannel channel, NodeKey pool, string path, CancellationToken cancellationToken) =>
        new(new OrderedSession(new RemoteBook(channel), pool.Tenant, OrderedSession.NameOf(await FileHash.OfAsync(path, cancellationToken), $"pool load {pool}")));

    /// <summary>The command of a row.</summary>
    /// <exception cref="Securitisation.InvalidInputException">A plan a live pool does not know.</exception>
    public static PutLoanInPool PutOf(NodeKey pool, TapeLoan loan, Currency currency, PoolTerms terms, TransferKind kind, DateOnly on)
    {
        var (plan, level) = loan.Line.Amortisation switch
        {
            Amortisation.LevelPayment => (LoanPlan.Level, 0),
            Amortisation.EqualPrincipal => (LoanPlan.EqualPrincipal, 0),
            Amortisation.AtMaturity => (LoanPlan.AtMaturity, 0),
            Amortisation.InterestOnlyThenLevel interestOnly when loan.Line.RemainingMonths > interestOnly.InterestOnlyMonths => (LoanPlan.InterestOnlyThenLevel, loan.Line.RemainingMonths - interestOnly.InterestOnlyMonths),
            _ => throw new Securitisation.InvalidInputException("PlanNotTaken", "amortisation", "a live pool knows level, equalPrincipal, bullet and interest-only loans; use another plan"),
        };
        return new PutLoanInPool(pool, LoanNumbers.Of(loan.Line.Id), kind, on, PoolImportCommand.CandidateOf(loan, currency, terms) with { Plan = plan, LevelMonths = level });
    }
}
