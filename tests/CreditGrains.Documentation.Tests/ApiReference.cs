using System.Text;
using System.Text.RegularExpressions;

namespace CreditGrains.Documentation.Tests;

/// <summary>Writes the API reference: every service, method, message and field of the protos with what their comments say.</summary>
internal static partial class ApiReference
{
    /// <summary>The page for the proto files of a directory, in the order of their names, services first.</summary>
    public static string Write(string directory)
    {
        var files = Directory.GetFiles(directory, "*.proto").Order(StringComparer.Ordinal).Select(path => new ProtoFile(Path.GetFileName(path), File.ReadAllLines(path))).ToArray();
        var page = new StringBuilder();
        page.Append("# API reference\n\nWritten from the proto files in `src/CreditGrains.Api/Protos` by a test; do not edit it by hand (`CREDITGRAINS_WRITE=1 dotnet test tests/CreditGrains.Documentation.Tests`).\n\n");
        page.Append("Each method is served by gRPC as `creditgrains.v1.<Service>/<Method>`, and where it takes one message, as JSON over HTTP/1.1: `POST /creditgrains.v1.<Service>/<Method>`. [Security](security.md) says who may call what.\n");
        foreach (var service in files.SelectMany(file => file.Blocks).Where(block => block.Kind == "service")) Append(page, service, 2);
        page.Append("\n## Messages\n");
        foreach (var block in files.SelectMany(file => file.Blocks).Where(block => block.Kind != "service").OrderBy(block => block.Name, StringComparer.Ordinal)) Append(page, block, 3);
        return page.ToString();
    }

    private static void Append(StringBuilder page, ProtoBlock block, int level)
    {
        page.Append('\n').Append('#', level).Append(' ').Append(block.Name).Append("\n\n");
        if (block.Comment.Length > 0) page.Append(block.Comment).Append("\n\n");
        var rows = block.Members.Where(member => member.Name.Length > 0).ToArray();
        if (rows.Length == 0) return;
        page.Append(block.Kind switch { "service" => "| Method | Takes → gives | |\n|---|---|---|\n", "enum" => "| Value | Number | |\n|---|---|---|\n", _ => "| Field | Type | Number | |\n|---|---|---|---|\n" });
        foreach (var member in rows)
        {
            page.Append("| `").Append(member.Name).Append("` | ").Append(block.Kind == "enum" ? member.Number : Linked(member.Type));
            if (block.Kind == "message") page.Append(" | ").Append(member.Number);
            page.Append(" | ").Append(member.Comment.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        }
    }

    /// <summary>A type with links to the messages it names.</summary>
    private static string Linked(string type) => MessageName().Replace(type, name => $"[{name.Value}](#{name.Value.ToLowerInvariant()})");

    [GeneratedRegex(@"\b[A-Z][A-Za-z0-9]+\b")]
    private static partial Regex MessageName();
}
