using System.CommandLine;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Cli.Cashflows;

/// <summary>creditgrains cashflow compress: fewer rep lines for many loans, with the measured price error.</summary>
internal static class CompressCommand
{
    public static Command Create(Shell shell)
    {
        var inputs = new CashflowInputs();
        var error = new Option<double>("--error-max") { Description = "Largest price error, in basis points of price", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "File to write instead of the output", HelpName = "FILE" };
        var command = new Command("compress", "Put loans together in rep lines, as few as the measured price error allows") { error, output };
        foreach (var option in inputs.All) command.Add(option);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var pool = await inputs.ReadPoolAsync(parse, shell, cancellationToken);
            var sets = await inputs.ReadScenariosAsync(parse, cancellationToken);
            var conventions = await inputs.ReadConventionsAsync(parse, cancellationToken);
            var compressed = RepLines.Of(pool.Lines, [.. sets.Select(set => (IReadOnlyList<Scenario>)set)], conventions, pool.Calendar, parse.GetValue(error));
            var file = LinesWriter.Write(new LinesFile(pool.Currency, pool.IsMajor, pool.CutOff, compressed.Lines));
            if (parse.GetValue(output) is { } target) await File.WriteAllBytesAsync(target, file, cancellationToken);
            else shell.Out.WriteLine(System.Text.Encoding.UTF8.GetString(file));
            shell.Note($"{compressed.Loans:N0} loans in {compressed.Lines.Length:N0} rep lines: price error {compressed.PriceErrorBasisPoints:F4} bp at yields of {100 * compressed.YieldAnnual:F2} % and 3 % below and above, over {sets.Length} scenarios; terms and ages within {compressed.MonthsWidth} months, rates within {100 * compressed.RateWidth:F2} %");
            return (int)(pool.Rejected.Count > 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }
}
