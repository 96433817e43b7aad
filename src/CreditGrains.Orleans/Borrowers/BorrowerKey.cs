using System.Globalization;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Orleans.Borrowers;

/// <summary>The key of a borrower grain: tenant/legal entity/number, such as "1/1/42".</summary>
public static class BorrowerKey
{
    /// <summary>Writes it.</summary>
    public static string Of(NodeKey borrower) => string.Create(CultureInfo.InvariantCulture, $"{borrower.Tenant}/{borrower.LegalEntity}/{borrower.Id}");

    /// <summary>Reads it.</summary>
    /// <returns>False when the text is no such key.</returns>
    public static bool TryParse(string text, out NodeKey borrower)
    {
        ArgumentNullException.ThrowIfNull(text);
        borrower = default;
        var parts = text.Split('/');
        if (parts.Length != 3 || !ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tenant)
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var entity)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return false;
        borrower = new NodeKey(id, tenant, entity, NodeKind.Borrower);
        return borrower.IsValid;
    }
}
