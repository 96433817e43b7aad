using CreditGrains.Domain.Requests;
using Google.Protobuf;

namespace CreditGrains.Api.Mapping;

/// <summary>The forms a request id may take in a message.</summary>
internal enum IdentityForm
{
    None,
    Bytes,
    Text,
    Session,
}

/// <summary>A request id as it stands in a message; at most one form is set.</summary>
internal readonly record struct IdentityForms(IdentityForm Form, ByteString? Bytes, string? Text, V1.SessionId? Session);

/// <summary>A message that names its request. Every command does, with the same fields.</summary>
internal interface IIdentified
{
    bool HasRequestId { get; }

    ByteString RequestId { get; set; }

    bool HasRequestUuid { get; }

    string RequestUuid { get; set; }

    V1.SessionId? SessionId { get; set; }
}

/// <summary>Reads and writes the three fields of <see cref="IIdentified"/>.</summary>
internal static class RequestIdentity
{
    public static IdentityForms Forms(this IIdentified message) =>
        message.HasRequestId ? new(IdentityForm.Bytes, message.RequestId, null, null)
        : message.HasRequestUuid ? new(IdentityForm.Text, null, message.RequestUuid, null)
        : message.SessionId is { } session ? new(IdentityForm.Session, null, null, session)
        : default;

    /// <summary>Writes the id as bytes, its compact form.</summary>
    public static void SetId(this IIdentified message, RequestId id) => message.RequestId = ToBytes(id);

    public static ByteString ToBytes(RequestId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.WriteBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
