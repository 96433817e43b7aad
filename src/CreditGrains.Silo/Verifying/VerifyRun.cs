using System.Text.Json;
using CreditGrains.Api.Security;
using CreditGrains.Server;
using Npgsql;

namespace CreditGrains.Silo.Verifying;

/// <summary>The silo's program called as "verify": checks the database of a cluster and ends.</summary>
internal static class VerifyRun
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Verb = "verify";

    /// <summary>How to call it.</summary>
    public const string Usage = "CreditGrains.Silo verify --database CONNECTION [--heads FILE --public-key FILE] [--heads FILE ...] [--json]";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs it.</summary>
    /// <param name="args">What follows the verb.</param>
    /// <param name="output">Gets what was found.</param>
    /// <param name="error">Gets why it could not be done.</param>
    /// <returns>One of <see cref="ExitCodes"/>: BadData when something is wrong, Disk when the database cannot be read.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (Read(args, out var database, out var heads, out var key, out var json) is { } fault)
        {
            error.WriteLine($"Usage: {fault}. {Usage}");
            return ExitCodes.Usage;
        }

        try
        {
            using var source = NpgsqlDataSource.Create(database);
            var found = ClusterVerification.Run(source, heads, key);
            if (json) output.WriteLine(JsonSerializer.Serialize(found, Json));
            else Print(output, found, heads.Count);
            return found.Problem is null ? ExitCodes.Ok : ExitCodes.BadData;
        }
        catch (SecurityFileException damage)
        {
            error.WriteLine(damage.Message);
            return damage.Name == "HeadsDamaged" ? ExitCodes.BadData : ExitCodes.Usage;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            error.WriteLine($"DatabaseUnavailable: {e.Message} Check the connection string, and that a silo of this version has been started on it.");
            return ExitCodes.Disk;
        }
        catch (ArgumentException e)
        {
            error.WriteLine($"Usage: the connection string cannot be read: {e.Message}");
            return ExitCodes.Usage;
        }
    }

    private static string? Read(IReadOnlyList<string> args, out string database, out List<string> heads, out string? key, out bool json)
    {
        (database, heads, key, json) = ("", [], null, false);
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            if (name == "--json")
            {
                json = true;
                continue;
            }

            if (name is not ("--database" or "--heads" or "--public-key")) return $"'{name}' is no option";
            if (++i == args.Count) return $"{name} needs a value";
            if (name == "--database") database = args[i];
            else if (name == "--heads") heads.Add(args[i]);
            else key = args[i];
        }

        if (database.Length == 0) return "--database is missing";
        return heads.Count > 0 == key is not null ? null : "--heads and --public-key belong together";
    }

    private static void Print(TextWriter output, VerifiedCluster found, int files)
    {
        output.WriteLine(FormattableString.Invariant($"{found.Partitions} partitions, {found.Rows:N0} rows of journals, {found.AuditEntries:N0} entries of the audit log read."));
        if (found.Problem is { } problem)
        {
            output.WriteLine($"DAMAGED: {problem}");
            return;
        }

        output.WriteLine("Every checksum, sequence and chain holds.");
        if (files > 0) output.WriteLine(FormattableString.Invariant($"{found.Heads:N0} signed heads of journals in {files} files agree{(found.OutOfReach > 0 ? FormattableString.Invariant($"; {found.OutOfReach:N0} are older than the rows kept") : "")}."));
    }
}
