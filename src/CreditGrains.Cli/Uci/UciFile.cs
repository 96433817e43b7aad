using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Portfolio;
using CsvHelper;

namespace CreditGrains.Cli.Uci;

/// <summary>Reads the comma-separated form of UCI data set 350: a header with ID, X1 and X12–X23 in any order, then one account a row.</summary>
internal static class UciFile
{
    // Numbers such as 5.00E+05 stand in the public file.
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const long AmountMax = 1_000_000_000_000;
    private const string Need = "give the CSV of UCI data set 350 with the columns ID, X1 and X12 to X23";

    /// <exception cref="CommandFault">The file cannot be read, or is not that data set.</exception>
    public static Task<UciAccount[]> ReadAsync(string path, CancellationToken cancellationToken) => ReadAsync(FileHash.Open(path), cancellationToken);

    /// <exception cref="CommandFault">The text is not that data set.</exception>
    public static async Task<UciAccount[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var csv = CsvFile.Open(stream);
        var columns = new Columns(csv);
        var accounts = new List<UciAccount>();
        var ids = new HashSet<long>();
        while (await csv.ReadAsync(cancellationToken))
        {
            var account = columns.Account();
            if (!ids.Add(account.Id)) throw Bad(csv, "ID", $"account {account.Id} comes twice");
            accounts.Add(account);
        }

        return accounts.Count > 0 ? [.. accounts] : throw CommandFault.Usage("EmptyFile", $"the file has a header and no account; {Need}");
    }

    private static CommandFault Bad(CsvReader csv, string column, string fault) =>
        CommandFault.Usage("BadRow", $"row {csv.RowNumber}, column {column}: {fault}");

    private sealed class Columns
    {
        private readonly CsvReader csv;
        private readonly int id;
        private readonly int limit;
        private readonly int[] bills;
        private readonly int[] payments;
        private readonly int[] statuses;
        private readonly int outcome;

        public Columns(CsvReader csv)
        {
            this.csv = csv;
            id = CsvFile.PlaceOf(csv, "ID", Need);
            limit = CsvFile.PlaceOf(csv, "X1", Need);
            // Newest first in the file, oldest first here.
            bills = [.. Enumerable.Range(0, UciAccount.BillCount).Select(month => CsvFile.PlaceOf(csv, $"X{17 - month}", Need))];
            // X6 is September's, X7 August's, and there are six.
            statuses = [.. Enumerable.Range(0, UciAccount.BillCount).Select(month => PlaceOrNone($"X{11 - month}"))];
            outcome = PlaceOrNone("Y");
            payments = [.. Enumerable.Range(0, UciAccount.BillCount).Select(month => CsvFile.PlaceOf(csv, $"X{23 - month}", Need))];
        }

        public UciAccount Account()
        {
            var account = new UciAccount(Number(id), Number(limit), Array.ConvertAll(bills, Number), Array.ConvertAll(payments, Number))
            {
                Statuses = Array.Exists(statuses, column => column < 0) ? [] : Array.ConvertAll(statuses, Number), IsBad = outcome < 0 ? null : Number(outcome) == 1,
            };
            if (account.Id < 1) throw Bad(csv, "ID", "an account's number is 1 or more");
            if (account.Limit < 0) throw Bad(csv, "X1", "a limit is 0 or more");
            if (Array.Exists(account.Payments, payment => payment < 0)) throw Bad(csv, "X18–X23", "a payment is 0 or more");
            return account;
        }

        private int PlaceOrNone(string name)
        {
            for (var place = 0; place < csv.Headers.Count; place++)
                if (csv.Headers[place] == name) return place;
            return -1;
        }

        private long Number(int column)
        {
            var text = CsvFile.Cell(csv, column);
            if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) || number != decimal.Truncate(number) || Math.Abs(number) > AmountMax)
                throw Bad(csv, csv.Headers[column], $"'{text}' is no whole number of New Taiwan dollars");
            return (long)number;
        }
    }
}
