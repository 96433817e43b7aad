using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Server;

/// <summary>One method served. Exactly one of <see cref="Unary"/> and <see cref="Stream"/> is set; every kind of handler
/// is reduced to one of the two at registration.</summary>
internal sealed class MethodEntry
{
    public required string Path { get; init; }

    public required MethodDescriptor Descriptor { get; init; }

    public required bool Compress { get; init; }

    public RawUnaryHandler? Unary { get; init; }

    public RawDuplexHandler? Stream { get; init; }
}
