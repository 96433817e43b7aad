using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>Values side by side along an axis.</summary>
internal sealed class ConcatStep(Slot[] parts, Slot result, int[] chunk, int outer) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var parts = Enumerable.Range(0, scope.InputCount).Select(scope.Input).ToArray();
        if (parts.Length == 0) throw scope.Refuse("it has no input");
        var rank = parts[0].Shape.Length;
        var axis = scope.Axis(scope.Int("axis", 1), rank);
        var shape = (int[])parts[0].Shape.Clone();
        shape[axis] = 0;
        foreach (var part in parts)
        {
            if (part.Type != parts[0].Type || part.Shape.Length != rank || part.Shape.Where((size, i) => i != axis && size != shape[i]).Any())
                throw scope.Refuse($"{part.Described} does not fit beside {parts[0].Described}");
            shape[axis] = (int)Math.Min((long)shape[axis] + part.Shape[axis], Slot.LengthMax + 1L);
        }

        var outer = shape.Take(axis).Aggregate(1, (a, b) => a * b);
        var chunk = parts.Select(part => outer == 0 ? 0 : part.Length / outer).ToArray();
        var sources = outer == 1 && parts.All(part => part.Sources is not null || part.Constant is not null)
            ? parts.SelectMany(part => part.Sources ?? Enumerable.Repeat(-1, part.Length)).ToArray()
            : null;
        return new ConcatStep(parts, scope.Make(0, parts[0].Type, shape, sources), chunk, outer);
    }

    public override void Run(Span<double> memory)
    {
        var at = Results[0].Offset;
        for (var o = 0; o < outer; o++)
        {
            for (var p = 0; p < parts.Length; p++)
            {
                parts[p].Of(memory).Slice(o * chunk[p], chunk[p]).CopyTo(memory[at..]);
                at += chunk[p];
            }
        }
    }
}

/// <summary>Place of the largest number along an axis.</summary>
internal sealed class ArgMaxStep(Slot input, Slot result, int outer, int size, int inner, bool takesLast) : Step(result)
{
    public override long Work => input.Length;

    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var axis = scope.Axis(scope.Int("axis", 0), input.Shape.Length);
        if (input.Shape[axis] == 0) throw scope.Refuse("it looks for the largest of nothing");
        var keeps = scope.Int("keepdims", 1) != 0;
        var shape = input.Shape.Select((size, i) => i == axis ? 1 : size).Where((_, i) => keeps || i != axis).ToArray();
        return new ArgMaxStep(
            input, scope.Make(0, OnnxType.Int64, shape), input.Shape.Take(axis).Aggregate(1, (a, b) => a * b), input.Shape[axis],
            input.Shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b), scope.Int("select_last_index", 0) != 0);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var o = 0; o < outer; o++)
        {
            for (var n = 0; n < inner; n++)
            {
                var best = 0;
                for (var i = 1; i < size; i++)
                {
                    var (now, highest) = (from[(o * size + i) * inner + n], from[(o * size + best) * inner + n]);
                    if (now > highest || takesLast && now == highest) best = i;
                }

                to[o * inner + n] = best;
            }
        }
    }
}

/// <summary>e^x over their sum. Before opset 13 all dimensions from the axis on are one row; from then on the axis alone.</summary>
internal sealed class SoftmaxStep(Slot input, Slot result, int outer, int size, int inner) : Step(result)
{
    public static Step Of(NodeScope scope)
    {
        var input = scope.Numbers(0);
        var isOld = scope.Opset < 13;
        var axis = scope.Axis(scope.Int("axis", isOld ? 1 : -1), input.Shape.Length);
        var outer = input.Shape.Take(axis).Aggregate(1, (a, b) => a * b);
        var size = isOld ? input.Shape.Skip(axis).Aggregate(1, (a, b) => a * b) : input.Shape[axis];
        var inner = isOld ? 1 : input.Shape.Skip(axis + 1).Aggregate(1, (a, b) => a * b);
        return new SoftmaxStep(input, scope.Make(0, input.Type, input.Shape), outer, size, inner);
    }

    public override void Run(Span<double> memory)
    {
        var from = input.Of(memory);
        var to = memory.Slice(Results[0].Offset, Results[0].Length);
        for (var o = 0; o < outer; o++)
        {
            for (var n = 0; n < inner; n++)
            {
                var start = o * size * inner + n;
                var highest = double.NegativeInfinity;
                for (var i = 0; i < size; i++) highest = Math.Max(highest, from[start + i * inner]);
                double sum = 0;
                for (var i = 0; i < size; i++) sum += to[start + i * inner] = Math.Exp(from[start + i * inner] - highest);
                for (var i = 0; i < size; i++) to[start + i * inner] = Round(input.Type, to[start + i * inner] / sum);
            }
        }
    }
}

