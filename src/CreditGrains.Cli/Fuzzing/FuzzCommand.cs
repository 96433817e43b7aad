using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Fuzzing;

/// <summary>creditgrains fuzz: hostile inputs to everything that reads bytes from outside. No crash, no hang, nothing of one tenant to another.</summary>
internal static class FuzzCommand
{
    private const long InputsUsual = 1_000_000;
    private const int HangSeconds = 20;

    /// <summary>How many of the inputs each target gets, parts of 100: calls cost more than files, and are most exposed.</summary>
    private static readonly (string Name, int Part)[] Shares = [("grpc", 30), ("json", 20), ("tape", 10), ("deal", 10), ("dmn", 10), ("onnx", 10), ("journal", 10)];

    public static Command Create(Shell shell)
    {
        var inputs = new Option<long>("--inputs") { Description = "How many in all, dealt over the targets", DefaultValueFactory = _ => InputsUsual };
        var seed = new Option<ulong>("--seed") { Description = "The same seed makes the same inputs", DefaultValueFactory = _ => 1UL };
        var only = new Option<string?>("--target") { Description = $"One target only: {string.Join(", ", Shares.Select(share => share.Name))}", HelpName = "NAME" };
        var examples = new Option<string>("--examples") { Description = "Directory of good deals (deal-*.json) and decision models (*.dmn) to begin with", HelpName = "DIR", DefaultValueFactory = _ => "docs/examples" };
        var save = new Option<string>("--save") { Description = "Where inputs that did harm are kept", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var threads = new Option<int>("--threads") { Description = "Inputs under way at once", DefaultValueFactory = _ => 8 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a target" };
        var command = new Command("fuzz", "Give hostile inputs to gRPC, JSON, tapes, deals, DMN, ONNX and journals. Exit code 1 when one did harm") { inputs, seed, only, examples, save, threads, json };
        inputs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError("--inputs must be 1 or more");
        });
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 256) result.AddError("--threads must be 1 to 256");
        });
        only.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && Shares.All(share => share.Name != name)) result.AddError($"--target '{name}' is none of {string.Join(", ", Shares.Select(share => share.Name))}");
        });
        command.SetAction(parse =>
        {
            var chosen = Shares.Where(share => parse.GetValue(only) is not { } name || share.Name == name).ToArray();
            var parts = chosen.Sum(share => share.Part);
            var results = new List<FuzzResult>();
            foreach (var (name, part) in chosen)
            {
                using var target = Make(name, parse.GetRequiredValue(examples));
                var count = (parse.GetValue(inputs) * part + parts - 1) / parts;
                shell.Note($"fuzz {name}: {count:N0} inputs");
                var run = new FuzzRun(target, parse.GetValue(seed), count, target is FileTarget { Name: "tape" } ? 1 : parse.GetValue(threads), TimeSpan.FromSeconds(HangSeconds));
                var result = run.Run();
                Keep(parse.GetRequiredValue(save), run, result);
                results.Add(result);
                if (parse.GetValue(json)) shell.Record(result);
            }

            if (!parse.GetValue(json)) Print(shell, results);
            return (int)(results.All(result => result.Findings.Count == 0) ? ExitCode.Ok : ExitCode.Differences);
        });
        return command;
    }

    /// <summary>Makes a target.</summary>
    internal static IFuzzTarget Make(string name, string examples) => name switch
    {
        "grpc" => new CallTarget(isJson: false),
        "json" => new CallTarget(isJson: true),
        "tape" => FileTargets.Tapes(),
        "deal" => FileTargets.Deals(Read(examples, "deal-*.json")),
        "dmn" => FileTargets.Policies(Read(examples, "*.dmn")),
        "onnx" => FileTargets.Models(),
        _ => new JournalTarget(),
    };

    private static List<byte[]> Read(string directory, string pattern)
    {
        var files = Directory.Exists(directory) ? Directory.GetFiles(directory, pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList() : [];
        return files.Count > 0 ? files : throw CommandFault.Usage("NoExamples", $"there is no {pattern} in '{directory}'; name the examples of a checkout by --examples");
    }

    private static void Keep(string directory, FuzzRun run, FuzzResult result)
    {
        foreach (var finding in result.Findings.Where(finding => finding.Number >= 0))
            File.WriteAllBytes(Path.Combine(directory, FormattableString.Invariant($"fuzz-{result.Target}-{finding.Number}.bin")), run.InputOf(finding.Number));
    }

    private static void Print(Shell shell, List<FuzzResult> results)
    {
        shell.Table("", ["target", "#inputs", "#taken", "#refused by name", "#crashes", "#hangs", "#leaks", "#seconds"], results.Select(r => new[]
        {
            r.Target, Text(r.Inputs), Text(r.Taken), Text(r.Refused), Text(Count(r, "crash")), Text(Count(r, "hang")), Text(Count(r, "leak")), r.Seconds.ToString("N1", CultureInfo.InvariantCulture),
        }));
        foreach (var result in results)
            foreach (var finding in result.Findings)
                shell.Line($"{result.Target} {finding.Kind} by input {finding.Number}: {finding.What}");
    }

    private static int Count(FuzzResult result, string kind) => result.Findings.Count(finding => finding.Kind == kind);

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
