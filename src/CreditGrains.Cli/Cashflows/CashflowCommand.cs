using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Cli.Cashflows;

/// <summary>creditgrains cashflow: stand-alone cash flows from files, without an engine. Docs: docs/cashflows.md.</summary>
internal static class CashflowCommand
{
    public static Command Create(Shell shell) => new("cashflow", "Project cash flows of rep lines or a loan tape from files; formats in docs/cashflows.md")
    {
        Project(shell),
        CompressCommand.Create(shell),
        RollRatesCommand.Create(shell),
        CashflowBench.Create(),
    };

    private static Command Project(Shell shell)
    {
        var inputs = new CashflowInputs();
        var columns = new Option<bool>("--columns") { Description = "Project with the column kernel: for large tapes; recoveries are rounded on sums" };
        var by = new Option<string>("--by") { Description = "total, segment or loan", DefaultValueFactory = _ => "total", HelpName = "WHAT" };
        by.AcceptOnlyFromAmong("total", "segment", "loan");
        var output = new Option<string?>("--out") { Description = "File to write instead of the output", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON object a period instead of CSV, then one with the summary" };
        var command = new Command("project", "Project, print a table by period and a summary line") { columns, by, output, json };
        foreach (var option in inputs.All) command.Add(option);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var pool = await inputs.ReadPoolAsync(parse, shell, cancellationToken);
            var scenarios = await inputs.ReadScenariosAsync(parse, cancellationToken);
            var conventions = await inputs.ReadConventionsAsync(parse, cancellationToken);
            var start = Stopwatch.GetTimestamp();
            var parts = scenarios.SelectMany(set => PartsOf(pool, set, conventions, parse.GetRequiredValue(by), parse.GetValue(columns))).ToArray();
            var elapsed = Stopwatch.GetElapsedTime(start);
            var target = parse.GetValue(output);
            await using var file = target is null ? null : new StreamWriter(target);
            if (file is not null) file.NewLine = "\n";
            var writer = new CashflowOutput(file ?? shell.Out, pool, conventions, parse.GetValue(json));
            writer.Write(parts);
            foreach (var part in parts.Where(part => part.Id.Length == 0 && part.Segment is null))
                shell.Note($"{writer.Summary(part)}; {pool.Lines.Count:N0} loans in {elapsed.TotalSeconds:F3} s");
            return (int)(pool.Rejected.Count > 0 ? ExitCode.Differences : ExitCode.Ok);
        });
        return command;
    }

    private static IEnumerable<CashflowPart> PartsOf(CashflowPool pool, IReadOnlyList<Scenario> set, ProjectionConventions conventions, string by, bool isColumns)
    {
        var name = set[0].Name;
        if (by == "loan")
        {
            var calendar = pool.Calendar;
            foreach (var line in pool.Lines)
            {
                var own = set.Count == 1 ? set[0] : line.Segment < set.Count
                    ? set[line.Segment]
                    : throw CommandFault.Usage("SegmentUnknown", $"loan '{line.Id}' is in segment {line.Segment}, which has no scenario; there are {set.Count}, from 0");
                yield return new CashflowPart(name, null, line.Id, LineProjection.Of(line, own, conventions, calendar));
            }

            yield break;
        }

        var flows = isColumns ? ColumnProjection.Run(pool.ToColumns(), [set], conventions, pool.Calendar)[0] : PoolProjection.Run(pool.Lines, set, conventions, pool.Calendar);
        if (by == "segment")
            for (var segment = 0; segment < flows.Segments.Count; segment++) yield return new CashflowPart(name, segment, "", flows.Segments[segment]);
        yield return new CashflowPart(name, null, "", flows.Total);
    }
}
