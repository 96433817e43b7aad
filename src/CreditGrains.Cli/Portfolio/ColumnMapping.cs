using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Portfolio;

/// <summary>
/// How the columns of somebody's file become those of <see cref="PortfolioColumns"/>. A template may name several columns
/// in braces: "Borrower/{CUSTOMER};Product/{PROD}".
/// </summary>
internal sealed record ColumnMapping
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The mapping of a file that has our columns.</summary>
    public static readonly ColumnMapping Identity = new();

    /// <summary>Our column → theirs. Ours are those of <see cref="PortfolioColumns"/> or of a loan tape.</summary>
    public Dictionary<string, string> Columns { get; init; } = [];

    /// <summary>Our column → a text with their columns in braces.</summary>
    public Dictionary<string, string> Templates { get; init; } = [];

    /// <summary>Our column → one value for every row.</summary>
    public Dictionary<string, string> Constants { get; init; } = [];

    /// <summary>"minor" (the usual) or "major": how limits and principals are written.</summary>
    public string Amounts { get; init; } = "minor";

    /// <summary>One character; the usual is a comma.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>SHA-256 of the mapping's own file; empty for the identity.</summary>
    [JsonIgnore]
    public byte[] Hash { get; private init; } = [];

    /// <summary>Whether amounts are in major units.</summary>
    [JsonIgnore]
    public bool IsMajor => Amounts == "major";

    /// <exception cref="CommandFault">The file is not there, or is no mapping.</exception>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="names">Our columns; those of a portfolio file when left out.</param>
    public static async Task<ColumnMapping> ReadAsync(string path, CancellationToken cancellationToken, string[]? names = null)
    {
        await using var file = Connection.FileHash.Open(path);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancellationToken);
        return Parse(path, bytes.ToArray(), names);
    }

    /// <exception cref="CommandFault">The text is no mapping.</exception>
    public static ColumnMapping Parse(string path, byte[] json, string[]? names = null)
    {
        try
        {
            var mapping = JsonSerializer.Deserialize<ColumnMapping>(json, Json) ?? throw new JsonException("it is null");
            mapping.Check(path, names ?? PortfolioColumns.All);
            return mapping with { Hash = SHA256.HashData(json) };
        }
        catch (JsonException e)
        {
            throw CommandFault.Usage("BadMapping", $"{path} is no mapping: {e.Message}");
        }
    }

    private void Check(string path, string[] names)
    {
        foreach (var name in Columns.Keys.Concat(Templates.Keys).Concat(Constants.Keys))
        {
            if (!names.Contains(name)) throw Bad(path, $"'{name}' is no column of ours; use {string.Join(", ", names)}");
            if (Sources(name) > 1) throw Bad(path, $"'{name}' stands in more than one of columns, templates and constants");
        }

        if (Amounts is not ("minor" or "major")) throw Bad(path, $"amounts is '{Amounts}'; write minor or major");
        if (Delimiter.Length != 1) throw Bad(path, "delimiter must be one character");
    }

    private int Sources(string name) => (Columns.ContainsKey(name) ? 1 : 0) + (Templates.ContainsKey(name) ? 1 : 0) + (Constants.ContainsKey(name) ? 1 : 0);

    private static CommandFault Bad(string path, string fault) => CommandFault.Usage("BadMapping", $"{path}: {fault}");
}
