using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>Decides commands about models and policies, and carries them out. All that can fail is checked first.</summary>
internal sealed class RiskDecider(PartitionState state)
{
    private RiskState Risk => state.Small.Risk;

    /// <summary>Why a registration's file cannot be used, with line or node; null when it can, or is not here to be looked at.</summary>
    public string? FaultOf(ControlCommand? control) => control switch
    {
        RegisterModel c when Whole(c, c.Content) is { } file && (c.Reasons == default || Whole(c, c.Reasons) is not null) =>
            ScoringContent.FaultOfModel(c.Content, c.Reasons, () => Read(file), () => c.Reasons == default ? null : Read(Whole(c, c.Reasons)!)),
        RegisterPolicy c when Whole(c, c.Content) is { } file => ScoringContent.FaultOfPolicy(c.Content, c.Decision, () => Read(file)),
        _ => null,
    };

    /// <summary>Decides.</summary>
    public Reason Check(ControlCommand control, long nowMicros) => control switch
    {
        PutContent c => CheckPart(c),
        RegisterModel c => CheckVersion(c, false, c.Name, c.Version, c.Content, c.Reasons, c.Metadata),
        RegisterPolicy c => CheckVersion(c, true, c.Name, c.Version, c.Content, default, c.Decision),
        ActivateModel c => CheckActivation(c, false, c.Name, c.Version, c.Role, c.SharePpm, Math.Max(c.FromMicros, nowMicros)),
        ActivatePolicy c => CheckActivation(c, true, c.Name, c.Version, c.Role, 0, Math.Max(c.FromMicros, nowMicros)),
        _ => throw new InvalidOperationException($"{control.GetType().Name} is not decided here."),
    };

    /// <summary>Carries out what was decided.</summary>
    public void Apply(ControlCommand control, long recordedAtMicros, long sequence)
    {
        var entity = RiskState.EntityOf(control.Key);
        switch (control)
        {
            case PutContent c:
                var content = Risk.FindContent(entity, c.Hash) ?? Risk.Add(new StoredContent { Entity = entity, Hash = c.Hash, Length = c.Length });
                ContentStore.Append(state, content, c);
                break;
            case RegisterModel c:
                Risk.Add(new RegisteredVersion(entity, false, new VersionName(c.Name, c.Version), c.Content, c.Reasons, c.Metadata, recordedAtMicros));
                break;
            case RegisterPolicy c:
                Risk.Add(new RegisteredVersion(entity, true, new VersionName(c.Name, c.Version), c.Content, default, c.Decision, recordedAtMicros));
                break;
            case ActivateModel c:
                Risk.Add(c.Key, new Activation(false, new VersionName(c.Name, c.Version), c.Role, c.SharePpm, Math.Max(c.FromMicros, recordedAtMicros), c.Maker, c.Checker, sequence));
                break;
            case ActivatePolicy c:
                Risk.Add(c.Key, new Activation(true, new VersionName(c.Name, c.Version), c.Role, 0, Math.Max(c.FromMicros, recordedAtMicros), c.Maker, c.Checker, sequence));
                break;
        }
    }

    private StoredContent? Whole(ControlCommand control, ContentHash hash) => Risk.FindContent(RiskState.EntityOf(control.Key), hash) is { IsWhole: true } file ? file : null;

    private byte[] Read(StoredContent content) => ContentStore.Read(state, content);

    private Reason CheckPart(PutContent c)
    {
        var content = Risk.FindContent(RiskState.EntityOf(c.Key), c.Hash);
        if (content is { IsWhole: true }) return Reason.NoChange;
        if (content is null && Risk.Contents.Count >= RiskState.ContentsMax) return Reason.RegistryFull;
        // A part at the start begins the file anew: an earlier attempt broke off.
        var received = c.Offset == 0 ? 0 : content?.Received ?? 0;
        if (c.Offset != received || (content is not null && content.Length != c.Length)) return Reason.ContentOutOfOrder;
        if (received + c.Bytes.Length < c.Length) return Reason.None;
        var whole = content is null || c.Offset == 0 ? c.Bytes : Read(content);
        if (whole != c.Bytes) c.Bytes.CopyTo(whole, received);
        return ContentHash.Of(whole) == c.Hash ? Reason.None : Reason.ContentMismatch;
    }

    private Reason CheckVersion(ControlCommand control, bool isPolicy, string name, int version, ContentHash file, ContentHash reasons, string detail)
    {
        if (Whole(control, file) is null || (reasons != default && Whole(control, reasons) is null)) return Reason.ContentIncomplete;
        if (Risk.FindVersion(RiskState.EntityOf(control.Key), isPolicy, name, version) is { } known)
            return known.Content == file && known.Reasons == reasons && known.Detail == detail ? Reason.NoChange : Reason.AlreadyExists;
        return Risk.Versions.Count < RiskState.VersionsMax ? Reason.None : Reason.RegistryFull;
    }

    private Reason CheckActivation(ControlCommand control, bool isPolicy, string name, int version, VersionRole role, int sharePpm, long fromMicros)
    {
        if (Risk.FindVersion(RiskState.EntityOf(control.Key), isPolicy, name, version) is null) return Reason.UnknownVersion;
        if (!Risk.Scopes.TryGetValue(control.Key, out var activations)) return role == VersionRole.Retired ? Reason.NoChange : Reason.None;
        if (activations.Count >= RiskState.ActivationsMax) return Reason.RegistryFull;
        if (role != VersionRole.Challenger) return Reason.None;
        var roles = PlanRoles.At(activations, fromMicros);
        var others = roles.Challengers.Where(one => one.Name.Name != name || one.Name.Version != version).Sum(one => (long)one.SharePpm);
        return others + sharePpm < 1_000_000 ? Reason.None : Reason.SharesExceeded;
    }
}
