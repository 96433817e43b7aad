using System.CommandLine;
using CreditGrains.Api.Security;
using CreditGrains.Api.Transport;
using CreditGrains.Cli.Alerts;
using CreditGrains.Cli.Backups;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Deals;
using CreditGrains.Cli.Features;
using CreditGrains.Cli.Fuzzing;
using CreditGrains.Cli.Generating;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.LoadTests;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Models;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Pools;
using CreditGrains.Cli.Policies;
using CreditGrains.Cli.Queries;
using CreditGrains.Cli.Reconciliation;
using CreditGrains.Cli.Risks;
using CreditGrains.Cli.Security;
using CreditGrains.Cli.Serving;
using CreditGrains.Cli.Training;
using CreditGrains.Cli.Uci;
using CreditGrains.Cli.Verifying;
using CreditGrains.Securitisation;

namespace CreditGrains.Cli;

/// <summary>All commands, and the one place where what went wrong becomes a line and an exit code.</summary>
internal static class CommandTree
{
    private const string Description = """
        CreditGrains: a real-time credit limit engine.

        Amounts are integer minor units (cents for EUR, yen for JPY) unless said otherwise. A facility is written
        TENANT/ENTITY/ID (1/1/42), a node KIND/TENANT/ENTITY/ID (Borrower/1/1/42).

        Exit codes: 0 done or approved; 1 declined, referred, rows not taken, differences found; 2 usage or bad input;
        3 the engine is unavailable; 4 a data directory is damaged or failed its checks.
        """;

    /// <summary>Parses and runs a command line.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Shell shell, CancellationToken cancellationToken = default)
    {
        var parse = Create(shell).Parse(args);
        try
        {
            if (parse.Errors.Count > 0) throw CommandFault.Usage("Usage", $"{UsageText.Of(parse)}; see 'creditgrains {PathOf(parse)}--help'");
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = shell.Out, Error = shell.Error };
            // Told to stop, a server first ends the calls under way; anything else is given the usual two seconds.
            if (parse.CommandResult.Command.Name == ServeCommand.Name) configuration.ProcessTerminationTimeout = ServeCommand.StopsWithin;
            // A load test writes what it saw, and stops the server it started.
            if (LoadTestCommand.IsScenario(parse.CommandResult.Command)) configuration.ProcessTerminationTimeout = LoadTestCommand.StopsWithin;
            return await parse.InvokeAsync(configuration, cancellationToken);
        }
        catch (CommandFault fault)
        {
            return End(shell, fault);
        }
        catch (RpcException e) when (e.Code == StatusCode.Cancelled)
        {
            return End(shell, Interrupted(e));
        }
        catch (RpcException e)
        {
            return End(shell, CommandFault.From(e, AddressOf(parse)));
        }
        catch (OperationCanceledException e)
        {
            return End(shell, Interrupted(e));
        }
        catch (SecurityFileException e)
        {
            return End(shell, CommandFault.Usage(e.Name, e.Advice));
        }
        catch (InvalidInputException e)
        {
            return End(shell, CommandFault.Usage(e.Name, e.Message));
        }
        catch (IOException e)
        {
            return End(shell, CommandFault.From(e));
        }
        catch (UnauthorizedAccessException e)
        {
            return End(shell, CommandFault.Usage("AccessDenied", $"{e.Message.TrimEnd('.')}; check the permissions of the path"));
        }
    }

    private static RootCommand Create(Shell shell) => new(Description)
    {
        ServeCommand.Create(shell),
        StandbyCommand.Create(shell),
        BackupCommand.Create(shell),
        RestoreCommand.Create(shell),
        VerifyCommand.Create(shell),
        KeysCommand.Create(shell),
        AuditCommand.Create(shell),
        ApprovalCommands.Propose(shell),
        ApprovalCommands.Approve(shell),
        ApprovalCommands.Reject(shell),
        ApprovalCommands.List(shell),
        StatusCommand.Create(shell),
        GetCommand.Create(shell),
        HistoryCommand.Create(shell),
        TailCommand.Create(shell),
        AlertCommands.Create(shell),
        AuthorizeCommand.Create(shell),
        ExecuteCommand.Create(shell),
        LimitCommands.SetLimit(shell),
        LimitCommands.SetRate(shell),
        NodeCommands.Freeze(shell),
        NodeCommands.Unfreeze(shell),
        NodeCommands.Close(shell),
        EngineCommands.Snapshot(shell),
        EngineCommands.ConfirmClock(shell),
        ImportCommand.Create(shell),
        GenerateCommand.Create(shell),
        ReplayCommand.Create(shell),
        ReconcileCommand.Create(shell),
        LoanCommands.Create(shell),
        CashflowCommand.Create(shell),
        DealCommand.Create(shell),
        ModelCommand.Create(shell),
        FeatureCommands.Create(shell),
        TrainCommand.Create(shell),
        PoolCommand.Create(shell),
        PolicyCommands.Create(shell),
        RiskCommand.Create(shell),
        FuzzCommand.Create(shell),
        BenchCommand.Create(),
        LoadTestCommand.Create(shell),
    };

    private static int End(Shell shell, CommandFault fault)
    {
        shell.Fault(fault);
        return (int)fault.Code;
    }

    private static CommandFault Interrupted(Exception e) =>
        new(ExitCode.Unavailable, "Interrupted", "stopped before the end; the same command may be run again and goes on where it stopped", e);

    private static Uri? AddressOf(ParseResult parse) =>
        parse.GetResult(ClientOptions.AddressName) is { } result && Uri.TryCreate(result.GetValue<string>(ClientOptions.AddressName), UriKind.Absolute, out var uri) ? uri : null;

    private static string PathOf(ParseResult parse)
    {
        var names = new Stack<string>();
        for (var result = parse.CommandResult; result.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent) names.Push(result.Command.Name);
        return names.Count == 0 ? "" : string.Join(' ', names) + " ";
    }
}
