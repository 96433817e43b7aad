using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Engine.Scoring;

/// <summary>What became of a registration.</summary>
/// <param name="Outcome">Posted; or NoChange when the same version was there.</param>
/// <param name="Version">Its number; 0 when it was not registered.</param>
/// <param name="Content">Hash of its file.</param>
public readonly record struct Registration(Outcome Outcome, int Version, ContentHash Content)
{
    /// <summary>Whether the version is there now.</summary>
    public bool IsThere => Outcome.Kind == OutcomeKind.Posted || Outcome.Reason == Reason.NoChange;
}

/// <summary>Brings files of models and policies into an engine: looked at first, sent in parts, then registered under a version.</summary>
/// <param name="engine">Standalone or cluster.</param>
/// <param name="newId">Draws a fresh UUIDv7.</param>
public sealed class RiskRegistrar(ICreditEngine engine, Func<RequestId> newId)
{
    /// <summary>Registers a model. A malformed file is refused before anything is sent.</summary>
    /// <param name="entity">Tenant and legal entity; kind and id default.</param>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its number; 0 takes the one that has the same file, else one more than the newest.</param>
    /// <param name="file">Scorecard or logistic JSON, or ONNX.</param>
    /// <param name="reasons">Reason texts; empty for none.</param>
    /// <param name="metadata">Whatever goes with it.</param>
    public async Task<Registration> RegisterModelAsync(NodeKey entity, string name, int version, ReadOnlyMemory<byte> file, ReadOnlyMemory<byte> reasons, string metadata)
    {
        var (content, texts) = (ContentHash.Of(file.Span), reasons.IsEmpty ? default : ContentHash.Of(reasons.Span));
        if ((LengthFault(file) ?? ScoringContent.FaultOfModel(content, texts, file.ToArray, () => reasons.IsEmpty ? null : reasons.ToArray())) is { } fault) return Refused(fault, content);
        if (await SendAsync(entity, file) is { Reason: not Reason.None } unsent) return new Registration(unsent, 0, content);
        if (!reasons.IsEmpty && await SendAsync(entity, reasons) is { Reason: not Reason.None } lost) return new Registration(lost, 0, content);
        version = await VersionAsync(entity, false, name, version, content, texts, metadata);
        return await RegisterAsync(new RegisterModel(entity, name, version, content, texts, metadata), version, content);
    }

    /// <summary>Registers a policy. A malformed file is refused before anything is sent.</summary>
    /// <param name="entity">Tenant and legal entity; kind and id default.</param>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its number; 0 takes the one that has the same file, else one more than the newest.</param>
    /// <param name="file">DMN.</param>
    /// <param name="decision">Which of its decisions decides.</param>
    public async Task<Registration> RegisterPolicyAsync(NodeKey entity, string name, int version, ReadOnlyMemory<byte> file, string decision)
    {
        var content = ContentHash.Of(file.Span);
        if ((LengthFault(file) ?? ScoringContent.FaultOfPolicy(content, decision, file.ToArray)) is { } fault) return Refused(fault, content);
        if (await SendAsync(entity, file) is { Reason: not Reason.None } unsent) return new Registration(unsent, 0, content);
        version = await VersionAsync(entity, true, name, version, content, default, decision);
        return await RegisterAsync(new RegisterPolicy(entity, name, version, content, decision), version, content);
    }

    /// <summary>Executes an activation.</summary>
    public ValueTask<Outcome> ActivateAsync(ControlCommand activation) => engine.ExecuteAsync(Command.Of(newId(), activation));

    private static string? LengthFault(ReadOnlyMemory<byte> file) =>
        file.IsEmpty ? "the file is empty" : file.Length > PutContent.LengthMax ? $"the file has {file.Length} bytes; at most {PutContent.LengthMax} are taken" : null;

    private static Registration Refused(string fault, ContentHash content) =>
        new(new Outcome { Kind = OutcomeKind.Refused, Reason = Reason.InvalidContent, Message = fault }, 0, content);

    /// <summary>Sends a file; the outcome of the part that was not taken, or the default.</summary>
    private async Task<Outcome> SendAsync(NodeKey entity, ReadOnlyMemory<byte> file)
    {
        foreach (var part in PutContent.PartsOf(entity, file))
        {
            var outcome = await engine.ExecuteAsync(Command.Of(newId(), part));
            if (outcome.Reason == Reason.NoChange) return default;
            if (outcome.Kind != OutcomeKind.Posted) return outcome;
        }
        return default;
    }

    private async Task<int> VersionAsync(NodeKey entity, bool isPolicy, string name, int version, ContentHash content, ContentHash reasons, string detail)
    {
        if (version != 0) return version;
        var known = (await engine.GetRiskAsync(entity.Tenant, entity.LegalEntity)).Versions.Where(one => one.IsPolicy == isPolicy && one.Name.Name == name).ToArray();
        var same = known.FirstOrDefault(one => one.Content == content && one.Reasons == reasons && one.Detail == detail);
        return same?.Name.Version ?? known.Select(one => one.Name.Version).DefaultIfEmpty().Max() + 1;
    }

    private async Task<Registration> RegisterAsync(ControlCommand command, int version, ContentHash content)
    {
        var outcome = await engine.ExecuteAsync(Command.Of(newId(), command));
        return new Registration(outcome, outcome.Kind == OutcomeKind.Posted || outcome.Reason == Reason.NoChange ? version : 0, content);
    }
}
