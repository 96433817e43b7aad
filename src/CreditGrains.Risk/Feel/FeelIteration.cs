namespace CreditGrains.Risk.Feel;

/// <summary>A name that runs over a list or a range of whole numbers.</summary>
/// <param name="Place">Where its value stands.</param>
/// <param name="Source">What it runs over.</param>
/// <param name="To">The other end of a range; null for a list.</param>
internal sealed record FeelIterator(int Place, FeelExpression Source, FeelExpression? To)
{
    /// <summary>Most values in all.</summary>
    public const int StepsMax = 100_000;

    /// <summary>The values; null when there is nothing to run over, or too much.</summary>
    public IReadOnlyList<FeelValue>? Values(FeelValue[] frame)
    {
        var from = Source.Evaluate(frame);
        if (To is null) return from.Kind == FeelKind.List ? from.Items : from.IsNull ? null : [from];
        var to = To.Evaluate(frame);
        if (from.Kind != FeelKind.Number || to.Kind != FeelKind.Number || Math.Abs(to.Number - from.Number) > StepsMax) return null;
        var values = new List<FeelValue>();
        var step = to.Number >= from.Number ? 1 : -1;
        for (var value = from.Number; step > 0 ? value <= to.Number : value >= to.Number; value += step) values.Add(FeelValue.Of(value));
        return values;
    }
}

internal enum FeelQuantifier
{
    /// <summary>for … return: the list of what each gives.</summary>
    Each,
    Some,
    Every,
}

/// <summary>for … return, some … satisfies, every … satisfies.</summary>
internal sealed class IterationExpression(FeelQuantifier quantifier, IReadOnlyList<FeelIterator> iterators, FeelExpression body) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var results = new List<FeelValue>();
        if (!Run(frame, 0, results)) return FeelValue.Null;
        if (quantifier == FeelQuantifier.Each) return FeelValue.Of(results);
        var sum = FeelValue.Of(quantifier == FeelQuantifier.Every);
        foreach (var result in results) sum = quantifier == FeelQuantifier.Every ? FeelOperators.And(sum, result) : FeelOperators.Or(sum, result);
        return sum;
    }

    private bool Run(FeelValue[] frame, int depth, List<FeelValue> results)
    {
        if (depth == iterators.Count)
        {
            results.Add(body.Evaluate(frame));
            return results.Count <= FeelIterator.StepsMax;
        }

        if (iterators[depth].Values(frame) is not { } values) return false;
        foreach (var value in values)
        {
            frame[iterators[depth].Place] = value;
            if (!Run(frame, depth + 1, results)) return false;
        }

        return true;
    }
}
