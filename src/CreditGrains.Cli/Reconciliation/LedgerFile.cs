using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Portfolio;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CsvHelper;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>
/// Reads a core ledger's file: a header with the columns below in any order, then one facility a row. A row that cannot be
/// read ends the reading: a ledger read in part would show differences that are not there.
/// </summary>
internal static class LedgerFile
{
    private static readonly string[] Columns = ["tenant", "legal_entity", "facility", "currency", "principal", "interest", "fees"];

    /// <summary>The rows of one tenant.</summary>
    /// <exception cref="CommandFault">The file cannot be read whole, names another tenant or a facility twice.</exception>
    public static IEnumerable<LedgerRow> Read(string path, ushort tenant)
    {
        using var csv = CsvFile.Open(path);
        var places = Array.ConvertAll(Columns, name => CsvFile.PlaceOf(csv, name, $"it must have {string.Join(", ", Columns)}"));
        var seen = new HashSet<(ushort, long)>();
        while (csv.Read())
        {
            var row = csv.RowNumber;
            var account = Row(csv, places, row, tenant);
            if (!seen.Add((account.Facility.LegalEntity, account.Facility.Id))) throw Bad(row, "facility", $"{KeyText.Of(account.Facility)} comes twice");
            yield return account;
        }
    }

    private static LedgerRow Row(CsvReader csv, int[] places, long row, ushort tenant)
    {
        var named = Number(0);
        if (named != tenant) throw Bad(row, Columns[0], $"'{named}' is not tenant {tenant}; reconcile each tenant with its own --tenant");
        var entity = Number(1);
        var facility = new NodeKey(Number(2), tenant, (ushort)Math.Clamp(entity, 0, ushort.MaxValue), NodeKind.Facility);
        if (entity > ushort.MaxValue || !facility.IsValid) throw Bad(row, "legal_entity, facility", $"{entity}, {facility.Id} is no facility; a legal entity is 1 to 65535, an id 1 or more");
        if (!Currency.TryParse(Cell(3), out var currency)) throw Bad(row, Columns[3], $"'{Cell(3)}' is no ISO 4217 code known here");
        if (Number(5) < 0 || Number(6) < 0) throw Bad(row, "interest, fees", "must be 0 or more");
        return new LedgerRow(row, facility, currency, Number(4), Number(5), Number(6));

        string Cell(int column) => CsvFile.Cell(csv, places[column]);

        long Number(int column) =>
            long.TryParse(Cell(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= -Command.AmountMax and <= Command.AmountMax
                ? number
                : throw Bad(row, Columns[column], $"'{Cell(column)}' is no whole number within ±2^60");
    }

    private static CommandFault Bad(long row, string column, string fault) => CommandFault.Usage("BadRow", $"row {row}, column {column}: {fault}");
}
