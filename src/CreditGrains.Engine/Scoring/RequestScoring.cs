using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Features;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Tables;
using CreditGrains.Risk.Features;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Engine.Scoring;

/// <summary>What models and policies say of a request that fits its limits.</summary>
/// <param name="Kind">Approved, ApprovedInPart, Declined or Referred.</param>
/// <param name="Amount">What may be approved or is referred, minor units.</param>
/// <param name="Reason">Of a decline.</param>
internal readonly record struct Verdict(OutcomeKind Kind, long Amount, Reason Reason = Reason.None);

/// <summary>
/// Scores a request that fits every limit and lets the policy decide. Writer's own: rows, scratch and sessions are reused, so that nothing is allocated. An account in no
/// scope costs a look at one flag, or at a small table.
/// </summary>
internal sealed class RequestScoring(PartitionState state, LimitCheck limits, FeatureBook features)
{
    private static readonly DecisionReason[] ScoreItself =
        [new(ReasonSource.Score, "SCORE", "The score is not sufficient; its factors come with the decision.", "评分不足；具体因素随决定提供。")];

    private static readonly DecisionReason[] NotScored =
        [new(ReasonSource.Engine, "NOT_SCORED", "The request could not be scored; a person decides.", "无法评分，转人工审核。")];

    private static readonly DecisionReason[] NotDecided =
        [new(ReasonSource.Engine, "NOT_DECIDED", "The policy gave no decision; a person decides.", "政策未给出决定，转人工审核。")];

    private const int FactorsKeptMax = 4_096;
    private readonly AttributeReader attributes = new();
    private readonly Dictionary<(ScoringModel, ulong), DecisionReason[]> factors = [];
    private double[] row = [];
    private double[] scratch = [];

    /// <summary>Whether no scope has a model or policy.</summary>
    public bool IsIdle => !state.Small.Risk.HasScopes;

    /// <summary>What is to become of a request. Fills the event's record of model, policy, score and reasons.</summary>
    /// <param name="facility">Before the request.</param>
    /// <param name="path">Its nodes.</param>
    /// <param name="e">The request.</param>
    /// <param name="amount">What fits the limits, minor units.</param>
    public Verdict Judge(in FacilityRow facility, ReadOnlySpan<PathEntry> path, ref LedgerEvent e, long amount)
    {
        var whole = new Verdict(OutcomeKind.Approved, amount);
        if (PlanOf(facility, path, e.RecordedAtMicros) is not { IsIdle: false } plan) return whole;
        e.Seen = new RequestSeen(facility.Limit, limits.OwnExposure(facility, 0), amount, facility.Credit, facility.OpenItems);
        if (plan.Fault is not null) return Refer(ref e, NotDecided, amount);
        var balances = facility.Balances;
        var facts = new RequestFacts(balances, e, facility.Currency);
        attributes.Read(e.Attributes, plan.AttributeNames);
        if (plan.Reading is { } reading && !features.ReadsDecisions) features.ReadDecision(e.Row, e, reading);
        var model = plan.ModelOf(facility.Id, out var isChallenger);
        var score = double.NaN;
        if (model is not null)
        {
            score = Score(plan, model, facts);
            e.Risk.Model = model.Name;
            e.Risk.Score = score;
            e.Risk.IsChallenger = isChallenger;
        }
        var verdict = plan.Policy is { } policy ? ByPolicy(plan, policy, model, score, facts, ref e, amount) : ByScore(model, score, ref e, amount);
        if (model is null || verdict.Kind == OutcomeKind.Approved) return verdict;
        e.Inputs = row;
        e.InputCount = model.Sources.Length;
        return verdict;
    }

    private Verdict ByScore(BoundModel? model, double score, ref LedgerEvent e, long amount)
    {
        if (model is null) return new Verdict(OutcomeKind.Approved, amount);
        if (double.IsNaN(score)) return Refer(ref e, NotScored, amount);
        return model.Scoring.Card?.Cutoff > score ? Decline(ref e, Reason.DeclinedByScore, FactorsOf(model)) : new Verdict(OutcomeKind.Approved, amount);
    }

