using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Api.Mapping;

/// <summary>Keys, shares, bases and currencies to their messages.</summary>
internal static class Keys
{
    public static V1.FacilityKey ToFacility(NodeKey key) => new() { Tenant = key.Tenant, LegalEntity = key.LegalEntity, Id = key.Id };

    public static V1.NodeKey ToNode(NodeKey key) =>
        new() { Tenant = key.Tenant, LegalEntity = key.LegalEntity, Id = key.Id, Kind = (V1.NodeKind)key.Kind };

    public static NodeKey FromNode(V1.NodeKey key) =>
        new(key.Id, (ushort)(key.Tenant & 0xFFFF), (ushort)(key.LegalEntity & 0xFFFF), (NodeKind)((int)key.Kind & 0xFF));

    /// <summary>Empty for no currency.</summary>
    public static string ToCode(Currency currency) => currency.IsKnown ? currency.Code : "";

    public static V1.ExposureBasis ToBasis(ExposureBasis basis) => new()
    {
        Measure = (V1.ExposureMeasure)basis.Measure,
        KeepsRepaid = basis.KeepsRepaid,
        UndrawnFactorPpm = basis.UndrawnFactorPpm,
    };

    public static V1.ParentShare ToShare(Domain.Commands.ParentShare share)
    {
        var message = new V1.ParentShare { Parent = ToNode(share.Parent) };
        if (share.SharePpm != Share.WholePpm) message.SharePpm = share.SharePpm;
        return message;
    }
}
