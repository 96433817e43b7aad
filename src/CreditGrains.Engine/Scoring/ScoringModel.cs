using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Reasons;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Engine.Scoring;

/// <summary>A model as decisions use it: compiled, with the reason of each input ready to be given. Immutable; any number of threads may use it.</summary>
internal sealed class ScoringModel
{
    private readonly DecisionReason[] reasons;
    private readonly int[] groupOf;
    private readonly double[] averages;

    private ScoringModel(CompiledModel model, ReasonCatalogue? texts)
    {
        if (model.Inputs.Length > RiskRecordCodec.InputsMax) throw new ModelFault("TooManyInputs", $"the model has {model.Inputs.Length} inputs; decisions take models of at most {RiskRecordCodec.InputsMax}");
        Model = model;
        Card = model as Scorecard;
        var all = model is CombinedModel combined ? combined.Parts.Select(part => part.Model) : [model];
        foreach (var graph in all.OfType<OnnxModel>()) Check(graph);
        var given = model.Inputs.Select(input => texts?.Of(input.Name) ?? new ReasonText(input.Name, input.Name, input.Name)).ToArray();
        if (given.FirstOrDefault(text => !RiskRecordCodec.Fits(text.Code) || !RiskRecordCodec.Fits(text.English) || !RiskRecordCodec.Fits(text.Chinese)) is { } long1)
            throw new ModelFault("BadReasons", $"a text of code '{long1.Code}' takes more than 1,024 bytes; make it shorter");
        // Inputs that share a code are one reason.
        groupOf = [.. given.Select(text => Array.FindIndex(given, other => other.Code == text.Code))];
        reasons = [.. given.Select(text => new DecisionReason(ReasonSource.Factor, text.Code, text.English, text.Chinese))];
        averages = Card is null ? [] : [.. Card.Characteristics.Select(one => one.CutoffAverage ?? one.AllAverage ?? throw new ModelFault("NoBackground",
            $"characteristic '{one.Input}' has neither cutoffAverage nor allAverage, so a decline could not be explained; write the averages into the scorecard"))];
    }

    public CompiledModel Model { get; }

    /// <summary>Itself when it is a scorecard; else null.</summary>
    public Scorecard? Card { get; }

    /// <summary>Compiles a file.</summary>
    /// <exception cref="ModelFault">It is refused.</exception>
    public static ScoringModel Compile(byte[] file, byte[]? texts)
    {
        var model = ModelRegistry.Compile(file);
        var catalogue = texts is null ? null : ReasonCatalogue.Read(texts);
        catalogue?.Cover(model);
        return new ScoringModel(model, catalogue);
    }

    /// <summary>What only shows when a row is scored is looked for before: a decision must not meet it.</summary>
    private static void Check(OnnxModel model)
    {
        if (!model.HasScore) throw new ModelFault("NoScore", "the last output of numbers has more than two columns, so none of them is the score; export a model of one score or two classes, or take one column by ArrayFeatureExtractor");
        if (model.Texts.IndexOf(true) is var text and >= 0) throw new ModelFault("TextInput", $"input '{model.Inputs[text].Name}' is text; decisions give numbers to models: export it with whole numbers, as OrdinalEncoder makes them");
    }

    /// <summary>The factors of a scorecard's row, heaviest first: which inputs' points lie furthest below the average, as <see cref="ScoreReasons"/> has them, without allocation.</summary>
    /// <returns>Input numbers plus one, 16 bits each from the lowest; 0 where there is none.</returns>
    public ulong FactorsOf(ReadOnlySpan<double> row)
    {
        Span<double> weights = row.Length <= 256 ? stackalloc double[row.Length] : new double[row.Length];
        Span<double> heaviest = row.Length <= 256 ? stackalloc double[row.Length] : new double[row.Length];
        Span<int> spokesman = row.Length <= 256 ? stackalloc int[row.Length] : new int[row.Length];
        weights.Clear();
        heaviest.Clear();
        for (var i = 0; i < row.Length; i++)
        {
            var below = averages[i] - Card!.PointsOf(i, row[i]);
            if (!(below > 0) || !double.IsFinite(below)) continue;
            var group = groupOf[i];
            weights[group] += below;
            if (below <= heaviest[group]) continue;
            heaviest[group] = below;
            spokesman[group] = i;
        }
        ulong packed = 0;
        for (var place = 0; place < RiskRecord.ReasonsMax; place++)
        {
            var best = -1;
            for (var i = 0; i < weights.Length; i++)
                if (weights[i] > 0 && (best < 0 || weights[i] > weights[best])) best = i;
            if (best < 0) break;
            packed |= (ulong)(spokesman[best] + 1) << (16 * place);
            weights[best] = 0;
        }
        return packed;
    }

    /// <summary>The reasons of packed factors.</summary>
    public DecisionReason[] ReasonsOf(ulong packed)
    {
        var given = new List<DecisionReason>(RiskRecord.ReasonsMax);
        for (; packed != 0; packed >>= 16) given.Add(reasons[(int)(packed & 0xFFFF) - 1]);
        return [.. given];
    }

    /// <summary>Reasons of contributions to the log-odds of the bad event, heaviest first, at most four.</summary>
    public (DecisionReason Reason, double Weight)[] ReasonsOf(ReadOnlySpan<double> contributions)
    {
        var sums = new double[contributions.Length];
        for (var i = 0; i < contributions.Length; i++)
            if (contributions[i] > 0) sums[groupOf[i]] += contributions[i];
        return [.. Enumerable.Range(0, sums.Length).Where(i => sums[i] > 0).OrderByDescending(i => sums[i]).Take(RiskRecord.ReasonsMax).Select(i => (reasons[i], sums[i]))];
    }
}
