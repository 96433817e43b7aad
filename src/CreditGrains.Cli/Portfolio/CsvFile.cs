using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CsvHelper;

namespace CreditGrains.Cli.Portfolio;

/// <summary>How every CSV is read here: UTF-8 with a header, values trimmed, a stray quote spoils its row and not the file.</summary>
internal static class CsvFile
{
    /// <summary>Opens a file the user named; the reader closes it.</summary>
    /// <exception cref="CommandFault">The file cannot be read, or has no header.</exception>
    public static CsvReader Open(string path, char separator = ',') => Open(FileHash.Open(path), separator);

    /// <summary>Reads any stream; the reader closes it.</summary>
    /// <exception cref="CommandFault">There is no header.</exception>
    public static CsvReader Open(Stream stream, char separator = ',')
    {
        var reader = CsvReader.Create(stream, new CsvReaderOptions { Separator = separator, TrimWhitespace = true, PoolStrings = true }, leaveOpen: false);
        try
        {
            if (reader.Headers.Count > 0) return reader;
            throw CommandFault.Usage("EmptyFile", "the file is empty; its first line must name the columns");
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The place of a column, in any case.</summary>
    /// <exception cref="CommandFault">The header has no such column.</exception>
    public static int PlaceOf(CsvReader reader, string name, string need)
    {
        for (var i = 0; i < reader.Headers.Count; i++)
            if (reader.Headers[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        throw CommandFault.Usage("MissingColumn", $"the header has no column {name}; {need}");
    }

    /// <summary>A value of the current row; empty when the row is too short.</summary>
    public static string Cell(CsvReader reader, int column) => column < reader.FieldCount ? reader.GetString(column) : "";
}
