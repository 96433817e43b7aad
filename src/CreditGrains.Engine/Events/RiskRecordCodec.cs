using System.Text;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Events;

/// <summary>The bytes of what models and policies had to do with a decision: names and texts as they were told, so that a record needs no registry to be read.</summary>
internal static class RiskRecordCodec
{
    private const int TextBytesMax = 1_024;
    private const double WholeMax = 1L << 53;

    [Flags]
    private enum Parts : byte
    {
        Model = 1,
        Policy = 2,
        Challenger = 4,
        Reasons = 8,
    }

    private enum InputForm : byte
    {
        Missing = 0,
        Whole = 1,
        Bits = 2,
    }

    /// <summary>Most inputs of a model that can be recorded: with them an event stays within its bytes.</summary>
    public const int InputsMax = 4_096;

    /// <summary>Most bytes one record takes: two names and four reasons.</summary>
    public const int LengthMax = 2 * (TextBytesMax + 8) + RiskRecord.ReasonsMax * 3 * (TextBytesMax + 4);

    /// <summary>Writes what was seen.</summary>
    public static void Write(ref EventWriter w, in RequestSeen seen)
    {
        w.Unsigned(seen.Limit);
        w.Signed(seen.Exposure);
        w.Unsigned(seen.Amount);
        w.Unsigned(seen.Credit);
        w.Unsigned((ulong)seen.OpenItems);
    }

    /// <summary>Reads what was seen.</summary>
    public static RequestSeen ReadSeen(ref EventReader r) => new(r.Long(), r.Signed(), r.Long(), r.Long(), r.Int());

    /// <summary>Writes inputs: whole numbers short, missing ones as one byte, all others as they are.</summary>
    public static void Write(ref EventWriter w, scoped ReadOnlySpan<double> inputs)
    {
        w.Unsigned((ulong)inputs.Length);
        foreach (var input in inputs)
        {
            var form = double.IsNaN(input) ? InputForm.Missing : Math.Abs(input) < WholeMax && input == Math.Truncate(input) && !(input == 0 && double.IsNegative(input)) ? InputForm.Whole : InputForm.Bits;
            w.Byte((byte)form);
            if (form == InputForm.Whole) w.Signed((long)input);
            else if (form == InputForm.Bits) w.UInt64(BitConverter.DoubleToUInt64Bits(input));
        }
    }

    /// <summary>Reads inputs.</summary>
    public static double[] ReadInputs(ref EventReader r)
    {
        var inputs = new double[r.Int()];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = (InputForm)r.Byte() switch
            {
                InputForm.Missing => double.NaN,
                InputForm.Whole => r.Signed(),
                _ => BitConverter.UInt64BitsToDouble(r.UInt64()),
            };
        }
        return inputs;
    }

    public static void Write(ref EventWriter w, in RiskRecord risk)
    {
        var parts = (risk.Model is null ? 0 : Parts.Model) | (risk.Policy is null ? 0 : Parts.Policy) | (risk.IsChallenger ? Parts.Challenger : 0)
            | (risk.Reasons is { Length: > 0 } ? Parts.Reasons : 0);
        w.Byte((byte)parts);
        if (risk.Model is { } model)
        {
            WriteName(ref w, model);
            w.UInt64(BitConverter.DoubleToUInt64Bits(risk.Score));
        }
        if (risk.Policy is { } policy) WriteName(ref w, policy);
        if (risk.Reasons is not { Length: > 0 } reasons) return;
        w.Byte((byte)reasons.Length);
        foreach (var reason in reasons)
        {
            w.Byte((byte)reason.Source);
            w.Text(reason.Code);
            w.Text(reason.English);
            w.Text(reason.Chinese);
        }
    }

    public static RiskRecord Read(ref EventReader r)
    {
        var risk = default(RiskRecord);
        var parts = (Parts)r.Byte();
        risk.IsChallenger = (parts & Parts.Challenger) != 0;
        if ((parts & Parts.Model) != 0)
        {
            risk.Model = ReadName(ref r);
            risk.Score = BitConverter.UInt64BitsToDouble(r.UInt64());
        }
        if ((parts & Parts.Policy) != 0) risk.Policy = ReadName(ref r);
        if ((parts & Parts.Reasons) == 0) return risk;
        risk.Reasons = new DecisionReason[r.Byte()];
        for (var i = 0; i < risk.Reasons.Length; i++)
            risk.Reasons[i] = new DecisionReason((ReasonSource)r.Byte(), ReadText(ref r), ReadText(ref r), ReadText(ref r));
        return risk;
    }

    /// <summary>Whether a text fits a record.</summary>
    public static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= TextBytesMax;

    private static void WriteName(ref EventWriter w, VersionName name)
    {
        w.Text(name.Name);
        w.Unsigned((ulong)name.Version);
    }

    private static VersionName ReadName(ref EventReader r) => new(ReadText(ref r), r.Int());

    private static string ReadText(ref EventReader r) => Encoding.UTF8.GetString(r.Bytes(r.Int()));
}
