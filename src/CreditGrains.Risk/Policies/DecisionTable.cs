using System.Numerics;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Policies;

/// <summary>A column that is tested.</summary>
/// <param name="Value">What is tested.</param>
/// <param name="Allowed">Values it may have; null for all. Another makes the table give null, named in the trace.</param>
internal sealed record InputColumn(FeelExpression Value, UnaryTest? Allowed)
{
    /// <summary>What is tested, as written.</summary>
    public string Label { get; init; } = "";

    /// <summary>Kind of the values; null when it is not told.</summary>
    public FeelKind? Kind { get; init; }

    /// <summary>The allowed values as written; null for all.</summary>
    public string? AllowedText { get; init; }
}

/// <summary>A column that is given.</summary>
/// <param name="Name">Its name; empty when it is the only one.</param>
/// <param name="Values">Values by priority; empty when none are listed.</param>
/// <param name="Type">Of what is given.</param>
/// <param name="Otherwise">Given when no rule holds; null for none.</param>
internal sealed record OutputColumn(string Name, IReadOnlyList<FeelValue> Values, PolicyType Type, FeelExpression? Otherwise);

/// <summary>A row: a test for each input, a value for each output.</summary>
/// <param name="Id">Its id, or its number from 1.</param>
/// <param name="Tests">A test for each input; null where any value will do.</param>
/// <param name="Outputs">A value for each output.</param>
internal sealed record Rule(string Id, UnaryTest?[] Tests, FeelExpression[] Outputs)
{
    /// <summary>Which tests look at the tested value's place, "?".</summary>
    public bool[] Asks { get; } = [.. Tests.Select(test => test is { AsksForValue: true })];
}

/// <summary>
/// A decision table, compiled. The inputs are worked out once and looked up in the index of their column (<see cref="RuleIndex"/>); the rules left are gone through in order, and hit policies that
/// need one rule stop at it. The rules that held are noted, which is the reason of the decision.
/// </summary>
internal sealed class DecisionTable(InputColumn[] inputs, OutputColumn[] outputs, Rule[] rules, HitPolicy policy, Aggregation aggregation, int valuePlace, int valuesPlace, string owner) : FeelExpression
{
    private const int PiecesMax = 64;

    // Rules whose outputs are all constants give the same row each time: it is made once. Null where it must be worked out.
    private readonly FeelValue?[] constantRows = [.. rules.Select(rule => ConstantRow(rule, outputs))];

    private readonly RuleIndex?[] indexes = [.. inputs.Select((_, column) => RuleIndex.Of([.. rules.Select(rule => rule.Tests[column])]))];

    /// <summary>Rules.</summary>
    public IReadOnlyList<Rule> Rules => rules;

    public HitPolicy Policy => policy;

    public IReadOnlyList<InputColumn> Inputs => inputs;

    /// <summary>Whether something is given when no rule holds.</summary>
    public bool HasDefault { get; } = Array.Exists(outputs, output => output.Otherwise is not null);

    /// <summary>What a rule always gives; null when it must be worked out.</summary>
    public FeelValue? ConstantOf(int rule) => constantRows[rule];

    public int InputCount => inputs.Length;

    public int OutputCount => outputs.Length;

    public override FeelValue Evaluate(FeelValue[] frame) => Evaluate(frame, null);

    /// <summary>Evaluates.</summary>
    /// <param name="frame">Values by place.</param>
    /// <param name="trace">Where the rules that held are noted; null for nowhere.</param>
    public FeelValue Evaluate(FeelValue[] frame, PolicyTrace? trace)
    {
        // The values stand in the frame, where the compiler kept places for them: nothing is allocated.
        var values = frame.AsSpan(valuesPlace, inputs.Length);
        for (var i = 0; i < inputs.Length; i++)
        {
            values[i] = frame[valuePlace] = inputs[i].Value.Evaluate(frame);
            if (inputs[i].Allowed is not { } allowed || values[i].IsNull || allowed.Holds(values[i], frame)) continue;
            trace?.Note(owner, $"input {i + 1} is {values[i]}, which the table does not allow");
            return FeelValue.Null;
        }

        Span<int> pieces = inputs.Length <= PiecesMax ? stackalloc int[inputs.Length] : new int[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) pieces[i] = indexes[i]?.PieceOf(values[i]) ?? RuleIndex.Unknown;
        List<int>? held = null;
        var (first, count) = Find(values, pieces, frame, trace, ref held);
        if (first < 0) return Otherwise(frame);
        return policy switch
        {
            HitPolicy.First => Row(first, frame),
            HitPolicy.Unique => count == 1 ? Row(first, frame) : Several(trace),
            HitPolicy.Any => Same(held!, frame, trace),
            HitPolicy.Priority => Row(ByPriority(held!, frame)[0], frame),
            HitPolicy.OutputOrder => FeelValue.Of(Rows(ByPriority(held!, frame), frame)),
            HitPolicy.RuleOrder => FeelValue.Of(Rows(held!, frame)),
            _ => Collected(held!, frame),
        };
    }

