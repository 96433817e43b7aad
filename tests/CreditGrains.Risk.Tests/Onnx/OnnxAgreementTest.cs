using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Onnx.Wire;
using Xunit.Abstractions;

namespace CreditGrains.Risk.Tests.Onnx;

/// <summary>Every kind of model against ONNX Runtime, all outputs of all rows. Where that is not installed a test says so and passes.</summary>
public sealed class OnnxAgreementTest(OnnxRuntimeReference reference, ITestOutputHelper output) : IClassFixture<OnnxRuntimeReference>
{
    private const double Tolerance = 1e-5;

    private static readonly int RowCount = Environment.GetEnvironmentVariable("CREDITGRAINS_LONG") == "1" ? 100_000 : 5_000;

    public static TheoryData<string> Kinds() => [.. ReferenceModels.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Model_OverManyRows_AgreesWithOnnxRuntime(string kind)
    {
        var sample = ReferenceModels.All[kind]();
        var model = OnnxModel.Load(sample.Bytes, new OnnxReading(ScoreColumn: 0));
        var random = new Random(kind.Length * 31 + kind[0]);
        var inputs = sample.Inputs.Select(input => Draw(random, input.Name, input.Type, input.Columns, sample)).ToArray();
        var ours = Evaluate(model, inputs);
        if (!reference.IsHere)
        {
            output.WriteLine("Compared with nothing: run 'npm install --no-package-lock' in Onnx/reference first.");
            return;
        }

        var theirs = await reference.RunAsync(sample.Bytes, RowCount, inputs, sample.Outputs);
        Assert.Null(theirs.Error);
        var isLoose = kind.StartsWith("linear", StringComparison.Ordinal) && kind.EndsWith("PROBIT", StringComparison.Ordinal);
        var at = 0;
        for (var o = 0; o < sample.Outputs.Length; o++)
        {
            var mine = ours[o];
            if (model.Outputs[o].IsText)
            {
                Assert.Equal(theirs.Texts[sample.Outputs[o]], mine.Select(code => model.Text(code)!));
                continue;
            }

            // A label may differ where the two highest scores are within the tolerance; that is judged by the scores.
            var differing = 0;
            var worst = (Error: 0.0, Row: 0, Mine: 0.0, Theirs: 0.0);
            for (var i = 0; i < mine.Count; i++, at++)
            {
                var (a, b) = (mine[i], theirs.Numbers[at]);
                if (double.IsNaN(a) && double.IsNaN(b)) continue;
                if (a.Equals(b)) continue;
                var error = Math.Abs(a - b) / Math.Max(1, Math.Abs(b));
                if (isLoose && (Math.Abs(a - b) <= ProbitSlack(b) || IsOverTheEdge(a, b))) continue;
                if (!(error <= worst.Error)) worst = (error, i, a, b);
                differing++;
            }

            output.WriteLine($"{sample.Outputs[o]}: {mine.Count} numbers, {differing} differ, most by {worst.Error:E2} (ours {worst.Mine}, theirs {worst.Theirs}, at {worst.Row})");
            if (sample.Outputs[o] == "label") Assert.True(differing <= RowCount / 10_000, $"{differing} labels differ, first seen at {worst.Row}: {worst.Mine} for {worst.Theirs}");
            else Assert.True(worst.Error <= Tolerance, $"{kind}: {worst.Mine} for {worst.Theirs} at {worst.Row}, {differing} of {mine.Count} differ");
        }

        Assert.Equal(theirs.Numbers.Length, at);
    }

    /// <summary>
    /// How far the last bits of a sum, whose order depends on the processor, move its PROBIT: by the slope √(2π) · e^(y²/2) of the inverse normal, which grows towards the ends, and near ½ by the 32 bits that cancel there.
    /// </summary>
    private static double ProbitSlack(double y) => Tolerance * Math.Max(1, Math.Abs(y)) + 5e-7 * Math.Sqrt(2 * Math.PI) * Math.Exp(y * y / 2) + Math.Min(2e-3, 2e-6 / Math.Abs(y));

    /// <summary>Next to 0 and 1 the last bits of a sum decide whether there is a PROBIT at all.</summary>
    private static bool IsOverTheEdge(double a, double b) => double.IsFinite(a) != double.IsFinite(b) && Math.Abs(double.IsFinite(a) ? a : b) > 4.5;

    /// <summary>The transform alone, of a number as it is: dense around ½, where everything cancels, near the ends, and outside.</summary>
    [Fact]
    public async Task Probit_OfOneNumber_AgreesWithOnnxRuntimeNearOneHalf()
    {
        var bytes = new OnnxGraphWriter("m").Input("x", OnnxType.Float, 1)
            .Node("LinearRegressor", "ai.onnx.ml", ["x"], ["y"], ("coefficients", new[] { 1f }), ("intercepts", new[] { 0f }), ("targets", 1L), ("post_transform", "PROBIT")).Output("y", OnnxType.Float, 1).ToArray();
        var model = OnnxModel.Load(bytes, new OnnxReading(ScoreColumn: 0));
        double[] values =
        [
            .. Enumerable.Range(-20_000, 40_001).Select(i => (double)(0.5f + i * 5.9604645E-08f)), .. Enumerable.Range(0, 20_001).Select(i => (double)(i / 20_000f)),
            .. Enumerable.Range(2, 40).SelectMany(i => new[] { (double)MathF.Pow(2, -i), 1 - MathF.Pow(2, -i), 0.5f + MathF.Pow(2, -i), 0.5f - MathF.Pow(2, -i) }), -0.25, 1.5, double.NaN,
        ];
        var memory = new double[model.ScratchLength];
        var ours = values.Select(value =>
        {
            model.Evaluate([value], memory);
            return model.Output(0, memory)[0];
        }).ToArray();
        Assert.Equal(0, ours[20_000]);
        Assert.True(double.IsNaN(ours[^1]) && double.IsNaN(ours[^2]) && double.IsNaN(ours[^3]));
        if (!reference.IsHere)
        {
            output.WriteLine("Compared with nothing: run 'npm install --no-package-lock' in Onnx/reference first.");
            return;
        }

        var theirs = (await reference.RunAsync(bytes, values.Length, [new ReferenceInput("x", "float32", 1, values)], ["y"])).Numbers;
        for (var i = 0; i < values.Length; i++)
            Assert.True(ours[i].Equals(theirs[i]) || Math.Abs(ours[i] - theirs[i]) <= Tolerance * Math.Max(1, Math.Abs(theirs[i])), $"probit of {values[i]:R} is {ours[i]:R}, theirs {theirs[i]:R}");
    }

    private static List<double>[] Evaluate(OnnxModel model, ReferenceInput[] inputs)
    {
        var memory = new double[model.ScratchLength];
        var row = new double[model.Inputs.Length];
        var results = model.Outputs.Select(_ => new List<double>()).ToArray();
        for (var r = 0; r < RowCount; r++)
        {
            var at = 0;
            foreach (var input in inputs)
                for (var c = 0; c < input.Columns; c++) row[at++] = input.Texts is { } texts ? model.Code(texts[r * input.Columns + c]) : input.Values[r * input.Columns + c];
            model.Evaluate(row, memory);
            for (var o = 0; o < results.Length; o++) results[o].AddRange(model.Output(o, memory));
        }

        return results;
    }

    private static ReferenceInput Draw(Random random, string name, OnnxType type, int columns, ReferenceModel sample) => type switch
    {
        OnnxType.Text => new(name, "string", columns, [], [.. Enumerable.Range(0, RowCount * columns).Select(_ => sample.Words![random.Next(sample.Words.Length)])]),
        OnnxType.Int64 => new(name, "int64", columns, [.. Enumerable.Range(0, RowCount * columns).Select(_ => (double)random.Next(-3, 4))]),
        OnnxType.Double => new(name, "float64", columns, SampleTrees.Rows(random, RowCount, columns, sample.Missing)),
        _ => new(name, "float32", columns, SampleTrees.Rows(random, RowCount, columns, sample.Missing)),
    };
}
