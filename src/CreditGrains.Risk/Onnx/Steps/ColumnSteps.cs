using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>(x − offset) × scale, column by column, in 32 bits.</summary>
internal sealed class ScalerStep(Slot input, Slot result, double[] offset, double[] scale) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var columns = input.Shape.Length == 0 ? 1 : input.Shape[^1];
        return new ScalerStep(input, scope.Make(0, OnnxType.Float, input.Shape, input.Sources), Wide(scope, "offset", columns), Wide(scope, "scale", columns));
    }

    /// <summary>One value for each column; a single one is for all.</summary>
    public static double[] Wide(NodeScope scope, string name, int columns)
    {
        var values = scope.Floats(name);
        if (values.Count != 1 && values.Count != columns) throw scope.Refuse($"it has {values.Count} values of {name} for {columns} columns; export the model again");
        return [.. Enumerable.Range(0, columns).Select(i => (double)values[values.Count == 1 ? 0 : i])];
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var i = 0; i < to.Length; i++)
        {
            var c = i % offset.Length;
            to[i] = (float)((float)((float)from[i] - offset[c]) * scale[c]);
        }
    }
}

/// <summary>A row divided by its largest value (MAX), the sum of absolutes (L1) or the root of squares (L2); a row of zeros stays.</summary>
internal sealed class NormalizerStep(Slot input, Slot result, string norm) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var norm = scope.Word("norm", "MAX");
        if (norm is not ("MAX" or "L1" or "L2")) throw scope.Refuse($"norm '{norm}' is not MAX, L1 or L2");
        scope.Columns(input);
        return new NormalizerStep(input, scope.Make(0, OnnxType.Float, input.Shape, null, input.Classes), norm);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        double by = norm == "MAX" ? double.NegativeInfinity : 0;
        foreach (var value in from) by = norm switch { "MAX" => Math.Max(by, value), "L1" => by + Math.Abs(value), _ => by + value * value };
        if (norm == "L2") by = Math.Sqrt(by);
        for (var i = 0; i < to.Length; i++) to[i] = (float)(by != 0 ? from[i] / by : from[i]);
    }
}

/// <summary>A constant in place of a value that stands for "missing".</summary>
internal sealed class ImputerStep(Slot input, Slot result, double replaced, double[] imputed) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var columns = input.Shape.Length == 0 ? 1 : input.Shape[^1];
        var floats = scope.Floats("imputed_value_floats");
        var wholes = scope.Ints("imputed_value_int64s");
        double[] values = floats.Count > 0 ? [.. floats.Select(value => (double)value)] : [.. wholes.Select(value => (double)value)];
        var (floatReplaced, wholeReplaced) = (scope.Float("replaced_value_float", 0), scope.Int("replaced_value_int64", 0));
        if (values.Length != 1 && values.Length != columns) throw scope.Refuse($"it has {values.Length} imputed values for {columns} columns; export the model again");
        return new ImputerStep(input, scope.Make(0, input.Type, input.Shape, input.Sources), floats.Count > 0 ? floatReplaced : wholeReplaced, [.. Enumerable.Range(0, columns).Select(i => values[values.Length == 1 ? 0 : i])]);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var i = 0; i < to.Length; i++) to[i] = from[i].Equals(replaced) ? imputed[i % imputed.Length] : from[i];
    }
}

/// <summary>A column for each category, 1 in that of the value. An unknown value gives zeros, or, where the model forbids it, a row that cannot be scored (NaN).</summary>
internal sealed class OneHotStep(Slot input, Slot result, double[] categories, bool allowsUnknown) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Input(0);
        var isText = input.Type == OnnxType.Text;
        double[] categories = isText ? [.. scope.Words("cats_strings").Select(scope.Texts.Code)] : [.. scope.Ints("cats_int64s").Select(value => (double)value)];
        scope.Words("cats_strings");
        scope.Ints("cats_int64s");
        if (categories.Length == 0) throw scope.Refuse($"it has no categories for {input.Described}; export the model again");
        if (categories.Length * (long)input.Length > Slot.LengthMax) throw scope.Refuse("it makes too many columns");
        var sources = input.Sources?.SelectMany(source => Enumerable.Repeat(source, categories.Length)).ToArray();
        return new OneHotStep(input, scope.Make(0, OnnxType.Float, [.. input.Shape, categories.Length], sources), categories, scope.Int("zeros", 1) != 0);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var i = 0; i < from.Length; i++)
        {
            var value = Math.Truncate(from[i]);
            var known = false;
            var row = to.Slice(i * categories.Length, categories.Length);
            for (var c = 0; c < row.Length; c++)
            {
                row[c] = categories[c] == value ? 1 : 0;
                known |= categories[c] == value;
            }

            if (!known && !allowsUnknown) row.Fill(double.NaN);
        }
    }
}

