using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Loans.Apr;
using CreditGrains.Domain.Loans.Schedules;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Loans;

/// <summary>creditgrains loan: schedules, rates and the life of one loan from a file, without an engine.</summary>
internal static class LoanCommands
{
    public static Command Create(Shell shell) =>
        new("loan", "Loans: one from a file without an engine (schedule, annual percentage rate, life), or a tape of running loans into a server") { Schedule(shell), Apr(shell), Life(shell), Import.LoanImportCommand.Create(shell) };

    private static Command Schedule(Shell shell)
    {
        var (command, file, json, csv) = New("schedule", "Print the instalments of loan terms");
        command.SetAction(parse =>
        {
            using var document = JsonAt.Parse(parse.GetRequiredValue(file));
            var schedule = LoanFile.Or(ScheduleBuilder.Build(LoanFile.Terms(new JsonAt(document.RootElement, "$"))));
            ScheduleView.Print(shell, schedule, AprFile.OfLoan(schedule), FormatOf(parse, json, csv));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Apr(Shell shell)
    {
        var (command, file, json, csv) = New("apr", "Print the annual percentage rate by the actuarial method (Regulation Z, Appendix J) of loan terms, of advances and payments, or of published cases");
        command.SetAction(parse =>
        {
            using var document = JsonAt.Parse(parse.GetRequiredValue(file));
            var root = new JsonAt(document.RootElement, "$");
            if (root.Maybe("cases") is { } cases) return (int)AprCases.Print(shell, AprCases.Read(cases), FormatOf(parse, json, csv));
            var rate = AprFile.Read(root);
            PrintRate(shell, rate, FormatOf(parse, json, csv));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Life(Shell shell)
    {
        var (command, file, json, csv) = New("life", "Carry out the acts of a loan file, payments and the like, and print the loan after each");
        command.SetAction(parse =>
        {
            using var document = JsonAt.Parse(parse.GetRequiredValue(file));
            LifeView.Print(shell, LifeFile.Run(new JsonAt(document.RootElement, "$")), FormatOf(parse, json, csv));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static (Command Command, Argument<string> File, Option<bool> Json, Option<bool> Csv) New(string name, string description)
    {
        var file = new Argument<string>("file") { Description = "JSON file as docs/loans.md describes it" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var csv = new Option<bool>("--csv") { Description = "Print CSV with a header, amounts in minor units" };
        return (new Command(name, description) { file, json, csv }, file, json, csv);
    }

    private static PrintFormat FormatOf(ParseResult parse, Option<bool> json, Option<bool> csv) => (parse.GetValue(json), parse.GetValue(csv)) switch
    {
        (true, true) => throw CommandFault.Usage("Usage", "give --json or --csv, not both"),
        (true, false) => PrintFormat.Json,
        (false, true) => PrintFormat.Csv,
        _ => PrintFormat.Table,
    };

    private static void PrintRate(Shell shell, AprResult rate, PrintFormat format)
    {
        var unit = rate.Unit?.ToString() ?? "as given";
        var roots = rate.UnitRoots.Select(root => Math.Round(100 * root * rate.UnitPeriodsPerYear, 6)).ToArray();
        switch (format)
        {
            case PrintFormat.Json:
                shell.Record(new { AprPercent = rate.PercentRounded(), AprPercentExact = rate.Percent, rate.UnitRate, UnitPeriod = unit, rate.UnitPeriodsPerYear, rate.EffectivePercent, RootsPercent = roots });
                break;
            case PrintFormat.Csv:
                shell.Line($"apr_percent,apr_percent_exact,unit_rate,unit_period,unit_periods_per_year,effective_percent");
                shell.Line($"{rate.PercentRounded():F2},{rate.Percent:R},{rate.UnitRate:R},{unit},{rate.UnitPeriodsPerYear:R},{rate.EffectivePercent:R}");
                break;
            default:
                shell.Line($"APR {rate.PercentRounded():F2} % ({rate.Percent:F6} %), unit-period {unit}, {rate.UnitPeriodsPerYear:0.####} a year; compounded {rate.EffectivePercent:F4} % a year");
                if (roots.Length > 1) shell.Line($"Several rates solve the equation: {string.Join(" %, ", roots.Select(root => root.ToString(CultureInfo.InvariantCulture)))} %; the lowest that is not negative is given.");
                break;
        }
    }
}

/// <summary>How a result is printed.</summary>
internal enum PrintFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary>A header and rows.</summary>
    Csv,
}
