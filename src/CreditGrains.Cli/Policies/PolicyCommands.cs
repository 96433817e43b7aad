using System.CommandLine;
using System.Diagnostics;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Policies;

/// <summary>creditgrains policy: decision models from DMN files, without an engine. Docs: docs/policies.md.</summary>
internal static class PolicyCommands
{
    private const int BenchRounds = 5;

    public static Command Create(Shell shell) =>
        new("policy", "Decision models from DMN files, without an engine: check one, decide with it, run a conformance suite") { Check(shell), Decide(shell), Tck(shell), Bench(shell) };

    private static Command Check(Shell shell)
    {
        var (command, file, json) = New("check", "Read a model and print what it asks for and decides, with warnings of gaps and overlaps of its tables");
        var strict = new Option<bool>("--strict") { Description = "End with exit code 1 when there are warnings" };
        command.Add(strict);
        command.SetAction(parse =>
        {
            var policy = Read(parse.GetRequiredValue(file));
            if (parse.GetValue(json))
            {
                shell.Record(new { policy.Name, policy.Hash, policy.Inputs, policy.Decisions, policy.Warnings });
                return (int)CodeOf(policy, parse.GetValue(strict));
            }

            shell.Line($"{policy.Name}, version {policy.Hash[..12]}");
            shell.Table("inputs", ["name", "type"], policy.Inputs.Select(input => new[] { input.Name, input.TypeName }));
            shell.Table("decisions", ["name", "type", "logic", "rests on"], policy.Decisions.Select(decision => new[] { decision.Name, decision.TypeName, decision.Logic, string.Join(", ", decision.Inputs) }));
            foreach (var warning in policy.Warnings) shell.Line($"warning: {warning}");
            return (int)CodeOf(policy, parse.GetValue(strict));
        });
        return command;
    }

    private static ExitCode CodeOf(Policy policy, bool isStrict) => isStrict && policy.Warnings.Count > 0 ? ExitCode.Differences : ExitCode.Ok;

