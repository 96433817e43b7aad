using CreditGrains.Risk.Onnx.Wire;

namespace CreditGrains.Risk.Onnx.Steps;

/// <summary>One operator, ready to run on the scratch. Numbers of type float are rounded to 32 bits after each operation, as a runtime of that width has them.</summary>
internal abstract class Step(params Slot[] results)
{
    public IReadOnlyList<Slot> Results { get; } = results;

    /// <summary>Roughly how many operations a run takes.</summary>
    public virtual long Work => Results.Sum(slot => (long)slot.Length);

    public abstract void Run(Span<double> memory);

    public static double Round(OnnxType type, double value) => type == OnnxType.Float ? (float)value : value;
}

/// <summary>Does nothing when run: its results are values that are there already.</summary>
internal sealed class ValueStep(params Slot[] results) : Step(results)
{
    public override long Work => 0;

    public override void Run(Span<double> memory)
    {
        // Nothing to do: the results are other names of values.
    }
}
