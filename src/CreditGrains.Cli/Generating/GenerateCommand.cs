using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Importing;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Portfolio;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Generating;

/// <summary>creditgrains generate: a synthetic portfolio, to a file for 'import' or straight into an engine.</summary>
internal static class GenerateCommand
{
    private const int ReportEvery = 1_000;
    private const long FacilitiesMax = 1_000_000_000;

    public static Command Create(Shell shell)
    {
        var facilities = new Option<long>("--facilities") { Description = "How many facilities", DefaultValueFactory = _ => 1_000 };
        facilities.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() is < 1 or > FacilitiesMax) result.AddError($"--facilities must be 1 to {FacilitiesMax}");
        });
        var seed = new Option<ulong>("--seed") { Description = "Same seed, same portfolio", DefaultValueFactory = _ => 1 };
        var tenant = new Option<ushort>("--tenant") { Description = "Tenant of every row", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "CSV file to write; '-' or left out without --address: standard output", HelpName = "FILE" };
        var command = new Command("generate", "Make a synthetic portfolio: a file for 'import', or straight into the engine at --address") { facilities, seed, tenant, output };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var plan = new PortfolioPlan(parse.GetValue(facilities), parse.GetValue(seed), parse.GetValue(tenant));
            var path = parse.GetValue(output);
            if (!client.IsAddressGiven(parse)) return await WriteAsync(shell, plan, path ?? "-", cancellationToken);
            if (path is not null) throw CommandFault.Usage("Usage", "give --out or --address, not both");
            var started = Stopwatch.GetTimestamp();
            using var channel = client.Connect(parse);
            var reply = await LongWork.RunAsync(shell, "generate", plan.CommandCount, async progress =>
            {
                var name = SHA256.HashData(Encoding.UTF8.GetBytes(plan.Name));
                using var import = await ImportStream.OpenAsync(channel, name, parse.GetValue(tenant), malformedMax: 1, cancellationToken);
                foreach (var row in plan.Commands())
                {
                    if (import.IsOver) break;
                    await import.AddAsync(row);
                    if (import.Rows % ReportEvery == 0) progress.Report(import.Rows);
                }

                return await import.CompleteAsync();
            });
            return (int)ImportReport.Print(shell, reply, new Dictionary<long, RowFault>(), Stopwatch.GetElapsedTime(started), client.IsJson(parse));
        });
        return command;
    }

    private static async Task<int> WriteAsync(Shell shell, PortfolioPlan plan, string path, CancellationToken cancellationToken)
    {
        if (path == "-")
        {
            Write(plan, shell.Out, null, cancellationToken);
            return (int)ExitCode.Ok;
        }

        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 16) { NewLine = "\n" };
        await LongWork.RunAsync(shell, "generate", plan.CommandCount, progress => Task.Run(() => Write(plan, file, progress, cancellationToken), cancellationToken));
        shell.Note($"wrote {plan.CommandCount:N0} rows to {path}");
        return (int)ExitCode.Ok;
    }

    private static long Write(PortfolioPlan plan, TextWriter text, IWorkProgress? progress, CancellationToken cancellationToken)
    {
        var writer = new PortfolioWriter(text);
        writer.WriteHeader();
        var rows = 0L;
        foreach (var row in plan.Commands())
        {
            writer.Write(row);
            if (++rows % ReportEvery != 0) continue;
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(rows);
        }

        return rows;
    }
}
