using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>Operators that name or shape values anew and move no number.</summary>
internal static class ShapeSteps
{
    public static Step Identity(NodeScope scope) => new ValueStep(scope.Input(0));

    public static Step Dropout(NodeScope scope)
    {
        scope.Float("ratio", 0.5f);
        scope.Int("seed", 0);
        if (scope.Maybe(2) is { } training && (training.Constant is not [0])) throw scope.Refuse("it is in training mode; export the model for inference");
        if (scope.Node.Outputs.Count > 1 && scope.Node.Outputs[1].Length > 0) throw scope.Refuse("its mask is used; export the model for inference");
        return new ValueStep(scope.Input(0));
    }

    /// <summary>One map a row from class to score: the scores pass as they are, with the names of the classes.</summary>
    public static Step ZipMap(NodeScope scope)
    {
        var scores = scope.Numbers(0);
        string[] classes = [.. scope.Words("classlabels_strings"), .. scope.Ints("classlabels_int64s").Select(label => label.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        if (classes.Length != scope.Columns(scores)) throw scope.Refuse($"it has {classes.Length} labels for {scope.Columns(scores)} scores; export the model again");
        return new ValueStep(new Slot { Name = scope.Node.Outputs[0], Type = scores.Type, Shape = scores.Shape, Constant = scores.Constant, Offset = scores.Offset, Sources = scores.Sources, Classes = classes });
    }

    public static Step Constant(NodeScope scope)
    {
        var tensor = scope.Attribute("value")?.Tensor ?? Scalar(scope) ?? throw scope.Refuse("its value is of a kind that is not understood; export it as a dense tensor");
        var texts = tensor.Type == OnnxType.Text ? tensor.Texts.Select(scope.Texts.Code).ToArray() : tensor.Numbers;
        return new ValueStep(new Slot { Name = scope.Node.Outputs[0], Type = tensor.Type == OnnxType.Half ? OnnxType.Float : tensor.Type, Shape = tensor.Shape, Constant = texts });
    }

    public static Step Reshape(NodeScope scope)
    {
        var input = scope.Input(0);
        var keepsZero = scope.Int("allowzero", 0) != 0;
        var wanted = scope.Fixed(1);
        var shape = new int[wanted.Length];
        var open = -1;
        var product = 1L;
        for (var i = 0; i < shape.Length; i++)
        {
            if (wanted[i] is < -1 or > int.MaxValue) throw scope.Refuse($"it asks for a dimension of {wanted[i]}");
            if (wanted[i] == -1)
            {
                if (open >= 0) throw scope.Refuse("it leaves two dimensions open");
                open = i;
                continue;
            }

            if (wanted[i] == 0 && !keepsZero && i >= input.Shape.Length) throw scope.Refuse($"dimension {i} is to be kept, and there is none");
            shape[i] = wanted[i] == 0 && !keepsZero ? input.Shape[i] : (int)wanted[i];
            product *= shape[i];
            if (product > Slot.LengthMax) throw scope.Refuse("the new shape is too large");
        }

        if (open >= 0) shape[open] = product == 0 ? 0 : (int)(input.Length / product);
        return As(scope, input, shape);
    }

    public static Step Flatten(NodeScope scope)
    {
        var input = scope.Input(0);
        var axis = scope.Int("axis", 1);
        if (axis < 0) axis += input.Shape.Length;
        if (axis < 0 || axis > input.Shape.Length) throw scope.Refuse($"axis {axis} is not among {input.Shape.Length} dimensions");
        var before = input.Shape.Take((int)axis).Aggregate(1, (a, b) => a * b);
        return As(scope, input, [before, before == 0 ? 0 : input.Length / before]);
    }

    public static Step Squeeze(NodeScope scope)
    {
        var input = scope.Input(0);
        var axes = Axes(scope, input.Shape.Length);
        if (axes is not null && axes.Any(axis => input.Shape[axis] != 1)) throw scope.Refuse("it drops a dimension that is not 1");
        return As(scope, input, [.. input.Shape.Where((size, i) => axes is null ? size != 1 : !axes.Contains(i))]);
    }

    public static Step Unsqueeze(NodeScope scope)
    {
        var input = scope.Input(0);
        var given = scope.Maybe(1) is not null ? [.. scope.Fixed(1).Select(axis => (long)axis)] : scope.Ints("axes");
        var rank = input.Shape.Length + given.Count;
        if (rank > 8) throw scope.Refuse("the new shape has more than 8 dimensions");
        var axes = given.Select(axis => scope.Axis(axis, rank)).ToHashSet();
        if (axes.Count != given.Count) throw scope.Refuse("an axis is named twice");
        var rest = new Queue<int>(input.Shape);
        return As(scope, input, [.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? 1 : rest.Dequeue())]);
    }

    private static HashSet<int>? Axes(NodeScope scope, int rank)
    {
        List<long> given = scope.Maybe(1) is not null ? [.. scope.Fixed(1).Select(axis => (long)axis)] : scope.Ints("axes");
        return given.Count == 0 ? null : given.Select(axis => scope.Axis(axis, rank)).ToHashSet();
    }

    private static ValueStep As(NodeScope scope, Slot input, int[] shape)
    {
        var slot = new Slot { Name = scope.Node.Outputs[0], Type = input.Type, Shape = shape, Constant = input.Constant, Offset = input.Offset, Sources = input.Sources, Classes = input.Classes };
        return slot.Length == input.Length ? new ValueStep(slot) : throw scope.Refuse($"{input.Described} cannot have shape [{string.Join(',', shape)}]: rows are scored one at a time; export with an open first dimension");
    }

    private static OnnxTensor? Scalar(NodeScope scope)
    {
        if (scope.Attribute("value_float")?.Float is { } number) return new OnnxTensor { Type = OnnxType.Float, Numbers = [number] };
        if (scope.Attribute("value_int")?.Int is { } whole) return new OnnxTensor { Type = OnnxType.Int64, Numbers = [whole] };
        if (scope.Attribute("value_string")?.Text is { } text) return new OnnxTensor { Type = OnnxType.Text, Texts = [text] };
        if (scope.Floats("value_floats") is { Count: > 0 } numbers) return new OnnxTensor { Type = OnnxType.Float, Shape = [numbers.Count], Numbers = [.. numbers.Select(value => (double)value)] };
        if (scope.Ints("value_ints") is { Count: > 0 } wholes) return new OnnxTensor { Type = OnnxType.Int64, Shape = [wholes.Count], Numbers = [.. wholes.Select(value => (double)value)] };
        if (scope.Words("value_strings") is { Count: > 0 } texts) return new OnnxTensor { Type = OnnxType.Text, Shape = [texts.Count], Texts = [.. texts] };
        return null;
    }
}
