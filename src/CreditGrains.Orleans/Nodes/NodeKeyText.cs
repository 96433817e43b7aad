using System.Globalization;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Nodes;

/// <summary>Reads the key of a node grain.</summary>
internal static class NodeKeyText
{
    /// <summary>Reads kind/tenant/legal entity/number.</summary>
    /// <exception cref="FormatException">The text is no key of a shared node.</exception>
    public static NodeKey Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 4 && Enum.TryParse<NodeKind>(parts[0], out var kind)
            && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var tenant)
            && ushort.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var entity)
            && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && new NodeKey(id, tenant, entity, kind) is { IsValid: true } key && Partitions.PartitionMap.IsShared(kind)) return key;
        throw new FormatException($"'{text}' is not the key of a shared node; use kind/tenant/legal entity/number, such as Enterprise/1/1/7.");
    }
}
