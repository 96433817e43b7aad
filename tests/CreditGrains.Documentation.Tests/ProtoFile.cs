using System.Text.RegularExpressions;

namespace CreditGrains.Documentation.Tests;

/// <summary>A method, field or value.</summary>
/// <param name="Name">As written.</param>
/// <param name="Type">Of a field; of a method, what it takes and gives.</param>
/// <param name="Number">Of a field or value.</param>
/// <param name="Comment">What stands before it, on one line.</param>
internal sealed record ProtoMember(string Name, string Type, string Number, string Comment);

/// <summary>A service, message or enum.</summary>
/// <param name="Kind">One of these words.</param>
/// <param name="Name">As written; of one within another with the outer name and a dot before.</param>
/// <param name="Comment">What stands before it, on one line.</param>
/// <param name="Members">In the order of the file.</param>
internal sealed record ProtoBlock(string Kind, string Name, string Comment, List<ProtoMember> Members);

/// <summary>Reads our own proto files, which keep to one declaration a line and comments before it. What is not understood is a fault, so that nothing is left out of the reference.</summary>
internal sealed partial class ProtoFile
{
    private readonly List<ProtoBlock> blocks = [];
    private readonly Stack<ProtoBlock?> open = new();
    private readonly List<string> comment = [];

    public ProtoFile(string name, IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            while (line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal) && line[^1] is not (';' or '{' or '}') && i + 1 < lines.Count) line = $"{line} {lines[++i].Trim()}";
            try
            {
                Take(line);
            }
            catch (FormatException fault)
            {
                throw new FormatException($"{name}, line {i + 1}: {fault.Message}");
            }
        }
    }

    /// <summary>Services, messages and enums, inner ones after the outer.</summary>
    public IReadOnlyList<ProtoBlock> Blocks => blocks;

    private void Take(string line)
    {
        if (line.Length == 0)
        {
            // A comment with a blank line after it is about the file or a group, not about what follows.
            comment.Clear();
            return;
        }

        if (line.StartsWith("//", StringComparison.Ordinal))
        {
            comment.Add(line[2..].Trim());
            return;
        }

        var about = string.Join(' ', comment);
        comment.Clear();
        if (Block().Match(line) is { Success: true } block)
        {
            var outer = open.TryPeek(out var around) && around is not null ? $"{around.Name}." : "";
            var made = new ProtoBlock(block.Groups[1].Value, outer + block.Groups[2].Value, about, []);
            blocks.Add(made);
            if (!line.EndsWith('}')) open.Push(made);
        }
        else if (line.StartsWith("oneof ", StringComparison.Ordinal)) open.Push(open.Peek());
        else if (line is "}" or "};") open.Pop();
        else if (Method().Match(line) is { Success: true } method)
            open.Peek()!.Members.Add(new ProtoMember(method.Groups[1].Value, $"{method.Groups[2].Value} → {method.Groups[3].Value}", "", about));
        else if (Field().Match(line) is { Success: true } field)
            open.Peek()!.Members.Add(new ProtoMember(field.Groups[2].Value, field.Groups[1].Value.Trim(), field.Groups[3].Value, about));
        else if (!Ignored().IsMatch(line)) throw new FormatException($"not understood: {line}");
    }

    [GeneratedRegex(@"^(service|message|enum) (\w+) \{")]
    private static partial Regex Block();

    [GeneratedRegex(@"^rpc (\w+)\s?\(([^)]*)\) returns \(([^)]*)\)")]
    private static partial Regex Method();

    [GeneratedRegex(@"^((?:repeated |optional )?(?:map<[^>]*>|[\w.]+) )?(\w+) = (\d+)(?: \[.*\])?;$")]
    private static partial Regex Field();

    [GeneratedRegex("^(syntax|package|import|option|reserved) ")]
    private static partial Regex Ignored();
}
