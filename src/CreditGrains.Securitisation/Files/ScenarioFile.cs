using System.Collections.Immutable;
using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Files;

/// <summary>Reads assumptions: one scenario, or several, each with one set for all loans or one a segment. The format is docs/cashflows.md.</summary>
public static class ScenarioFile
{
    /// <returns>For each scenario its sets: one for all loans, or one a segment.</returns>
    /// <exception cref="InvalidInputException">Naming the path and the fix.</exception>
    public static ImmutableArray<ImmutableArray<Scenario>> Parse(ReadOnlyMemory<byte> json)
    {
        var file = JsonPart.Parse(json);
        if (file.Optional("scenarios") is not { } scenarios) return [Sets(file)];
        file.Done();
        var all = scenarios.Items();
        if (all.Length == 0) throw scenarios.Fault("there is no scenario; write at least one");
        var read = all.Select(Sets).ToImmutableArray();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < read.Length; i++)
            if (!names.Add(read[i][0].Name))
                throw new InvalidInputException("NameTwice", $"{all[i].Path}.name", $"'{read[i][0].Name}' is the name of an earlier scenario too, and results are told apart by it; give each a name of its own");
        return read;
    }

    private static ImmutableArray<Scenario> Sets(JsonPart part)
    {
        if (part.Optional("segments") is not { } segments) return [One(part, part.Text("name", "base"))];
        var name = part.Text("name", "base");
        var probability = part.Optional("probability")?.Number();
        part.Done();
        if (segments.Items().Length == 0) throw segments.Fault("there is no segment; write one set of assumptions a segment, or leave segments out");
        return [.. segments.Items().Select(segment => One(segment, segment.Text("name", name)) with { Probability = probability })];
    }

    private static Scenario One(JsonPart part, string name)
    {
        var scenario = new Scenario
        {
            Name = name,
            Prepayment = part.Optional("prepayment") is { } prepayment ? PrepaymentOf(prepayment) : PrepaymentCurve.None,
            LoanDefault = part.Optional("default") is { } loanDefault ? LoanDefaultOf(loanDefault) : LoanDefaultCurve.None,
            Recovery = part.Optional("recovery") is { } recovery ? RecoveryOf(recovery) : RecoveryTerms.NoRecovery,
            Advances = part.Optional("advances") is { } advances ? AdvancesOf(advances) : AdvanceTerms.None,
            Stresses = part.Optional("stresses") is { } stresses ? [.. stresses.Items().Select(StressOf)] : [],
            Probability = part.Optional("probability")?.Number(),
        };
        part.Done();
        try
        {
            scenario.Check();
        }
        catch (InvalidInputException e) when (part.Path.Length > 0)
        {
            throw e.Under(part.Path);
        }

        return scenario;
    }

    private static PrepaymentCurve PrepaymentOf(JsonPart part)
    {
        PrepaymentCurve curve = part.Optional("smm") is { } smm ? new PrepaymentCurve.FlatSmm(new Smm(smm.Number()))
            : part.Optional("cpr") is { } cpr ? new PrepaymentCurve.FlatCpr(new Cpr(cpr.Number()))
            : part.Optional("psa") is { } psa ? new PrepaymentCurve.Psa(new PsaSpeed(psa.Number()))
            : part.Optional("abs") is { } abs ? new PrepaymentCurve.Abs(new AbsSpeed(abs.Number()))
            : part.Optional("vector") is { } vector ? new PrepaymentCurve.Vector(vector.Numbers(), part.Choice("unit", RateUnit.Annual), part.Choice("by", CurveClock.Period))
            : throw part.Fault("say how loans prepay: smm, cpr, psa, abs or vector");
        part.Done();
        return curve;
    }

    private static LoanDefaultCurve LoanDefaultOf(JsonPart part)
    {
        LoanDefaultCurve curve = part.Optional("mdr") is { } mdr ? new LoanDefaultCurve.FlatMdr(new Mdr(mdr.Number()))
            : part.Optional("cdr") is { } cdr ? new LoanDefaultCurve.FlatCdr(new Cdr(cdr.Number()))
            : part.Optional("sda") is { } sda ? new LoanDefaultCurve.Sda(new SdaSpeed(sda.Number()))
            : part.Optional("vector") is { } vector ? new LoanDefaultCurve.Vector(vector.Numbers(), part.Choice("unit", RateUnit.Annual), part.Choice("by", CurveClock.Period))
            : part.Optional("cumulative") is { } cumulative ? new LoanDefaultCurve.Cumulative(new CumulativeDefaultRate(cumulative.Number()), part.Required("timing").Numbers())
            : part.Optional("rollRates") is { } rolling ? new LoanDefaultCurve.RollRate(MatrixOf(rolling))
            : throw part.Fault("say how loans default: mdr, cdr, sda, vector, cumulative with timing, or rollRates");
        part.Done();
        return curve;
    }

    private static RollRateMatrix MatrixOf(JsonPart part)
    {
        var rows = part.Items().Select(row => (IReadOnlyList<double>)row.Numbers()).ToArray();
        try
        {
            return new RollRateMatrix(rows);
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException(e.Name, e.Path.Replace("matrix", part.Path, StringComparison.Ordinal), e.Fault);
        }
    }

    private static RecoveryTerms RecoveryOf(JsonPart part)
    {
        var terms = new RecoveryTerms(part.Number("severity"), part.Whole("lagMonths", 0), part.Optional("timing")?.Numbers() ?? []);
        part.Done();
        return terms;
    }

    private static AdvanceTerms AdvancesOf(JsonPart part)
    {
        if (part.IsText) return new AdvanceTerms(part.Choice<AdvanceKind>());
        var terms = new AdvanceTerms(part.Required("kind").Choice<AdvanceKind>(), part.Flag("boundByRecovery"), part.Flag("reimbursesInterest"));
        part.Done();
        return terms;
    }

    private static Stress StressOf(JsonPart part)
    {
        var stress = new Stress(part.Whole("fromPeriod", 1), part.Whole("toPeriod", int.MaxValue), part.Number("prepayment", 1), part.Number("default", 1), part.Number("severity", 1))
        {
            From = part.Optional("from")?.Date(),
            To = part.Optional("to")?.Date(),
        };
        part.Done();
        return stress;
    }
}