    /// <summary>
    /// Scores a journaled request again by models that run beside, as it was seen then. The state must be that before the request.
    /// </summary>
    /// <param name="e">The request, with what its scoring saw.</param>
    /// <param name="facilityRow">Its facility.</param>
    /// <param name="tell">Told of shadows that cannot run.</param>
    /// <param name="scored">Gets each shadow with its row and score.</param>
    /// <returns>The plan in force; null when none is.</returns>
    public Plan? ScoreBeside(in LedgerEvent e, int facilityRow, Action<string> tell, IShadowScores scored)
    {
        ref readonly var facility = ref state.Facilities.Read(facilityRow);
        Span<PathEntry> buffer = stackalloc PathEntry[PathRow.PathMax];
        if (PlanOf(facility, state.PathOf(facility, buffer), e.RecordedAtMicros) is not { } plan) return null;
        plan.BindShadows(state, tell);
        var balances = RequestFacts.Before(e);
        var facts = new RequestFacts(balances, e, facility.Currency);
        attributes.Read(e.Attributes, plan.AttributeNames);
        if (plan.Reading is { } reading) features.ReadDecision(facilityRow, e, reading);
        foreach (var shadow in plan.Shadows)
        {
            var score = Score(plan, shadow, facts);
            scored.Note(e, shadow, row.AsSpan(0, shadow.Sources.Length), score);
        }
        if (e.Risk.Model is { } acting && plan.Find(acting) is { } model)
        {
            Fill(plan, model, facts);
            scored.NoteActing(e, model, row.AsSpan(0, model.Sources.Length));
            foreach (var policy in plan.ShadowPolicies) scored.Note(e, policy, Ask(plan, policy, model, e.Risk.Score, facts).Outcome);
        }
        else
        {
            foreach (var policy in plan.ShadowPolicies) scored.Note(e, policy, Ask(plan, policy, null, double.NaN, facts).Outcome);
        }
        return plan;
    }

    private Plan? PlanOf(in FacilityRow facility, ReadOnlySpan<PathEntry> path, long nowMicros)
    {
        var risk = state.Small.Risk;
        if (risk.HasNodeScopes)
            foreach (var entry in path)
                if (risk.PlanOf(state.Nodes.Read(entry.Node).Key, nowMicros, state) is { } plan) return plan;
        return risk.PlanOf(new Domain.Limits.NodeKey(0, facility.Tenant, facility.LegalEntity, Domain.Limits.NodeKind.None), nowMicros, state);
    }

    private double Score(Plan plan, BoundModel model, in RequestFacts facts)
    {
        Fill(plan, model, facts);
        if (scratch.Length < plan.ScratchMax) scratch = new double[plan.ScratchMax];
        return model.Scoring.Model.Score(row.AsSpan(0, model.Sources.Length), scratch);
    }

    private void Fill(Plan plan, BoundModel model, in RequestFacts facts)
    {
        if (row.Length < plan.InputsMax) row = new double[plan.InputsMax];
        var (sources, values, scales, target) = (model.Sources, features.Values, plan.FeatureScales, row);
        for (var i = 0; i < sources.Length; i++)
        {
            var source = sources[i];
            target[i] = source < InputBook.Attributes ? facts.Number((StateInput)source)
                : source < InputBook.Features ? attributes.NumberOf(source - InputBook.Attributes)
                : FixedPoint.ToDouble(values[source - InputBook.Features], scales[source - InputBook.Features]);
        }
    }

    private PolicyAnswer Ask(Plan plan, BoundPolicy policy, BoundModel? model, double score, in RequestFacts facts)
    {
        var session = policy.Session;
        var sources = policy.Sources;
        for (var i = 0; i < sources.Length; i++)
        {
            var source = sources[i];
            session.Set(i, source < InputBook.Attributes ? ValueOf((StateInput)source, model, score, facts)
                : source < InputBook.Features ? attributes[source - InputBook.Attributes] : FeatureOf(plan, source - InputBook.Features));
        }
        var given = Decide(session);
        if (given.Entries is not { } entries) return PolicyAnswer.Of(given);
        if (!ReferenceEquals(policy.Last.Given, entries)) policy.Last = (entries, PolicyAnswer.Of(given));
        return policy.Last.Answer;
    }

    private Verdict ByPolicy(Plan plan, BoundPolicy policy, BoundModel? model, double score, in RequestFacts facts, ref LedgerEvent e, long amount)
    {
        e.Risk.Policy = policy.Name;
        var said = Ask(plan, policy, model, score, facts);
        switch (said.Outcome)
        {
            case PolicyOutcome.Approve:
                return Allow(said, policy, facts, ref e, amount);
            case PolicyOutcome.Refer:
                return Refer(ref e, RuleReasons(policy, said), amount);
            case PolicyOutcome.Decline when said.IsByScore && model is not null:
                return Decline(ref e, Reason.DeclinedByScore, FactorsOf(model));
            case PolicyOutcome.Decline:
                return Decline(ref e, Reason.DeclinedByPolicy, RuleReasons(policy, said));
            default:
                return Refer(ref e, NotDecided, amount);
        }
    }

