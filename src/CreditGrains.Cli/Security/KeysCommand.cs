using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CreditGrains.Api.Security.Heads;
using CreditGrains.Api.Security.Keys;
using CreditGrains.Api.Security.Vault;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Security;

/// <summary>creditgrains keys add, list and revoke: the file of who may call a server. A server reads it again within a second of a change.</summary>
internal static class KeysCommand
{
    public static Command Create(Shell shell) => new("keys", "Keys by which callers are known: add, list, revoke. The file holds their hashes only") { Add(shell), List(shell), Revoke(shell), Signing(shell), Vault(shell) };

    private static Command Add(Shell shell)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the principal, such as core-banking; letters, digits and . _ -" };
        var file = KeysOption();
        var roles = new Option<string>("--roles") { Description = "Comma-separated: decide, read, risk, operate, admin", HelpName = "ROLES", Required = true };
        var tenant = new Option<string>("--tenant") { Description = "The tenant it acts for, 1 to 65535, or 'all'", HelpName = "TENANT", Required = true };
        var entities = new Option<string?>("--entities") { Description = "Legal entities of the tenant, comma-separated; left out: all", HelpName = "ENTITIES" };
        var expires = new Option<string?>("--expires") { Description = "Date (UTC) from which it is refused, such as 2027-06-30; left out: never", HelpName = "DATE" };
        var certificate = new Option<string?>("--certificate") { Description = "Client certificate (PEM) to know the principal by, instead of a new API key", HelpName = "FILE" };
        var command = new Command("add", "Make a key and print it once; it cannot be shown again") { name, file, roles, tenant, entities, expires, certificate };
        command.SetAction(parse =>
        {
            var path = parse.GetRequiredValue(file);
            var known = File.Exists(path) ? KeyFile.Read(path) : KeyFile.Empty;
            var key = parse.GetValue(certificate) is null ? ApiKey.Create() : null;
            var hash = parse.GetValue(certificate) is { } pem ? HashOfCertificate(pem) : null;
            var entry = new KeyEntry
            {
                Id = key is null ? hash![..12] : ApiKey.IdOf(key)!,
                Name = parse.GetRequiredValue(name),
                KeySha256 = key is null ? null : Convert.ToHexStringLower(ApiKey.HashOf(key)),
                CertificateSha256 = hash,
                Roles = [.. parse.GetRequiredValue(roles).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
                Tenant = TenantOf(parse.GetRequiredValue(tenant)),
                LegalEntities = [.. (parse.GetValue(entities) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(EntityOf)],
                CreatedAt = DateTimeOffset.UtcNow,
                ExpiresAt = parse.GetValue(expires) is { } date ? DateOf(date) : null,
            };
            KeyFile.Of([.. known.Entries, entry]).Write(path);
            if (key is not null) shell.Line($"{key}");
            shell.Note($"{(key is null ? "certificate" : "key")} {entry.Id} of {entry.Name} added to {path}{(key is null ? "" : "; keep the line above, it is not stored")}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command List(Shell shell)
    {
        var file = KeysOption();
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var command = new Command("list", "Show who may call; never a key") { file, json };
        command.SetAction(parse =>
        {
            var entries = KeyFile.Read(parse.GetRequiredValue(file)).Entries;
            if (parse.GetValue(json))
            {
                foreach (var entry in entries) shell.Record(entry with { KeySha256 = null });
                return (int)ExitCode.Ok;
            }

            shell.Table("", ["id", "name", "known by", "roles", "tenant", "entities", "expires", "state"], entries.Select(e => new[]
            {
                e.Id, e.Name, e.KeySha256 is null ? "certificate" : "API key", string.Join(',', e.Roles), e.Tenant == 0 ? "all" : Text(e.Tenant),
                e.LegalEntities.Count == 0 ? "all" : string.Join(',', e.LegalEntities), e.ExpiresAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never", StateOf(e),
            }));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Revoke(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The key's id as 'keys list' shows it, or its name" };
        var file = KeysOption();
        var command = new Command("revoke", "End a key now. Calls under way by it end within a second or two") { id, file };
        command.SetAction(parse =>
        {
            var path = parse.GetRequiredValue(file);
            var wanted = parse.GetRequiredValue(id);
            var entries = KeyFile.Read(path).Entries;
            var found = entries.SingleOrDefault(e => e.RevokedAt is null && (e.Id == wanted || e.Name == wanted))
                ?? throw CommandFault.Usage("KeyUnknown", $"no key in force has the id or name '{wanted}'; 'creditgrains keys list' shows them");
            KeyFile.Of([.. entries.Select(e => ReferenceEquals(e, found) ? e with { RevokedAt = DateTimeOffset.UtcNow } : e)]).Write(path);
            shell.Line($"key {found.Id} of {found.Name} is revoked");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Signing(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "Private key to make; its public key is written beside it as FILE.pub" };
        var command = new Command("signing", "Make the key that signs heads of journal and audit log") { file };
        command.SetAction(parse =>
        {
            HeadFile.MakeKey(parse.GetRequiredValue(file));
            shell.Line($"{parse.GetRequiredValue(file)} signs; give {parse.GetRequiredValue(file)}.pub to whoever verifies");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Vault(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "Key file to make; keep a copy where backups of the vault are not" };
        var command = new Command("vault", "Make the key under which the keys of personal data are kept") { file };
        command.SetAction(parse =>
        {
            PersonalVault.MakeKey(parse.GetRequiredValue(file));
            shell.Line($"{parse.GetRequiredValue(file)} made; without it nothing in the vault can be read");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Option<string> KeysOption() => new("--keys") { Description = "The key file", HelpName = "FILE", DefaultValueFactory = _ => "keys.json" };

    private static string StateOf(KeyEntry entry) => entry.RevokedAt is not null ? "revoked" : entry.ExpiresAt <= DateTimeOffset.UtcNow ? "expired" : "in force";

    private static string HashOfCertificate(string path)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
            return certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        }
        catch (CryptographicException e)
        {
            throw CommandFault.Usage("CertificateInvalid", $"'{path}' is no certificate in PEM form: {e.Message}");
        }
    }

    private static ushort TenantOf(string text) => text == "all" ? (ushort)0 : Number("--tenant", text, " or 'all'");

    private static ushort EntityOf(string text) => Number("--entities", text, "");

    private static ushort Number(string option, string text, string more) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw CommandFault.Usage("Usage", $"{option} '{text}' is not 1 to 65535{more}");

    private static DateTimeOffset DateOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : throw CommandFault.Usage("Usage", $"--expires '{text}' is no date; write one such as 2027-06-30");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
