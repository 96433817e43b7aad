using System.Collections.Concurrent;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Api.Services;

/// <summary>Explains decisions after the reply: fetches a model's file from the engine once and takes its score apart.</summary>
internal sealed class RiskFiles
{
    private const int KeptMax = 64;
    private readonly ConcurrentDictionary<(NodeKey Entity, ContentHash Content, ContentHash Reasons), Task<byte[]?[]>> kept = new();

    /// <summary>A registered model ready to explain; null when there is none of that name.</summary>
    public async Task<DecisionExplainer?> ExplainerAsync(ICreditEngine engine, NodeKey entity, VersionName name)
    {
        var view = await engine.GetRiskAsync(entity.Tenant, entity.LegalEntity).Guarded();
        if (view.Versions.FirstOrDefault(one => !one.IsPolicy && one.Name == name) is not { } version) return null;
        if (kept.Count >= KeptMax) kept.Clear();
        var key = (entity, version.Content, version.Reasons);
        var files = await kept.GetOrAdd(key, _ => FetchAsync(engine, entity, version));
        if (files[0] is { } file) return DecisionExplainer.Of(file, files[1]);
        kept.TryRemove(key, out _);
        return null;
    }

    /// <summary>Why a decision's score is what it is; null when no model scored it or its event does not tell every input.</summary>
    public async Task<ScoreExplanation?> ExplainAsync(ICreditEngine engine, EventRecord record)
    {
        if (record.Risk.Model is not { } model) return null;
        var explainer = await ExplainerAsync(engine, new NodeKey(0, record.Key.Tenant, record.Key.LegalEntity, NodeKind.None), model);
        return explainer?.RowOf(record) is { } row ? explainer.Explain(row) : null;
    }

    /// <summary>The reasons of a decision: those it was answered with, and where only the score was named, the score's factors.</summary>
    public async Task<EventRecord?> WithFactorsAsync(ICreditEngine engine, EventRecord? record)
    {
        if (record?.Risk.Reasons is not [{ Source: ReasonSource.Score }] || await ExplainAsync(engine, record) is not { Factors.Count: > 0 } explained) return record;
        var risk = record.Risk;
        risk.Reasons = [.. explained.Factors.Select(factor => factor.Reason)];
        return record with { Risk = risk };
    }

    private static async Task<byte[]?[]> FetchAsync(ICreditEngine engine, NodeKey entity, VersionView version) =>
    [
        await engine.GetContentAsync(entity.Tenant, entity.LegalEntity, version.Content).Guarded(),
        version.Reasons == default ? null : await engine.GetContentAsync(entity.Tenant, entity.LegalEntity, version.Reasons).Guarded(),
    ];
}
