using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Uci;

/// <summary>creditgrains replay uci.</summary>
internal static class ReplayCommand
{
    /// <summary>The data set's number, so that it keeps out of other books' way.</summary>
    private const ushort TenantUsual = 350;

    public static Command Create(Shell shell) => new("replay", "Replay a real book through the engine") { Uci(shell) };

    private static Command Uci(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "CSV of UCI Machine Learning Repository data set 350, default of credit card clients" };
        var tenant = new Option<ushort>("--tenant") { Description = "Tenant the accounts are opened in", DefaultValueFactory = _ => TenantUsual };
        var command = new Command("uci", "Open the 30,000 card accounts of UCI data set 350 and replay their five months; a second run changes nothing") { file, tenant };
        var scored = new Option<bool>("--scored") { Description = "Train on four fifths of the accounts, score and decide the requests of the fifth; needs --data, an empty directory" };
        command.Add(scored);
        var options = new BookOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetRequiredValue(file);
            var hash = await FileHash.OfAsync(path, cancellationToken);
            var accounts = await UciFile.ReadAsync(path, cancellationToken);
            if (parse.GetValue(scored))
            {
                var directory = parse.GetValue<string?>("--data") ?? throw CommandLine.CommandFault.Usage("Usage", "--scored works on a data directory in this process; give --data");
                return await UciScoredReplay.RunAsync(shell, directory, parse.GetValue(tenant), accounts, hash, options.IsJson(parse), cancellationToken);
            }
            await using var book = await options.OpenAsync(parse, cancellationToken);
            var layout = new UciBook(parse.GetValue(tenant), accounts);
            var started = Stopwatch.GetTimestamp();
            var replay = await LongWork.RunAsync(shell, "replay", UciReplay.PartsOf(accounts.Length), async progress =>
            {
                var made = new UciReplay(book, layout, accounts, hash, progress);
                await made.RunAsync(cancellationToken);
                return made;
            });
            var elapsed = Stopwatch.GetElapsedTime(started);
            var use = new List<(string Label, NodeUse Use)>();
            foreach (var (key, label) in layout.LabelledNodes())
                if (await book.GetNodeAsync(key, cancellationToken) is { } node) use.Add((label, node));
            var report = new UciReport(accounts, replay, use, elapsed, book.Place);
            if (options.IsJson(parse)) report.PrintJson(shell);
            else report.Print(shell);
            return (int)report.Code;
        });
        return command;
    }
}
