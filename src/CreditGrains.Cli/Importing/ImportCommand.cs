using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Portfolio;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Importing;

/// <summary>
/// creditgrains import: a file of nodes, facilities and rates. The import is named by the file's SHA-256 (with a mapping:
/// by the SHA-256 of both), so a second import changes nothing.
/// </summary>
internal static class ImportCommand
{
    private const uint MalformedUsual = 100;
    private const uint MalformedMax = 1_000;

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "CSV with a header; see docs/command-line.md for the columns" };
        var mapping = new Option<string?>("--mapping") { Description = "JSON that maps the file's columns to ours", HelpName = "FILE" };
        var tenant = new Option<ushort>("--tenant") { Description = "Tenant of every row", DefaultValueFactory = _ => 1 };
        var malformed = new Option<uint>("--malformed-max") { Description = $"Stop after this many malformed rows, 1 to {MalformedMax}", DefaultValueFactory = _ => MalformedUsual };
        malformed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<uint>() is 0 or > MalformedMax) result.AddError($"--malformed-max must be 1 to {MalformedMax}");
        });
        var command = new Command("import", "Import nodes, facilities and rates in bulk; a second import of a file changes nothing") { file, mapping, tenant, malformed };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetRequiredValue(file);
            var columns = parse.GetValue(mapping) is { } named ? await ColumnMapping.ReadAsync(named, cancellationToken) : ColumnMapping.Identity;
            var hash = NameOf(await FileHash.OfAsync(path, cancellationToken), columns);
            using var channel = client.Connect(parse);
            var started = Stopwatch.GetTimestamp();
            var faults = new Dictionary<long, RowFault>();
            var reply = await LongWork.RunAsync(shell, "import", new FileInfo(path).Length, async progress =>
            {
                using var import = await ImportStream.OpenAsync(channel, hash, parse.GetValue(tenant), parse.GetValue(malformed), cancellationToken);
                await SendAsync(path, columns, parse.GetValue(tenant), import, faults, progress, cancellationToken);
                return await import.CompleteAsync();
            });
            return (int)ImportReport.Print(shell, reply, faults, Stopwatch.GetElapsedTime(started), client.IsJson(parse));
        });
        return command;
    }

    /// <summary>What names an import: the file's hash, or the hash of file and mapping.</summary>
    internal static byte[] NameOf(byte[] fileHash, ColumnMapping mapping) =>
        mapping.Hash.Length == 0 ? fileHash : SHA256.HashData([.. fileHash, .. mapping.Hash]);

    private static async Task SendAsync(
        string path, ColumnMapping mapping, ushort tenant, ImportStream import, Dictionary<long, RowFault> faults, IWorkProgress progress, CancellationToken cancellationToken)
    {
        using var csv = CsvFile.Open(path, mapping.Delimiter[0]);
        var source = new RowSource(csv, mapping) { IsMajor = mapping.IsMajor };
        var reading = new RowReading(tenant, source);
        while (!import.IsOver && await csv.ReadAsync(cancellationToken))
        {
            var row = reading.Read(out var fault);
            await import.AddAsync(row);
            if (fault is not null && faults.Count <= MalformedMax) faults[import.Rows] = fault;
            progress.Report(csv.ByteOffset);
        }
    }
}