    private static Command Decide(Shell shell)
    {
        var (command, file, json) = New("decide", "Decide with a model, and say which rules held");
        var decision = new Option<string?>("--decision") { Description = "Its name; left out: the only one, or the last of the file" };
        var input = new Option<string?>("--input") { Description = "Inputs as a JSON object, or @FILE" };
        var csv = new Option<string?>("--csv") { Description = "Inputs as a CSV with a column for each, one decision a row", HelpName = "FILE" };
        command.Add(decision);
        command.Add(input);
        command.Add(csv);
        command.SetAction(parse =>
        {
            var policy = Read(parse.GetRequiredValue(file));
            var name = parse.GetValue(decision) ?? policy.Decisions[^1].Name;
            if (parse.GetValue(csv) is { } rows)
            {
                foreach (var (row, values) in PolicyCsv.Read(policy, rows))
                {
                    var steps = new PolicyTrace();
                    var made = Named(() => policy.Decide(name, values, steps));
                    if (parse.GetValue(json)) shell.Record(new { Row = row, Value = PolicyJson.Of(made), Rules = steps.Hits.Select(hit => new { hit.Decision, hit.Rule }), Notes = steps.Notes.Select(note => new { note.Decision, note.Text }) });
                    else shell.Line($"row {row}: {made.ToString()}{string.Concat(steps.Hits.Select(hit => $", rule {hit.Rule} of '{hit.Decision}'"))}{string.Concat(steps.Notes.Select(note => $"; '{note.Decision}': {note.Text}"))}");
                }
                return (int)ExitCode.Ok;
            }
            var text = parse.GetValue(input) ?? throw CommandFault.Usage("NoInput", "give the inputs by --input or --csv");
            var inputs = PolicyJson.Read(policy, text.StartsWith('@') ? File.ReadAllText(text[1..]) : text);
            var trace = new PolicyTrace();
            var value = Named(() => policy.Decide(name, inputs, trace));
            if (parse.GetValue(json))
            {
                shell.Record(new
                {
                    policy.Hash, Decision = name, Value = PolicyJson.Of(value), Rules = trace.Hits.Select(hit => new { hit.Decision, hit.Rule }), Notes = trace.Notes.Select(note => new { note.Decision, note.Text }),
                });
                return (int)ExitCode.Ok;
            }

            shell.Line($"{name} = {value.ToString()}");
            foreach (var hit in trace.Hits) shell.Line($"  rule {hit.Rule} of '{hit.Decision}' holds");
            foreach (var note in trace.Notes) shell.Line($"  '{note.Decision}': {note.Text}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Tck(Shell shell)
    {
        var directory = new Argument<string>("directory") { Description = "A part of the public DMN TCK, such as TestCases/compliance-level-2" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a result" };
        var command = new Command("tck", "Run the cases of a conformance suite; every case is passed, failed or refused by name") { directory, json };
        command.SetAction(parse =>
        {
            var root = parse.GetRequiredValue(directory);
            if (!Directory.Exists(root)) throw CommandFault.Usage("NoDirectory", $"there is no directory {root}");
            var counts = new int[3];
            foreach (var file in Directory.EnumerateFiles(root, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(file => file.Contains("-test-", StringComparison.Ordinal)))
            {
                foreach (var result in TckCase.Run(file))
                {
                    counts[(int)result.Outcome]++;
                    if (parse.GetValue(json)) shell.Record(result);
                    else if (result.Outcome != TckOutcome.Passed) shell.Line($"{result.Outcome.ToString()}: {result.Name}: {result.Text}");
                }
            }

            shell.Note($"{counts[0]} passed, {counts[1]} failed, {counts[2]} refused by name");
            return (int)(counts[1] + counts[2] == 0 && counts[0] > 0 ? ExitCode.Ok : ExitCode.Differences);
        });
        return command;
    }

    private static Command Bench(Shell shell)
    {
        var (command, file, json) = New("bench", "Time decisions on one core: the median of five rounds");
        var decision = new Option<string?>("--decision") { Description = "Its name; left out: the last of the file" };
        var input = new Option<string>("--input") { Description = "Inputs as a JSON object, or @FILE", Required = true };
        var count = new Option<int>("--count") { Description = "Decisions a round", DefaultValueFactory = _ => 500_000 };
        command.Add(decision);
        command.Add(input);
        command.Add(count);
        command.SetAction(parse =>
        {
            var policy = Read(parse.GetRequiredValue(file));
            var name = parse.GetValue(decision) ?? policy.Decisions[^1].Name;
            var text = parse.GetRequiredValue(input);
            var inputs = PolicyJson.Read(policy, text.StartsWith('@') ? File.ReadAllText(text[1..]) : text);
            var times = new double[BenchRounds];
            var value = FeelValue.Null;
            for (var round = -1; round < BenchRounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < parse.GetValue(count); i++) value = policy.Decide(name, inputs);
                if (round >= 0) times[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / parse.GetValue(count);
            }

            Array.Sort(times);
            var median = times[BenchRounds / 2];
            if (parse.GetValue(json)) shell.Record(new { Decision = name, NanosecondsMedian = median, Value = PolicyJson.Of(value) });
            else shell.Line($"{name} = {value.ToString()}: {median:F0} ns a decision (median of {BenchRounds} rounds)");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Policy Read(string file) => Named(() => Policy.Read(File.ReadAllText(file)));

    private static T Named<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (PolicyFault e)
        {
            throw CommandFault.Usage(e.Name, e.Message);
        }
    }

    private static (Command Command, Argument<string> File, Option<bool> Json) New(string name, string description)
    {
        var file = new Argument<string>("file") { Description = "DMN file, version 1.1 to 1.5" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object" };
        return (new Command(name, description) { file, json }, file, json);
    }
}
