using System.Collections.Immutable;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Scorecards;

/// <summary>Logistic regression: probability of the bad event = 1 ÷ (1 + e^−(intercept + Σ coefficient · input)).</summary>
public sealed class LogisticModel : CompiledModel
{
    private readonly double[] coefficients;

    /// <param name="name">Its name.</param>
    /// <param name="inputs">The inputs; one that may be missing says what stands in.</param>
    /// <param name="coefficients">One for each input, on the log-odds of the bad event.</param>
    /// <param name="intercept">Log-odds when all inputs are 0.</param>
    /// <exception cref="ModelFault">The lists differ in length, or a number is not finite.</exception>
    public LogisticModel(string name, ImmutableArray<ModelInput> inputs, ImmutableArray<double> coefficients, double intercept)
        : base([.. inputs.Select(input => input.Missing == MissingValue.Passed ? input with { Missing = MissingValue.Refused } : input)], ScoreUnit.Probability, "logistic")
    {
        if (inputs.IsEmpty || coefficients.Length != inputs.Length) throw new ModelFault("BadModel", $"{coefficients.Length} coefficients are given for {inputs.Length} inputs; give one for each");
        if (!double.IsFinite(intercept) || coefficients.Any(value => !double.IsFinite(value))) throw new ModelFault("BadModel", "intercept and coefficients must be finite numbers");
        Name = name;
        Intercept = intercept;
        Coefficients = coefficients;
        this.coefficients = [.. coefficients];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Log-odds when all inputs are 0.</summary>
    public double Intercept { get; }

    /// <summary>One for each input.</summary>
    public ImmutableArray<double> Coefficients { get; }

    private protected override int OwnScratch => 0;

    private protected override double Compute(ReadOnlySpan<double> row, Span<double> scratch)
    {
        var sum = Intercept;
        for (var i = 0; i < coefficients.Length; i++) sum += coefficients[i] * row[i];
        return Logistic(sum);
    }
}