/// <summary>One value for another by a table.</summary>
internal sealed class LabelEncoderStep(Slot input, Slot result, Dictionary<double, double> table, double otherwise) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Input(0);
        var classes = scope.Words("classes_strings");
        if (classes.Count > 0)
        {
            var (otherText, otherWhole) = (scope.Word("default_string", "_Unused"), scope.Int("default_int64", -1));
            var codes = classes.Select(scope.Texts.Code).ToArray();
            return input.Type == OnnxType.Text
                ? Build(scope, input, codes, [.. Enumerable.Range(0, codes.Length).Select(i => (double)i)], OnnxType.Int64, otherWhole)
                : Build(scope, input, [.. Enumerable.Range(0, codes.Length).Select(i => (double)i)], codes, OnnxType.Text, scope.Texts.Code(otherText));
        }

        var (keyType, keys) = Side(scope, "keys");
        var (valueType, values) = Side(scope, "values");
        var otherwise = valueType switch
        {
            OnnxType.Text => scope.Texts.Code(scope.Word("default_string", "_Unused")),
            OnnxType.Int64 => scope.Int("default_int64", -1),
            _ => scope.Float("default_float", -0f),
        };
        foreach (var unused in new[] { "default_string", "default_int64", "default_float" }) scope.Attribute(unused);
        if (scope.Attribute("default_tensor")?.Tensor is { } tensor && tensor.Shape.Length <= 1)
            otherwise = tensor.Type == OnnxType.Text ? scope.Texts.Code(tensor.Texts.FirstOrDefault() ?? "") : tensor.Numbers.FirstOrDefault();
        if (keyType == OnnxType.Text != (input.Type == OnnxType.Text)) throw scope.Refuse($"its keys are {keyType} and its input is {input.Described}; export the model again");
        return Build(scope, input, keys, values, valueType, otherwise);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var i = 0; i < to.Length; i++) to[i] = table.TryGetValue(from[i], out var value) ? value : otherwise;
    }

    private static LabelEncoderStep Build(NodeScope scope, Slot input, double[] keys, double[] values, OnnxType type, double otherwise)
    {
        if (keys.Length != values.Length || keys.Length == 0) throw scope.Refuse($"it has {keys.Length} keys and {values.Length} values; export the model again");
        var table = new Dictionary<double, double>();
        for (var i = 0; i < keys.Length; i++) table.TryAdd(keys[i], values[i]);
        return new LabelEncoderStep(input, scope.Make(0, type, input.Shape, input.Sources), table, otherwise);
    }

    private static (OnnxType Type, double[] Values) Side(NodeScope scope, string side)
    {
        var (texts, wholes, numbers) = (scope.Words(side + "_strings"), scope.Ints(side + "_int64s"), scope.Floats(side + "_floats"));
        if (scope.Attribute(side + "_tensor")?.Tensor is { } tensor) return (tensor.Type, tensor.Type == OnnxType.Text ? [.. tensor.Texts.Select(scope.Texts.Code)] : tensor.Numbers);
        if (texts.Count > 0) return (OnnxType.Text, [.. texts.Select(scope.Texts.Code)]);
        return wholes.Count > 0 ? (OnnxType.Int64, [.. wholes.Select(value => (double)value)]) : (OnnxType.Float, [.. numbers.Select(value => (double)value)]);
    }
}

/// <summary>Columns picked by their place along the last dimension.</summary>
internal sealed class ArrayFeatureStep(Slot input, Slot places, Slot result) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var (input, places) = (scope.Input(0), scope.Numbers(1));
        if (input.Shape.Length == 0 || input.Shape[^1] == 0) throw scope.Refuse("it picks columns from nothing");
        if (places.Constant is { } fixedPlaces && fixedPlaces.Any(place => place < 0 || place >= input.Shape[^1])) throw scope.Refuse($"it picks a column that {input.Described} does not have");
        int[] shape = input.Shape.Length == 1 ? [1, places.Length] : [.. input.Shape[..^1], places.Length];
        var sources = input.Sources is { } all && places.Constant is { } picked && input.Length == input.Shape[^1] ? picked.Select(place => all[(int)place]).ToArray() : null;
        return new ArrayFeatureStep(input, places, scope.Make(0, input.Type, shape, sources));
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var picked = places.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        var width = input.Shape[^1];
        for (var i = 0; i < to.Length; i++)
        {
            var place = picked[i % picked.Length];
            to[i] = place >= 0 && place < width ? from[i / picked.Length * width + (int)place] : double.NaN;
        }
    }
}
