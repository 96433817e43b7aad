using CreditGrains.Risk.Onnx.Wire;
using CreditGrains.Risk.Trees;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>What an explanation needs of a step with trees.</summary>
internal interface ITreeStep
{
    /// <summary>The trees.</summary>
    TreeEnsemble Trees { get; }

    /// <summary>The columns they look at.</summary>
    Slot Input { get; }

    /// <summary>What their sums become.</summary>
    PostTransform Transform { get; }

    /// <summary>Whether two classes have one score, that of the second.</summary>
    bool IsBinaryMargin { get; }
}

/// <summary>Trees whose leaves add to one or more targets.</summary>
internal sealed class TreeRegressorStep(Slot input, Slot result, TreeProgram program, int scratch, PostTransform transform) : Step(result), ITreeStep
{
    public override long Work => program.Source.Trees.Length * 16L;

    public TreeEnsemble Trees => program.Source;

    public Slot Input => input;

    public PostTransform Transform => transform;

    public bool IsBinaryMargin => false;

    public static Step Of(NodeScope scope)
    {
        var targets = scope.Int("n_targets", 1);
        if (targets is < 1 or > 10_000) throw scope.Refuse($"it has {targets} targets; 1 to 10,000 are understood");
        var aggregate = scope.Word("aggregate_function", "SUM") switch
        {
            "SUM" => TreeAggregate.Sum,
            "AVERAGE" => TreeAggregate.Average,
            "MIN" => TreeAggregate.Min,
            "MAX" => TreeAggregate.Max,
            var other => throw scope.Refuse($"aggregate_function '{other}' is not SUM, AVERAGE, MIN or MAX"),
        };
        var trees = TreeAttributes.Read(scope, "target", (int)targets, aggregate);
        if (trees.BaseValues.Length != 0 && trees.BaseValues.Length != targets) throw scope.Refuse($"it has {trees.BaseValues.Length} base values for {targets} targets; export the model again");
        var transform = PostTransforms.Read(scope);
        var program = TreeProgram.Compile(trees, transform == PostTransform.Probit);
        var result = scope.Make(0, OnnxType.Float, [1, (int)targets]);
        var scratch = scope.Reserve(program.ScratchLength + (int)targets);
        return new TreeRegressorStep(scope.Numbers(0), result, program, scratch, transform);
    }

    public override void Run(Span<double> memory)
    {
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        program.Evaluate(input.Of(memory), to, memory.Slice(scratch, to.Length), memory.Slice(scratch + to.Length, program.ScratchLength));
        for (var i = 0; i < to.Length; i++)
        {
            if (program.Source.BaseValues.Length > 0) to[i] = transform == PostTransform.Probit ? (float)to[i] + (float)program.Source.BaseValues[i] : to[i] + program.Source.BaseValues[i];
            if (to.Length > 1 && memory[scratch + i] == 0) to[i] = 0;
        }

        // With one target ONNX Runtime applies no transform but this one.
        if (to.Length > 1 || transform == PostTransform.Probit) PostTransforms.Apply(transform, to);
        foreach (ref var value in to) value = (float)value;
    }
}

/// <summary>Trees whose leaves vote for classes; gives the label and the scores. Where the specification leaves two classes with one score open, this does as ONNX Runtime does.</summary>
internal sealed class TreeClassifierStep : Step, ITreeStep
{
    private readonly Slot input;
    private readonly TreeProgram program;
    private readonly int scratch;
    private readonly double[] labels;
    private readonly bool isBinary;
    private readonly bool allPositive;

    private TreeClassifierStep(Slot input, Slot label, Slot scores, TreeProgram program, int scratch, double[] labels, PostTransform transform, bool isBinary, bool allPositive) : base(label, scores)
    {
        this.input = input;
        this.program = program;
        this.scratch = scratch;
        this.labels = labels;
        this.isBinary = isBinary;
        this.allPositive = allPositive;
        Transform = transform;
    }

    public override long Work => program.Source.Trees.Length * 16L;

    public TreeEnsemble Trees => program.Source;

    public Slot Input => input;

    public PostTransform Transform { get; }

    public bool IsBinaryMargin => isBinary;

