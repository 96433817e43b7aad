using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>What is bad, and which rows count (docs/training.md).</summary>
/// <param name="Bad">Formula that holds for a bad account.</param>
public sealed record LabelDefinition(string Bad)
{
    /// <summary>Formula of accounts that are neither good nor bad; they are left out.</summary>
    public string? Indeterminate { get; init; }

    /// <summary>Formulas of accounts to leave out.</summary>
    public string[] Exclude { get; init; } = [];

    /// <summary>Column of the day the features are of (yyyy-MM-dd); needed with a performance window.</summary>
    public string? ObservedAt { get; init; }

    /// <summary>Months over which the bad event is looked for; 0: the file has matured accounts only.</summary>
    public int PerformanceMonths { get; init; }

    /// <summary>The day up to which outcomes are known.</summary>
    public DateOnly? AsOf { get; init; }
}

/// <summary>A training run as a file.</summary>
/// <param name="Name">Name of the models.</param>
/// <param name="Label">What is bad.</param>
/// <param name="Inputs">Columns of the file or derived inputs.</param>
public sealed record TrainingPlan(string Name, LabelDefinition Label, string[] Inputs)
{
    /// <summary>Same seed, same models.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Derived columns by name, in order; each may use those before it.</summary>
    public IReadOnlyDictionary<string, string> Derived { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns that hold protected attributes under other names; nothing may use them.</summary>
    public string[] Protected { get; init; } = [];

    /// <summary>What the fairness report compares; the models never see it.</summary>
    public FairnessQuestion[] Fairness { get; init; } = [];

    /// <summary>Share of accounts that the fairness report takes for declined, those of the highest probability; above 0 and below 1.</summary>
    public double FairnessDeclineShare { get; init; } = 0.2;

    /// <summary>Formula of the fold, such as "ID % 5" or a column; a whole number from 0.</summary>
    public string Folds { get; init; } = "";

    /// <summary>How many folds, 2 to 50.</summary>
    public int FoldCount { get; init; } = 5;

    /// <summary>The scorecard's settings; null: none is made.</summary>
    public ScorecardSettings? Scorecard { get; init; }

    /// <summary>The trees' settings; null: none are made.</summary>
    public BoostingSettings? Boosting { get; init; }

    /// <summary>Whether models are calibrated by a line on out-of-fold log-odds.</summary>
    public bool Calibrate { get; init; } = true;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16,
    };

    /// <summary>Reads a plan.</summary>
    /// <exception cref="ModelFault">BadJson or BadTraining: where, and what to write.</exception>
    public static TrainingPlan Read(ReadOnlySpan<byte> json)
    {
        TrainingPlan plan;
        try
        {
            plan = JsonSerializer.Deserialize<TrainingPlan>(json, Options) ?? throw new ModelFault("BadJson", "the file is empty; write an object with name, label and inputs");
        }
        catch (JsonException e)
        {
            throw new ModelFault("BadJson", $"the training file cannot be read at {e.Path}: {e.Message.ReplaceLineEndings(" ")}; docs/training.md has the format", e);
        }

        if (plan.Scorecard is null && plan.Boosting is null) throw new ModelFault("BadTraining", "neither scorecard nor boosting is asked for; write at least one, {} takes what is usual");
        if (plan.Inputs.Length == 0) throw new ModelFault("BadTraining", "inputs is empty; name at least one column");
        if (plan.Inputs.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new ModelFault("BadTraining", $"input '{twice.Key}' is named twice; name it once");
        if (plan.FoldCount is < 2 or > 50) throw new ModelFault("BadTraining", "foldCount is out of range; give 2 to 50");
        if (plan.Label.PerformanceMonths < 0) throw new ModelFault("BadTraining", "label.performanceMonths is below 0; give months");
        if (plan.Label.PerformanceMonths > 0 && (plan.Label.ObservedAt is null || plan.Label.AsOf is null)) throw new ModelFault("BadTraining", "label.performanceMonths needs label.observedAt (a column) and label.asOf (a day)");
        if (plan.FairnessDeclineShare is not (> 0 and < 1)) throw new ModelFault("BadTraining", "fairnessDeclineShare is out of range; give a share above 0 and below 1");
        foreach (var question in plan.Fairness)
        {
            if (question is null || question.Column.Length == 0) throw new ModelFault("BadTraining", "an entry of fairness names no column");
            if (question.Edges.Zip(question.Edges.Skip(1)).Any(pair => !(pair.First < pair.Second))) throw new ModelFault("BadTraining", $"the edges of fairness column '{question.Column}' do not rise");
            if (plan.Inputs.Contains(question.Column)) throw new ModelFault("ProtectedInput", $"'{question.Column}' is compared for fairness and is an input; leave it out of the inputs");
        }

        plan.Scorecard?.Check();
        plan.Boosting?.Check();
        return plan;
    }
}
