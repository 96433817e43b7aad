using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Tests.Mapping;

/// <summary>Every enum of the protos has the members of the domain's, with the same numbers and names.</summary>
public sealed class EnumTests
{
    public static TheoryData<Type, EnumDescriptor> Pairs => new()
    {
        { typeof(Reason), Find("Reason") },
        { typeof(OutcomeKind), Find("OutcomeKind") },
        { typeof(LimitKind), Find("LimitKind") },
        { typeof(Channel), Find("Channel") },
        { typeof(NodeKind), Find("NodeKind") },
        { typeof(ExposureMeasure), Find("ExposureMeasure") },
        { typeof(NodeStatus), Find("NodeStatus") },
        { typeof(OpenItemKind), Find("OpenItemKind") },
        { typeof(CommandKind), Find("CommandKind") },
        { typeof(ReasonSource), Find("ReasonSource") },
        { typeof(VersionRole), Find("VersionRole") },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Enum_OfProto_MirrorsDomain(Type domain, EnumDescriptor proto)
    {
        var expected = Enum.GetValues(domain).Cast<object>().Select(value => (Convert.ToInt32(value), Name(value.ToString()!)));
        var actual = proto.Values.Select(value => (value.Number, Name(value.Name, proto.Name)));
        Assert.Equal(expected.Order(), actual.Order());
    }

    [Fact]
    public void Command_FieldNumbers_AreKindsForCallers()
    {
        var fields = V1.Command.Descriptor.Fields.InDeclarationOrder().Select(field => (field.FieldNumber, Name(field.Name)));
        var kinds = Enum.GetValues<CommandKind>().Where(kind => kind.IsForCallers()).Select(kind => ((int)kind, Name(kind.ToString())));
        Assert.Equal(kinds.Order(), fields.Order());
    }

    [Fact]
    public void ReasonNames_OfEveryReason_AreItsNames()
    {
        foreach (var reason in Enum.GetValues<Reason>())
            Assert.Equal(reason == Reason.None ? "" : reason.ToString(), ReasonNames.Of(reason));
        Assert.Equal("", ReasonNames.Of((Reason)9999));
    }

    private static EnumDescriptor Find(string name) =>
        new[] { V1.TypesReflection.Descriptor, V1.ControlReflection.Descriptor, V1.ViewsReflection.Descriptor, V1.RiskReflection.Descriptor }
            .SelectMany(file => file.EnumTypes).Single(type => type.Name == name);

    /// <summary>POINT_OF_SALE, PointOfSale → pointofsale; a zero that says "not said" is None or Unspecified.</summary>
    private static string Name(string name, string type = "")
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        if (type.Length > 0) plain = plain[type.Length..];
        return plain is "unspecified" ? "none" : plain;
    }
}