    public static Step Of(NodeScope scope)
    {
        var (texts, wholes) = (scope.Words("classlabels_strings"), scope.Ints("classlabels_int64s"));
        var names = ClassLabels.Names(texts, wholes);
        if (names.Length is < 1 or > 10_000) throw scope.Refuse($"it has {names.Length} class labels; 1 to 10,000 are understood");
        var trees = TreeAttributes.Read(scope, "class", names.Length, TreeAggregate.Sum);
        if (trees.BaseValues.Length > names.Length) throw scope.Refuse($"it has {trees.BaseValues.Length} base values for {names.Length} classes; export the model again");
        var weights = trees.Trees.SelectMany(tree => tree).Where(node => node.IsLeaf).SelectMany(node => node.Weights).ToArray();
        var transform = PostTransforms.Read(scope);
        var program = TreeProgram.Compile(trees, transform == PostTransform.Probit);
        var isText = texts.Count > 0;
        // The label of two classes that both have votes is told by 0 and 1 unless labels are text, and by the second's score alone.
        var isBinary = names.Length == 2 && weights.Select(weight => weight.Target).Distinct().Count() == 1;
        double[] labels = names.Length == 1 || names.Length == 2 && !isBinary && !isText ? (isText ? [scope.Texts.Code("0"), scope.Texts.Code("1")] : [0, 1]) : ClassLabels.Codes(scope, texts, wholes);
        var label = scope.Make(0, isText ? OnnxType.Text : OnnxType.Int64, [1]);
        var scores = scope.Make(1, OnnxType.Float, [1, names.Length], null, names);
        var scratch = scope.Reserve(program.ScratchLength + names.Length);
        return new TreeClassifierStep(
            scope.Numbers(0), label, scores, program, scratch, labels, transform,
            isBinary, weights.All(weight => weight.Value >= 0));
    }

    public override void Run(Span<double> memory)
    {
        var to = memory.Slice(Results[1].Offset, Results[1].Length);
        var touched = memory.Slice(scratch, to.Length);
        program.Evaluate(input.Of(memory), to, touched, memory.Slice(scratch + to.Length, program.ScratchLength));
        var best = to.Length switch { 1 => One(to), 2 => Two(to, touched), _ => Many(to, touched) };
        memory[Results[0].Offset] = labels[best];
        foreach (ref var value in to) value = (float)value;
    }

    private int One(Span<double> to)
    {
        if (program.Source.BaseValues.Length == 1) to[0] += program.Source.BaseValues[0];
        var best = to[0] > 0 ? 1 : 0;
        if (Transform == PostTransform.Probit) to[0] = PostTransforms.Probit(to[0]);
        return best;
    }

    private int Two(Span<double> to, Span<double> touched)
    {
        var bases = program.Source.BaseValues;
        var (hasFirst, hasSecond) = (touched[0] != 0, touched[1] != 0);
        if (bases.Length == 2 && hasSecond)
        {
            to[1] = bases[1] + to[0];
            to[0] = -to[1];
        }
        else
        {
            for (var i = 0; i < bases.Length; i++) to[i] += bases[i];
        }

        var positive = hasSecond ? to[1] : hasFirst ? to[0] : 0;
        var best = positive > (isBinary && allPositive ? 0.5 : 0) ? 1 : 0;
        if (hasSecond || bases.Length == 2)
        {
            // A class that no leaf voted for has the score 0, whatever its base value.
            if (!hasFirst) to[0] = 0;
            if (!hasSecond) to[1] = 0;
            PostTransforms.Apply(Transform, to);
            return best;
        }

        // One score for two classes.
        if (Transform == PostTransform.Probit) positive = PostTransforms.Probit(positive);
        if (Transform == PostTransform.Logistic) (to[0], to[1]) = (Models.CompiledModel.Logistic(-positive), Models.CompiledModel.Logistic(positive));
        else (to[0], to[1]) = (isBinary && allPositive ? 1 - positive : -positive, positive);
        return best;
    }

    private int Many(Span<double> to, Span<double> touched)
    {
        var bases = program.Source.BaseValues;
        for (var i = 0; i < bases.Length; i++)
        {
            to[i] += bases[i];
            touched[i] = 1;
        }

        var best = -1;
        for (var i = 0; i < to.Length; i++)
            if (touched[i] != 0 && (best < 0 || to[i] > to[best])) best = i;
        for (var i = 0; i < to.Length; i++)
            if (touched[i] == 0) to[i] = 0;
        PostTransforms.Apply(Transform, to);
        return Math.Max(best, 0);
    }
}
