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
        if (To is not null) return Run(from, To.Evaluate(frame), 0, 0);
        return from.Kind switch
        {
            FeelKind.List => from.Items,
            FeelKind.Null => null,
            FeelKind.Range => from.Range! is { IsInverse: false } range && range.Low.Number <= range.High.Number ? Run(range.Low, range.High, range.HasLow ? 0 : 1, range.HasHigh ? 0 : 1) : null,
            _ => [from],
        };
    }

    /// <summary>Whole numbers or days from one to another, also downwards.</summary>
    private static List<FeelValue>? Run(in FeelValue from, in FeelValue to, int skipFirst, int skipLast)
    {
        if (from.Kind != to.Kind || from.Kind is not (FeelKind.Number or FeelKind.Date) || Math.Abs(to.Number - from.Number) > StepsMax) return null;
        var values = new List<FeelValue>();
        var step = to.Number >= from.Number ? 1 : -1;
        var last = to.Number - step * skipLast;
        for (var value = from.Number + step * skipFirst; step > 0 ? value <= last : value >= last; value += step) values.Add(FeelValue.OfKind(from.Kind, value));
        FeelBudget.Spend(values.Count);
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
/// <param name="quantifier">Which.</param>
/// <param name="iterators">The names that run.</param>
/// <param name="body">What is worked out for each.</param>
/// <param name="partialPlace">Where the results so far stand, when the body asks for them; else −1.</param>
internal sealed class IterationExpression(FeelQuantifier quantifier, IReadOnlyList<FeelIterator> iterators, FeelExpression body, int partialPlace = -1) : FeelExpression
{
    public override FeelValue Evaluate(FeelValue[] frame)
    {
        var results = new List<FeelValue>();
        if (!Run(frame, 0, results)) return FeelValue.Null;
        if (quantifier == FeelQuantifier.Each) return FeelValue.Of(results);
        var sum = FeelValue.Of(quantifier == FeelQuantifier.Every);
        foreach (var result in results)
            if (result.Kind is not (FeelKind.Boolean or FeelKind.Null)) return FeelValue.Null;
        foreach (var result in results) sum = quantifier == FeelQuantifier.Every ? FeelOperators.And(sum, result) : FeelOperators.Or(sum, result);
        return sum;
    }

    private bool Run(FeelValue[] frame, int depth, List<FeelValue> results)
    {
        if (depth == iterators.Count)
        {
            FeelBudget.Spend(1);
            if (partialPlace >= 0)
            {
                FeelBudget.Spend(results.Count / 16);
                frame[partialPlace] = FeelValue.Of([.. results]);
            }

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
