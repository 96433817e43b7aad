using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Risk.Models;

namespace CreditGrains.Cli.Models;

/// <summary>creditgrains model combine: several model files made one, by weight or behind a gate.</summary>
internal static class CombineCommand
{
    public static Command Create(Shell shell)
    {
        var files = new Argument<string[]>("files") { Description = "Model files, each with its weight (card.json=0.4 trees.onnx=0.6); with --below two files without, the gate first", Arity = ArgumentArity.OneOrMore };
        var below = new Option<double?>("--below") { Description = "Gate: the second model decides where the gate's probability of the bad event is lower", HelpName = "PROBABILITY" };
        var name = new Option<string>("--name") { Description = "Name of the combined model", DefaultValueFactory = _ => "combined" };
        var output = new Option<string>("--out") { Description = "File that is written", Required = true, HelpName = "FILE" };
        var command = new Command("combine", "Make one model of several: probabilities averaged by weight, or a second model behind a gate") { files, below, name, output };
        command.SetAction(parse =>
        {
            var made = ModelCommand.Try(() => Made(parse.GetRequiredValue(name), parse.GetRequiredValue(files), parse.GetValue(below)));
            File.WriteAllBytes(parse.GetRequiredValue(output), made);
            ModelView.Print(shell, ModelRegistry.Compile(made), ModelRegistry.HashOf(made), false);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static byte[] Made(string name, string[] files, double? below)
    {
        if (below is { } bound)
        {
            if (files.Length != 2) throw CommandFault.Usage("Usage", $"--below takes two files, the gate first; {files.Length} are given");
            return CombinedFile.Gated(name, ModelCommand.Read(files[0]), ModelCommand.Read(files[1]), bound);
        }

        return CombinedFile.Weighted(name, [.. files.Select(Weighed)]);
    }

    private static (byte[] File, double Weight) Weighed(string text)
    {
        var at = text.LastIndexOf('=');
        if (at < 0 || !double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)) throw CommandFault.Usage("Usage", $"'{text}' has no weight; write FILE=WEIGHT, such as card.json=0.4");
        return (ModelCommand.Read(text[..at]), weight);
    }
}
