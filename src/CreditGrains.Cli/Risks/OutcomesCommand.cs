using System.CommandLine;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Cli.Portfolio;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Risks;

/// <summary>creditgrains risk outcomes: tells monitors what became of accounts.</summary>
internal static class OutcomesCommand
{
    private const int BatchLength = 10_000;

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "CSV with the columns facility (TENANT/ENTITY/ID) and bad (1 or 0)" };
        return RiskCommand.Calling(shell, new Command("outcomes", "Tell what became of accounts, for monitoring") { file }, async (call, parse, _) =>
        {
            var path = parse.GetRequiredValue(file);
            if (!File.Exists(path)) throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");
            var (read, taken) = (0L, 0L);
            foreach (var batch in Rows(path).Chunk(BatchLength))
            {
                read += batch.Length;
                taken += (await call.AskAsync(Calls.NoteOutcomes, new NoteOutcomesRequest { Outcomes = { batch } })).Taken;
            }
            if (call.IsJson) call.Shell.Record(new { Read = read, Taken = taken });
            else call.Shell.Line($"{read} outcomes told, {taken} of accounts that a model scored");
            return ExitCode.Ok;
        });
    }

    private static IEnumerable<AccountOutcome> Rows(string path)
    {
        using var csv = CsvFile.Open(path);
        var header = csv.Headers.ToArray();
        var (facility, bad) = (Array.IndexOf(header, "facility"), Array.IndexOf(header, "bad"));
        if (facility < 0 || bad < 0) throw CommandFault.Usage("MissingColumn", $"{path} needs the columns facility and bad; it has {string.Join(", ", header)}");
        while (csv.Read())
        {
            var text = CsvFile.Cell(csv, bad);
            if (text is not ("0" or "1")) throw CommandFault.Usage("BadOutcome", $"'{text}' is no outcome; write 1 for bad and 0 for good");
            yield return new AccountOutcome { Facility = Keys.ToFacility(KeyText.Facility(CsvFile.Cell(csv, facility))), IsBad = text == "1" };
        }
    }
}