/// <summary>A product of matrices, with factors and a term for Gemm.</summary>
internal sealed class MatrixStep(Slot left, Slot right, Slot result, int rows, int inner, int columns, bool leftTurned, double alpha, double[]? turnedRight, bool rightTurned) : Step(result)
{
    public override long Work => (long)rows * inner * columns;

    public static Step MatMul(NodeScope scope)
    {
        var (left, right) = (scope.Numbers(0), scope.Numbers(1));
        var leftShape = left.Shape.Length == 1 ? [1, left.Shape[0]] : left.Shape;
        var rightShape = right.Shape.Length == 1 ? [right.Shape[0], 1] : right.Shape;
        if (leftShape.Length < 2 || rightShape.Length != 2) throw scope.Refuse($"it multiplies {left.Described} by {right.Described}; the second must be a matrix");
        int[] outShape = [.. leftShape.Take(leftShape.Length - 1), rightShape[1]];
        if (left.Shape.Length == 1) outShape = [.. outShape.Skip(outShape.Length - 1)];
        if (right.Shape.Length == 1) outShape = [.. outShape.Take(outShape.Length - 1)];
        return Of(scope, left, right, leftShape[..^1].Aggregate(1, (a, b) => a * b), leftShape[^1], rightShape[0], rightShape[1], false, false, 1, outShape);
    }

    public static Step Gemm(NodeScope scope)
    {
        var (left, right) = (scope.Numbers(0), scope.Numbers(1));
        if (left.Shape.Length != 2 || right.Shape.Length != 2) throw scope.Refuse($"it multiplies {left.Described} by {right.Described}; both must be matrices");
        var (leftTurned, rightTurned) = (scope.Int("transA", 0) != 0, scope.Int("transB", 0) != 0);
        var (alpha, beta) = (scope.Float("alpha", 1), scope.Float("beta", 1));
        var (rows, inner) = leftTurned ? (left.Shape[1], left.Shape[0]) : (left.Shape[0], left.Shape[1]);
        var (rightInner, columns) = rightTurned ? (right.Shape[1], right.Shape[0]) : (right.Shape[0], right.Shape[1]);
        var product = Of(scope, left, right, rows, inner, rightInner, columns, leftTurned, rightTurned, alpha, [rows, columns]);
        if (scope.Maybe(2) is not { } term) return product;
        if (term.Shape.Length > 2 || term.Length != 1 && term.Length != columns && term.Length != rows * columns && term.Length != rows) throw scope.Refuse($"its third input {term.Described} does not fit [{rows},{columns}]");
        return new GemmStep(product, term, rows, columns, beta);
    }

    public override void Run(Span<double> memory)
    {
        var a = left.Of(memory);
        var b = turnedRight ?? right.Of(memory);
        var to = memory.Slice(Results[0].Offset, rows * columns);
        var alongRows = rightTurned || turnedRight is not null;
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                double sum = 0;
                for (var i = 0; i < inner; i++) sum += a[leftTurned ? i * rows + r : r * inner + i] * b[alongRows ? c * inner + i : i * columns + c];
                to[r * columns + c] = Round(left.Type, alpha * sum);
            }
        }
    }

    private static MatrixStep Of(NodeScope scope, Slot left, Slot right, int rows, int inner, int rightInner, int columns, bool leftTurned, bool rightTurned, double alpha, int[] shape)
    {
        if (left.Type is not (OnnxType.Float or OnnxType.Double) || left.Type != right.Type) throw scope.Refuse($"it multiplies {left.Described} by {right.Described}; both must be float or both double");
        if (inner != rightInner) throw scope.Refuse($"{left.Described} has {inner} columns and {right.Described} {rightInner} rows");
        // Weights are turned once, so that a product reads memory in order.
        double[]? turned = null;
        if (!rightTurned && right.Constant is { } constant)
        {
            turned = new double[constant.Length];
            for (var i = 0; i < inner; i++)
                for (var c = 0; c < columns; c++) turned[c * inner + i] = constant[i * columns + c];
        }

        return new MatrixStep(left, right, scope.Make(0, left.Type, shape), rows, inner, columns, leftTurned, alpha, turned, rightTurned);
    }

    /// <summary>Adds the term of Gemm to a product, in place.</summary>
    private sealed class GemmStep(MatrixStep product, Slot term, int rows, int columns, double beta) : Step(product.Results[0])
    {
        public override long Work => product.Work;

        public override void Run(Span<double> memory)
        {
            product.Run(memory);
            var added = term.Of(memory);
            var to = memory.Slice(Results[0].Offset, Results[0].Length);
            for (var r = 0; r < rows; r++)
            {
                for (var c = 0; c < columns; c++)
                {
                    var byColumn = term.Length == columns && !(term.Shape is [_, 1] && rows > 1);
                    var place = term.Length == rows * columns ? r * columns + c : term.Length == 1 ? 0 : byColumn ? c : r;
                    to[r * columns + c] = Round(Results[0].Type, to[r * columns + c] + beta * added[place]);
                }
            }
        }
    }
}
