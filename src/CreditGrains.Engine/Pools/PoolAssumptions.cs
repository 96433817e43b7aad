using System.Text;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Assumptions;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Files;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Engine.Pools;

/// <summary>What a projection of a live pool assumes.</summary>
public abstract record PoolAssumptions
{
    private PoolAssumptions()
    {
    }

    /// <summary>Every loan pays by its plan.</summary>
    public sealed record ByPlan : PoolAssumptions;

    /// <summary>The pool goes on as in its last closed months.</summary>
    /// <param name="Months">Closed months looked at, 1 to 2,400.</param>
    /// <param name="ByRates">Mean SMM and MDR; else its roll matrix.</param>
    public sealed record OwnPast(int Months, bool ByRates) : PoolAssumptions;

    /// <summary>The pool prepays and defaults at flat rates.</summary>
    /// <param name="SmmRatio">Prepaid in a month, 0 to 1.</param>
    /// <param name="MdrRatio">Defaulted in a month, 0 to 1.</param>
    public sealed record Rates(double SmmRatio, double MdrRatio) : PoolAssumptions;

    /// <summary>A file of scenarios, each for the whole pool.</summary>
    /// <param name="Json">The file, UTF-8.</param>
    public sealed record Scenarios(ReadOnlyMemory<byte> Json) : PoolAssumptions;

    /// <summary>The scenarios.</summary>
    /// <param name="ledger">The pool, whose past they may be.</param>
    /// <exception cref="InvalidInputException">The file is wrong, or the pool has no past.</exception>
    public Scenario[] Of(PoolLedger ledger) => this switch
    {
        OwnPast own => [LiveCollateral.OwnPast(ledger, own.Months, own.ByRates)],
        Rates rates => [new Scenario { Name = "rates", Prepayment = new PrepaymentCurve.FlatSmm(new Smm(rates.SmmRatio)), LoanDefault = new LoanDefaultCurve.FlatMdr(new Mdr(rates.MdrRatio)) }],
        Scenarios file => [.. ScenarioFile.Parse(file.Json).Select(set => set.Length == 1 ? set[0] : throw new InvalidInputException(
            "SegmentsNotTaken", "assumptions", "there is a set of assumptions a segment; a live pool has no segments, write one set"))],
        _ => [new Scenario { Name = "by plan" }],
    };

    /// <summary>Conventions from the name of a preset or a file; none are the standard ones.</summary>
    /// <exception cref="InvalidInputException">It is neither.</exception>
    public static ProjectionConventions Conventions(string text) =>
        text.Length == 0 ? new ProjectionConventions() : ConventionsFile.Preset(text) ?? (text.TrimStart().StartsWith('{')
            ? ConventionsFile.Parse(Encoding.UTF8.GetBytes(text))
            : throw new InvalidInputException("FieldWrong", "conventions", $"'{text}' is not known; write one of {string.Join(", ", ConventionsFile.Presets)}, or a file of conventions"));
}

/// <summary>A pool of one moment with its performing loans put together in lines.</summary>
/// <param name="State">The pool.</param>
/// <param name="Lines">Its lines.</param>
public sealed record PoolLines(PoolState State, System.Collections.Immutable.ImmutableArray<LoanLine> Lines);

/// <summary>What a pool of one moment pays.</summary>
/// <param name="State">The pool.</param>
/// <param name="Scenarios">What was assumed.</param>
/// <param name="Tables">For each scenario, period 1 being <see cref="LiveCollateral.FirstPeriod"/>.</param>
/// <param name="Lines">Lines projected; 0 when each loan was projected by itself.</param>
public sealed record PoolForecasts(PoolState State, IReadOnlyList<Scenario> Scenarios, IReadOnlyList<CashflowTable> Tables, int Lines);
