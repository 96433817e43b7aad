using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using Google.Protobuf;

namespace CreditGrains.Api.Mapping;

/// <summary>
/// Turns fields of messages into fields of commands and remembers the fault of highest precedence among those no command
/// can hold. What a command can hold but not mean (amount 0, a category of 12,000) is the engine's to refuse.
/// </summary>
internal struct Fields
{
    private Refusal fault;

    /// <summary>The fault found so far.</summary>
    public readonly Refusal Fault => fault;

    /// <summary>Notes a fault; of several the one with the lowest number stays, as with every reason.</summary>
    public void Fail(Reason reason, string message)
    {
        if (fault.IsNone || reason < fault.Reason)
            fault = new Refusal(reason, message);
    }

    /// <summary>
    /// None, or the reason of highest precedence among the faults found here and those of the command as it stands; the
    /// command is then made default.
    /// </summary>
    public readonly Refusal Conclude(ref Command command)
    {
        if (fault.IsNone) return default;
        var (reason, message) = CommandValidation.Check(command);
        command = default;
        return reason != Reason.None && reason < fault.Reason ? new Refusal(reason, message) : fault;
    }

    public NodeKey Facility(V1.FacilityKey? key)
    {
        if (key is null)
        {
            Fail(Reason.InvalidKey, "facility is missing");
            return default;
        }

        return Key("facility", key.Tenant, key.LegalEntity, key.Id, NodeKind.Facility);
    }

    public NodeKey Node(string name, V1.NodeKey? key)
    {
        if (key is null)
        {
            Fail(Reason.InvalidKey, $"{name} is missing");
            return default;
        }

        if (key.Kind is <= V1.NodeKind.Unspecified or > V1.NodeKind.Pool)
            Fail(Reason.InvalidKey, $"{name}.kind {(int)key.Kind} is not a kind of node; use 1 to {(int)NodeKind.Pool}");
        return Key(name, key.Tenant, key.LegalEntity, key.Id, (NodeKind)((int)key.Kind & 0xFF));
    }

    public NodeKey Key(string name, uint tenant, uint legalEntity, long id, NodeKind kind)
    {
        if (tenant is 0 or > ushort.MaxValue)
            Fail(Reason.InvalidKey, $"{name}.tenant is {tenant}; use 1 to 65535");
        if (legalEntity is 0 or > ushort.MaxValue)
            Fail(Reason.InvalidKey, $"{name}.legal_entity is {legalEntity}; use 1 to 65535");
        if (id <= 0)
            Fail(Reason.InvalidKey, $"{name}.id is {id}; use 1 to 9223372036854775807");
        return new NodeKey(id, (ushort)(tenant & 0xFFFF), (ushort)(legalEntity & 0xFFFF), kind);
    }

    public ushort Tenant(uint tenant)
    {
        if (tenant is 0 or > ushort.MaxValue)
            Fail(Reason.InvalidKey, $"tenant is {tenant}; use 1 to 65535");
        return (ushort)(tenant & 0xFFFF);
    }

    /// <summary>The key of commands about a tenant's legal entity as a whole: kind and id stay default.</summary>
    public NodeKey Entity(uint tenant, uint legalEntity)
    {
        if (legalEntity is 0 or > ushort.MaxValue)
            Fail(Reason.InvalidKey, $"legal_entity is {legalEntity}; use 1 to 65535");
        return new NodeKey(0, Tenant(tenant), (ushort)(legalEntity & 0xFFFF), NodeKind.None);
    }

    public Currency Currency(string name, string code)
    {
        if (!Domain.Money.Currency.TryParse(code, out var currency))
            Fail(Reason.InvalidCurrency, CurrencyFault(name, code));
        return currency;
    }

    public static string CurrencyFault(string name, string code) =>
        $"{name} is '{(code.Length > 16 ? code[..16] : code)}'; use an ISO 4217 code of three upper-case letters such as EUR";

    public Channel Channel(V1.Channel channel)
    {
        if (channel is < V1.Channel.Unspecified or > V1.Channel.Internal)
            Fail(Reason.InvalidField, $"channel {(int)channel} is unknown; use 0 to {(int)Domain.Commands.Channel.Internal}");
        return (Channel)((int)channel & 0xFF);
    }

    public ushort Category(string name, uint category)
    {
        if (category > ushort.MaxValue)
            Fail(Reason.InvalidField, $"{name} is {category}; use 0 to 9999");
        return (ushort)(category & 0xFFFF);
    }

    public ushort Scenario(uint scenario)
    {
        if (scenario > ushort.MaxValue)
            Fail(Reason.InvalidField, $"scenario is {scenario}; use 0 to 65535");
        return (ushort)(scenario & 0xFFFF);
    }

    /// <summary>An id from the one of its three forms that was sent.</summary>
    /// <param name="name">What the fields of the forms begin with: "request" for request_id and request_uuid.</param>
    /// <param name="forms">What was sent.</param>
    public RequestId RequestId(string name, in IdentityForms forms)
    {
        var id = default(RequestId);
        switch (forms.Form)
        {
            case IdentityForm.Bytes:
                if (forms.Bytes!.Length == 16) id = Domain.Requests.RequestId.FromBytes(forms.Bytes.Span);
                else Fail(Reason.InvalidRequestId, BytesFault(name, forms.Bytes.Length));
                break;
            case IdentityForm.Text:
                if (!Guid.TryParseExact(forms.Text, "D", out var guid))
                    Fail(Reason.InvalidRequestId, $"{name}_uuid is no UUID; use 8-4-4-4-12 hexadecimal digits");
                id = Domain.Requests.RequestId.FromGuid(guid);
                break;
            case IdentityForm.Session:
                id = SessionPlace(forms.Session!.Session, forms.Session.Sequence);
                break;
            default:
                Fail(Reason.InvalidRequestId, $"{name}_id is missing; give a UUIDv7 in {name}_id (16 bytes) or {name}_uuid, or a place in a session");
                break;
        }

        if (id == default) Fail(Reason.InvalidRequestId, $"{name}_id is all zero; use a UUIDv7 or a place in a session");
        return id;
    }

    public static string BytesFault(string name, int length) => $"{name}_id has {length} bytes; use the 16 bytes of a UUIDv7";

    public RequestId SessionPlace(ulong session, ulong sequence)
    {
        var inRange = session < 1UL << 60 && sequence is > 0 and <= Domain.Requests.RequestId.SessionSequenceMax;
        if (inRange) return Domain.Requests.RequestId.ForSession(session, (long)sequence);
        Fail(Reason.InvalidRequestId, $"session {session}, sequence {sequence} is out of range; use a session of 0 to 2^60 - 1 and a sequence of 1 to 2^62 - 1");
        return default;
    }

    /// <summary>A limit that must be given, so that leaving it out by mistake never sets it to zero.</summary>
    public long Given(string name, bool has, long value)
    {
        if (!has) Fail(Reason.InvalidField, $"{name} is missing");
        return value;
    }

    public static byte[]? Attributes(ByteString attributes) => attributes.IsEmpty ? null : attributes.ToByteArray();
}
