using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Scoring and explaining by 200 trees of six splits, one event at a time on one core; beside ONNX Runtime where it is installed.</summary>
internal static class ModelRuns
{
    private const int Trees = 200;
    private const int Depth = 6;
    private const int Features = 30;
    private const int RowCount = 4096;

    public static void Run(BenchSettings settings, string? reference, Report report, List<Figure> figures)
    {
        var random = new Random(12);
        var ensemble = new TreeEnsemble([.. Enumerable.Range(0, Trees).Select(_ => System.Collections.Immutable.ImmutableArray.Create(Tree(random)))], Features);
        var bytes = OnnxWriter.TreeClassifier([.. Enumerable.Range(0, Features).Select(i => $"f{i}")], ensemble);
        var model = OnnxModel.Load(bytes);
        var rows = Enumerable.Range(0, RowCount).Select(_ => Enumerable.Range(0, Features).Select(_ => (double)(float)(random.NextDouble() * 2 - 1)).ToArray()).ToArray();
        var scratch = new double[model.ScratchLength];
        report.Detail($"{Trees} trees of {Depth} splits, {Features} features, {RowCount:N0} different rows in turn, {bytes.Length:N0} bytes of ONNX");

        double sum = 0;
        var allocated = 0L;
        var score = Measured(settings, row =>
        {
            sum += model.Score(rows[row], scratch);
        }, ref allocated);
        report.Detail($"score: {score:F3} µs an event, {allocated} bytes allocated, mean {sum:G4}");
        figures.Add(Asked.TreeScore(score));

        var explainer = OnnxExplainer.Of(model, "rows counted by the trees");
        var contributions = new double[Features];
        var shapley = Measured(settings, row => explainer.Explain(rows[row], contributions, scratch), ref allocated);
        figures.Add(Asked.TreeShapley(shapley / 1000));
        var worst = 0.0;
        foreach (var row in rows)
        {
            explainer.Explain(row, contributions, scratch);
            var probability = model.Score(row, scratch);
            // The probability is rounded to 32 bits, so the margin is taken from the trees themselves.
            worst = Math.Max(worst, Math.Abs(explainer.Mean + contributions.Sum() - Margin(ensemble, row)));
            sum += probability;
        }

        figures.Add(Asked.TreeShapleySum(worst));
        if (Reference(bytes, rows, reference, report) is { } theirs) figures.Add(Asked.TreeRatio(theirs / score, $"{theirs:F1} µs a row there, its Node binding included"));
        else figures.Add(Figure.Missing("ONNX Runtime, a row at a time ÷ ours", "times", Demand.AtLeast, 1, "onnxruntime-node is not installed; give its folder by --onnxruntime"));
    }

    private static double Margin(TreeEnsemble ensemble, double[] row)
    {
        var program = TreeProgram.Compile(ensemble);
        return program.Evaluate(row, new double[program.ScratchLength]);
    }

    /// <summary>Microseconds of one call: the median of nine rounds.</summary>
    private static double Measured(BenchSettings settings, Action<int> work, ref long allocated)
    {
        var budget = Math.Max(0.2, settings.Seconds) / 9;
        var warm = Stopwatch.StartNew();
        for (var i = 0; warm.Elapsed.TotalSeconds < Math.Max(0.5, settings.WarmUpSeconds); i++) work(i % RowCount);
        var rounds = new double[9];
        for (var round = 0; round < rounds.Length; round++)
        {
            var calls = 0;
            var clock = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            while (clock.Elapsed.TotalSeconds < budget)
                for (var i = 0; i < 64; i++) work(calls++ % RowCount);
            rounds[round] = clock.Elapsed.TotalMicroseconds / calls;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(rounds);
        return rounds[rounds.Length / 2];
    }

    private static double? Reference(byte[] model, double[][] rows, string? folder, Report report)
    {
        folder ??= Path.Combine("tests", "CreditGrains.Risk.Tests", "Onnx", "reference");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "onnxruntime-node"))) return null;
        var directory = Directory.CreateTempSubdirectory("creditgrains-bench");
        try
        {
            var (modelFile, dataFile) = (Path.Combine(directory.FullName, "m.onnx"), Path.Combine(directory.FullName, "rows"));
            File.WriteAllBytes(modelFile, model);
            File.WriteAllBytes(dataFile, MemoryMarshal.AsBytes(rows.SelectMany(row => row).Select(value => (float)value).ToArray().AsSpan()));
            var start = new ProcessStartInfo("node", "run.mjs") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
            using var node = Process.Start(start)!;
            node.StandardInput.WriteLine(JsonSerializer.Serialize(new { model = modelFile, rows = rows.Length, inputs = new List<object> { new { name = "features", type = "float32", columns = Features } }, data = dataFile, outputs = new List<string> { "probabilities" }, single = rows.Length }));
            node.StandardInput.Close();
            var answer = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            report.Detail($"onnxruntime-node: {answer.Trim()}");
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.TryGetProperty("microseconds", out var found) ? found.GetDouble() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>A full tree of random splits over features that lie between −1 and 1, times a scale.</summary>
    internal static TreeNode[] Tree(Random random, int features = Features)
    {
        var inner = (1 << Depth) - 1;
        return
        [
            .. Enumerable.Range(0, 2 * inner + 1).Select(i => i < inner
                ? TreeNode.Split(random.Next(features), (float)(random.NextDouble() * 1.6 - 0.8), 2 * i + 1, 2 * i + 2, 10_000 >> (int)Math.Log2(i + 1))
                : TreeNode.Leaf((float)((random.NextDouble() - 0.5) / 10), 10_000 >> Depth)),
        ];
    }
}
