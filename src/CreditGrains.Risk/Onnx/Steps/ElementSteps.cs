using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>A function of each number by itself.</summary>
internal sealed class UnaryStep(Slot input, Slot result, Func<double, double> function) : Step(result)
{
    public static Step Of(NodeScope scope, Func<double, double> function)
    {
        var input = scope.Numbers(0);
        return new UnaryStep(input, scope.Make(0, input.Type, input.Shape, input.Sources, input.Classes), function);
    }

    public static Step LeakyRelu(NodeScope scope)
    {
        var slope = (double)scope.Float("alpha", 0.01f);
        return Of(scope, value => value < 0 ? slope * value : value);
    }

    public static Step Clip(NodeScope scope)
    {
        var low = scope.Maybe(1) is not null ? scope.Fixed(1)[0] : scope.Float("min", float.NegativeInfinity);
        var high = scope.Maybe(2) is not null ? scope.Fixed(2)[0] : scope.Float("max", float.PositiveInfinity);
        return Of(scope, value => value < low ? Math.Min(low, high) : value > high ? high : value);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var i = 0; i < to.Length; i++) to[i] = Round(input.Type, function(from[i]));
    }
}

/// <summary>The four operations of arithmetic.</summary>
internal enum BinaryKind
{
    Add,
    Sub,
    Mul,
    Div,
}

/// <summary>Arithmetic on two values whose shapes are made equal by repeating dimensions of 1 (ONNX, "Multidirectional broadcasting").</summary>
internal sealed class BinaryStep(Slot left, Slot right, Slot result, BinaryKind kind, int[] leftPlaces, int[] rightPlaces) : Step(result)
{
    public static Step Of(NodeScope scope, BinaryKind kind)
    {
        var (left, right) = (scope.Numbers(0), scope.Numbers(1));
        if (left.Type != right.Type) throw scope.Refuse($"it combines {left.Described} with {right.Described}; cast one of them first");
        if (left.Type == OnnxType.Bool) throw scope.Refuse("arithmetic on truth values is not defined; cast them first");
        var rank = Math.Max(left.Shape.Length, right.Shape.Length);
        var shape = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            var (a, b) = (Size(left, i, rank), Size(right, i, rank));
            if (a != b && a != 1 && b != 1) throw scope.Refuse($"shapes {left.Described} and {right.Described} do not fit together");
            shape[i] = a == 1 ? b : a;
        }

        // A constant leaves each element with the source of the other side.
        var result = scope.Make(0, left.Type, shape);
        var (leftPlaces, rightPlaces) = (Places(left, shape), Places(right, shape));
        var sources = left.Constant is not null ? Through(right, rightPlaces) : right.Constant is not null ? Through(left, leftPlaces) : null;
        var traced = new Slot { Name = result.Name, Type = result.Type, Shape = shape, Offset = result.Offset, Sources = sources };
        return new BinaryStep(left, right, traced, kind, leftPlaces, rightPlaces);
    }

    public override void Run(Span<double> memory)
    {
        var a = left.Of(memory);
        var b = right.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        var isWhole = left.Type is not (OnnxType.Float or OnnxType.Double);
        for (var i = 0; i < to.Length; i++)
        {
            var (x, y) = (a[leftPlaces[i]], b[rightPlaces[i]]);
            var value = kind switch { BinaryKind.Add => x + y, BinaryKind.Sub => x - y, BinaryKind.Mul => x * y, _ => x / y };
            to[i] = isWhole ? Math.Truncate(value) : Round(left.Type, value);
        }
    }

    private static int[]? Through(Slot slot, int[] places) => slot.Sources is { } sources ? [.. places.Select(place => sources[place])] : null;

    private static int Size(Slot slot, int i, int rank) => i < rank - slot.Shape.Length ? 1 : slot.Shape[i - (rank - slot.Shape.Length)];

    private static int[] Places(Slot slot, int[] shape)
    {
        var total = shape.Aggregate(1, (a, b) => a * b);
        var places = new int[total];
        for (var i = 0; i < total; i++)
        {
            var (rest, place, step) = (i, 0, 1);
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                var (at, size) = (rest % shape[d], Size(slot, d, shape.Length));
                rest /= shape[d];
                if (size != 1) place += at * step;
                step *= size;
            }

            places[i] = place;
        }

        return places;
    }
}

/// <summary>Numbers from one type to another. Text is neither read nor written.</summary>
internal sealed class CastStep(Slot input, Slot result) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Input(0);
        var to = (OnnxType)Math.Clamp(scope.Int("to", 0), 0, 255);
        scope.Int("saturate", 1);
        if (to == input.Type) return new ValueStep(input);
        if (input.Type == OnnxType.Text || to is not (OnnxType.Float or OnnxType.Double or OnnxType.Int64 or OnnxType.Int32 or OnnxType.Bool))
            throw scope.Refuse($"it casts {input.Described} to type {(int)to}; casts between float, double, int32, int64 and bool are understood");
        return new CastStep(input, scope.Make(0, to, input.Shape, input.Sources, input.Classes));
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        var type = Results[0].Type;
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = type switch
            {
                OnnxType.Float or OnnxType.Double => Round(type, from[i]),
                OnnxType.Bool => from[i] != 0 ? 1 : 0,
                OnnxType.Int32 => Math.Clamp(Math.Truncate(from[i]), int.MinValue, int.MaxValue),
                _ => Math.Truncate(from[i]),
            };
        }
    }
}