    /// <summary>Goes through the rules that the indexes leave.</summary>
    /// <returns>The first that holds, −1 for none, and how many do; the first ends it where one is enough.</returns>
    private (int First, int Count) Find(ReadOnlySpan<FeelValue> values, ReadOnlySpan<int> pieces, FeelValue[] frame, PolicyTrace? trace, ref List<int>? held)
    {
        int first = -1, count = 0;
        for (var word = 0; word * 64 < rules.Length; word++)
        {
            for (var left = Candidates(pieces, word); left != 0; left &= left - 1)
            {
                var r = word * 64 + BitOperations.TrailingZeroCount(left);
                if (!Holds(rules[r], values, pieces, frame, valuePlace)) continue;
                trace?.Hit(owner, rules[r].Id);
                count++;
                if (first < 0) first = r;
                if (policy == HitPolicy.First) return (first, count);
                if (policy != HitPolicy.Unique) (held ??= []).Add(r);
            }
        }

        return (first, count);
    }

    /// <summary>Of 64 rules those that the indexes leave, as bits.</summary>
    private ulong Candidates(ReadOnlySpan<int> pieces, int word)
    {
        var count = rules.Length - word * 64;
        var left = count >= 64 ? ulong.MaxValue : (1UL << count) - 1;
        for (var i = 0; i < pieces.Length; i++)
            if (pieces[i] != RuleIndex.Unknown && indexes[i] is { } index) left &= index.Rules[pieces[i] * index.Words + word];
        return left;
    }

    /// <summary>Whether the tests hold that no index has settled.</summary>
    private static bool Holds(Rule rule, ReadOnlySpan<FeelValue> values, ReadOnlySpan<int> pieces, FeelValue[] frame, int place)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (pieces[i] != RuleIndex.Unknown || rule.Tests[i] is not { } test) continue;
            if (rule.Asks[i]) frame[place] = values[i];
            if (!test.Holds(values[i], frame)) return false;
        }

        return true;
    }

    private static FeelValue? ConstantRow(Rule rule, OutputColumn[] outputs)
    {
        if (!rule.Outputs.All(output => output is ConstantExpression)) return null;
        if (outputs.Length == 1) return outputs[0].Type.Conform(rule.Outputs[0].Evaluate([]));
        var row = new FeelContext();
        for (var i = 0; i < outputs.Length; i++) row.Set(outputs[i].Name, outputs[i].Type.Conform(rule.Outputs[i].Evaluate([])));
        return FeelValue.Of(row);
    }

    private FeelValue Row(int rule, FeelValue[] frame)
    {
        if (constantRows[rule] is { } known) return known;
        if (outputs.Length == 1) return outputs[0].Type.Conform(rules[rule].Outputs[0].Evaluate(frame));
        var row = new FeelContext();
        for (var i = 0; i < outputs.Length; i++) row.Set(outputs[i].Name, outputs[i].Type.Conform(rules[rule].Outputs[i].Evaluate(frame)));
        return FeelValue.Of(row);
    }

    // Of its own, so that no table that stops at one rule makes what a closure here would take.
    private FeelValue[] Rows(List<int> held, FeelValue[] frame)
    {
        var rows = new FeelValue[held.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = Row(held[i], frame);
        return rows;
    }

    private FeelValue Otherwise(FeelValue[] frame)
    {
        if (!HasDefault) return aggregation == Aggregation.Count ? FeelValue.Of(0) : FeelValue.Null;
        if (outputs.Length == 1) return outputs[0].Otherwise!.Evaluate(frame);
        var row = new FeelContext();
        foreach (var output in outputs) row.Set(output.Name, output.Otherwise?.Evaluate(frame) ?? FeelValue.Null);
        return FeelValue.Of(row);
    }

    private FeelValue Several(PolicyTrace? trace)
    {
        trace?.Note(owner, "several rules hold in a table of which one may");
        return FeelValue.Null;
    }

    private FeelValue Same(List<int> held, FeelValue[] frame, PolicyTrace? trace)
    {
        var row = Row(held[0], frame);
        foreach (var rule in held)
        {
            if (Row(rule, frame).Equals(row)) continue;
            trace?.Note(owner, "rules hold together that give different outputs");
            return FeelValue.Null;
        }

        return row;
    }

    /// <summary>By the place of each output in its list, the first column first; rules alike keep their order.</summary>
    private List<int> ByPriority(List<int> held, FeelValue[] frame)
    {
        IOrderedEnumerable<int> sorted = held.OrderBy(_ => 0);
        for (var i = 0; i < outputs.Length; i++)
        {
            var column = i;
            if (outputs[i].Values.Count > 0) sorted = sorted.ThenBy(rule => PlaceOf(outputs[column].Values, rules[rule].Outputs[column].Evaluate(frame)));
        }

        return [.. sorted];
    }

    private static int PlaceOf(IReadOnlyList<FeelValue> values, FeelValue value)
    {
        for (var i = 0; i < values.Count; i++)
            if (values[i].Equals(value)) return i;
        return values.Count;
    }

    private FeelValue Collected(List<int> held, FeelValue[] frame)
    {
        if (aggregation == Aggregation.Count) return FeelValue.Of(held.Count);
        var rows = held.Select(rule => Row(rule, frame)).ToList();
        return aggregation switch
        {
            Aggregation.Sum => ListFunctions.Sum(rows),
            Aggregation.Min => ListFunctions.Extreme([FeelValue.Of(rows)], -1),
            Aggregation.Max => ListFunctions.Extreme([FeelValue.Of(rows)], 1),
            _ => FeelValue.Of(rows),
        };
    }
}
