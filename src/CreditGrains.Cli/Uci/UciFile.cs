using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CsvHelper;
using CsvHelper.Configuration;

namespace CreditGrains.Cli.Uci;

/// <summary>Reads the comma-separated form of UCI data set 350: a header with ID, X1 and X12–X23 in any order, then one account a row.</summary>
internal static class UciFile
{
    // Numbers such as 5.00E+05 stand in the public file.
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const long AmountMax = 1_000_000_000_000;
    private static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim };

    /// <exception cref="CommandFault">The file cannot be read, or is not that data set.</exception>
    public static async Task<UciAccount[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(FileHash.Open(path));
        return await ReadAsync(text, cancellationToken);
    }

    /// <exception cref="CommandFault">The text is not that data set.</exception>
    public static async Task<UciAccount[]> ReadAsync(TextReader text, CancellationToken cancellationToken)
    {
        using var csv = new CsvParser(text, Configuration, leaveOpen: true);
        if (!await csv.ReadAsync()) throw CommandFault.Usage("EmptyFile", "the file is empty; give the CSV of UCI data set 350");
        var columns = new Columns(csv.Record!);
        var accounts = new List<UciAccount>();
        var ids = new HashSet<long>();
        while (await csv.ReadAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var account = columns.Account(csv);
            if (!ids.Add(account.Id)) throw Bad(csv, "ID", $"account {account.Id} comes twice");
            accounts.Add(account);
        }

        return accounts.Count > 0 ? [.. accounts] : throw CommandFault.Usage("EmptyFile", "the file has a header and no account; give the CSV of UCI data set 350");
    }

    private static CommandFault Bad(CsvParser csv, string column, string fault) =>
        CommandFault.Usage("BadRow", $"row {csv.Row - 1}, column {column}: {fault}");

    private sealed class Columns
    {
        private readonly string[] header;
        private readonly int id;
        private readonly int limit;
        private readonly int[] bills;
        private readonly int[] payments;

        public Columns(string[] header)
        {
            this.header = header;
            id = Find("ID");
            limit = Find("X1");
            // Newest first in the file, oldest first here.
            bills = [.. Enumerable.Range(0, UciAccount.BillCount).Select(month => Find($"X{17 - month}"))];
            payments = [.. Enumerable.Range(0, UciAccount.BillCount).Select(month => Find($"X{23 - month}"))];
        }

        public UciAccount Account(CsvParser csv)
        {
            var account = new UciAccount(
                Number(csv, id), Number(csv, limit),
                Array.ConvertAll(bills, column => Number(csv, column)),
                Array.ConvertAll(payments, column => Number(csv, column)));
            if (account.Id < 1) throw Bad(csv, "ID", "an account's number is 1 or more");
            if (account.Limit < 0) throw Bad(csv, "X1", "a limit is 0 or more");
            if (Array.Exists(account.Payments, payment => payment < 0)) throw Bad(csv, "X18–X23", "a payment is 0 or more");
            return account;
        }

        private long Number(CsvParser csv, int column)
        {
            var text = column < csv.Count ? csv[column] : "";
            if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) || number != decimal.Truncate(number) || Math.Abs(number) > AmountMax)
                throw Bad(csv, header[column], $"'{text}' is no whole number of New Taiwan dollars");
            return (long)number;
        }

        private int Find(string name)
        {
            var place = Array.FindIndex(header, column => column.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));
            return place >= 0 ? place : throw CommandFault.Usage(
                "MissingColumn", $"the header has no column {name}; give the CSV of UCI data set 350 with the columns ID, X1 and X12 to X23");
        }
    }
}
