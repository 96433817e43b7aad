using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using Google.Protobuf;

namespace CreditGrains.Api.Mapping;

/// <summary>Commands about models and policies, from and to their messages.</summary>
internal static class RiskMapping
{
    public static ControlCommand Read(IControlMessage message, ref Fields fields) => message switch
    {
        V1.PutContentRequest m => new PutContent(fields.Entity(m.Tenant, m.LegalEntity), Hash("sha256", m.Sha256, ref fields), m.Length, m.Offset, m.Part.ToByteArray()),
        V1.RegisterModelRequest m => new RegisterModel(
            fields.Entity(m.Tenant, m.LegalEntity), m.Name, m.Version, Hash("sha256", m.Sha256, ref fields),
            m.ReasonsSha256.IsEmpty ? default : Hash("reasons_sha256", m.ReasonsSha256, ref fields), m.Metadata),
        V1.RegisterPolicyRequest m => new RegisterPolicy(fields.Entity(m.Tenant, m.LegalEntity), m.Name, m.Version, Hash("sha256", m.Sha256, ref fields), m.Decision),
        V1.ActivateModelRequest m => new ActivateModel(Scope(m.Tenant, m.LegalEntity, m.Node, ref fields), m.Name, m.Version, Role(m.Role, ref fields), m.SharePpm, m.FromMicros, m.Maker, m.Checker),
        V1.ActivatePolicyRequest m => new ActivatePolicy(Scope(m.Tenant, m.LegalEntity, m.Node, ref fields), m.Name, m.Version, Role(m.Role, ref fields), m.FromMicros, m.Maker, m.Checker),
        _ => throw new NotSupportedException($"No command for {message.GetType().Name}."),
    };

    public static IControlMessage Write(ControlCommand control) => control switch
    {
        PutContent c => new V1.PutContentRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, Sha256 = Hash(c.Hash), Length = c.Length, Offset = c.Offset, Part = ByteString.CopyFrom(c.Bytes),
        },
        RegisterModel c => new V1.RegisterModelRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, Name = c.Name, Version = c.Version, Sha256 = Hash(c.Content),
            ReasonsSha256 = c.Reasons == default ? ByteString.Empty : Hash(c.Reasons), Metadata = c.Metadata,
        },
        RegisterPolicy c => new V1.RegisterPolicyRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, Name = c.Name, Version = c.Version, Sha256 = Hash(c.Content), Decision = c.Decision,
        },
        ActivateModel c => new V1.ActivateModelRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, Node = c.Key.Kind == NodeKind.None ? null : Keys.ToNode(c.Key), Name = c.Name, Version = c.Version,
            Role = (V1.VersionRole)c.Role, SharePpm = c.SharePpm, FromMicros = c.FromMicros, Maker = c.Maker, Checker = c.Checker,
        },
        ActivatePolicy c => new V1.ActivatePolicyRequest
        {
            Tenant = c.Key.Tenant, LegalEntity = c.Key.LegalEntity, Node = c.Key.Kind == NodeKind.None ? null : Keys.ToNode(c.Key), Name = c.Name, Version = c.Version,
            Role = (V1.VersionRole)c.Role, FromMicros = c.FromMicros, Maker = c.Maker, Checker = c.Checker,
        },
        _ => throw new NotSupportedException($"No message for {control.GetType().Name}."),
    };

    private static NodeKey Scope(uint tenant, uint legalEntity, V1.NodeKey? node, ref Fields fields)
    {
        if (node is null) return fields.Entity(tenant, legalEntity);
        var key = fields.Node("node", node);
        if (tenant != node.Tenant || legalEntity != node.LegalEntity) fields.Fail(Reason.InvalidKey, "node must be of the tenant and legal entity given");
        return key;
    }

    private static VersionRole Role(V1.VersionRole role, ref Fields fields)
    {
        if (role is <= V1.VersionRole.Unspecified or > V1.VersionRole.Retired) fields.Fail(Reason.InvalidField, "role must be acting, challenger, shadow or retired");
        return (VersionRole)((int)role & 0xFF);
    }

    private static ContentHash Hash(string name, ByteString bytes, ref Fields fields)
    {
        if (bytes.Length == ContentHash.Length) return ContentHash.FromBytes(bytes.Span);
        fields.Fail(Reason.InvalidField, $"{name} has {bytes.Length} bytes; use the 32 bytes of a SHA-256");
        return default;
    }

    private static ByteString Hash(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Length];
        hash.WriteBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