    private FeelValue FeatureOf(Plan plan, int place) =>
        FixedPoint.ToDecimal(features.Values[place], plan.FeatureScales[place]) is { } value ? FeelValue.Of(value) : FeelValue.Null;

    /// <summary>A policy that cannot be worked out says nothing, and a person decides: the writer must not end by one.</summary>
    private static FeelValue Decide(PolicySession session)
    {
        try
        {
            return session.Decide();
        }
        catch (Exception fault) when (fault is ArithmeticException or InvalidOperationException or ArgumentException)
        {
            return FeelValue.Null;
        }
    }

    private static FeelValue ValueOf(StateInput input, BoundModel? model, double score, in RequestFacts facts) => input switch
    {
        StateInput.Score => DecimalOf(score),
        StateInput.Probability => model is null || double.IsNaN(score) ? FeelValue.Null : DecimalOf(model.Scoring.Model.ProbabilityOf(score)),
        StateInput.Scored => FeelValue.Of(!double.IsNaN(score)),
        StateInput.Model => model is null ? FeelValue.Null : FeelValue.Of(model.Name.Name),
        _ => facts.Value(input),
    };

    /// <summary>A score as a decimal of 15 significant digits.</summary>
    private static FeelValue DecimalOf(double value) => Math.Abs(value) < 7e27 ? FeelValue.Of((decimal)value) : FeelValue.Null;

    private static Verdict Allow(in PolicyAnswer said, BoundPolicy policy, in RequestFacts facts, ref LedgerEvent e, long amount)
    {
        if (said.AmountMax is not { } most) return new Verdict(OutcomeKind.Approved, amount);
        var allowed = MinorOf(most, facts.Digits);
        if (allowed >= amount) return new Verdict(OutcomeKind.Approved, amount);
        // Less than the policy allows may be had only by a caller who takes a part.
        e.Risk.Reasons = RuleReasons(policy, said);
        return e.AmountMin > 0 && allowed >= e.AmountMin ? new Verdict(OutcomeKind.ApprovedInPart, allowed) : new Verdict(OutcomeKind.Declined, 0, Reason.DeclinedByPolicy);
    }

    /// <summary>Whole minor units of an amount, rounded down: the applicant never gets more than the policy says.</summary>
    private static long MinorOf(decimal major, int digits)
    {
        if (major <= 0) return 0;
        if (major >= 1L << 60) return 1L << 60;
        for (; digits > 0; digits--) major *= 10;
        return (long)decimal.Min(decimal.Floor(major), 1L << 60);
    }

    private static Verdict Refer(ref LedgerEvent e, DecisionReason[] reasons, long amount)
    {
        e.Risk.Reasons = reasons;
        return new Verdict(OutcomeKind.Referred, amount);
    }

    private static Verdict Decline(ref LedgerEvent e, Reason reason, DecisionReason[] reasons)
    {
        e.Risk.Reasons = reasons;
        return new Verdict(OutcomeKind.Declined, 0, reason);
    }

    /// <summary>Factors of a scorecard's score; of other models they are worked out when the decision is asked for.</summary>
    private DecisionReason[] FactorsOf(BoundModel model)
    {
        if (model.Scoring.Card is null) return ScoreItself;
        var packed = model.Scoring.FactorsOf(row.AsSpan(0, model.Sources.Length));
        if (packed == 0) return ScoreItself;
        if (factors.TryGetValue((model.Scoring, packed), out var known)) return known;
        if (factors.Count >= FactorsKeptMax) factors.Clear();
        return factors[(model.Scoring, packed)] = model.Scoring.ReasonsOf(packed);
    }

    private static DecisionReason[] RuleReasons(BoundPolicy policy, in PolicyAnswer said)
    {
        var hits = policy.Session.Trace.Hits;
        var rule = hits.Count > 0 ? hits[^1].Rule : "";
        var code = said.Code ?? rule;
        if (policy.Reasons.TryGetValue((rule, code), out var known) && (said.English is null || said.English == known[0].English) && (said.Chinese is null || said.Chinese == known[0].Chinese)) return known;
        if (policy.Reasons.Count >= FactorsKeptMax) policy.Reasons.Clear();
        var english = said.English ?? (rule.Length > 0 ? $"Rule {rule} of the policy {policy.Name.Name} applies." : $"The policy {policy.Name.Name} applies.");
        var chinese = said.Chinese ?? (rule.Length > 0 ? $"适用政策{policy.Name.Name}的规则{rule}。" : $"适用政策{policy.Name.Name}。");
        return policy.Reasons[(rule, code)] = [new DecisionReason(ReasonSource.Rule, PolicyAnswer.Cut(code), PolicyAnswer.Cut(english), PolicyAnswer.Cut(chinese))];
    }
}
