namespace CreditGrains.Documentation.Tests;

/// <summary>A command of a page and what the page says it prints.</summary>
/// <param name="Line">Of the page, from 1.</param>
/// <param name="Command">As typed, without the prompt; several lines when it holds a here-document.</param>
/// <param name="Expected">Lines that must be printed in this order, others between them allowed; "…" stands for any text.</param>
internal sealed record ConsoleStep(int Line, string Command, IReadOnlyList<string> Expected)
{
    private const string Fence = "```";

    /// <summary>The commands of all console blocks of a page, in order.</summary>
    public static IReadOnlyList<ConsoleStep> Read(string page)
    {
        var steps = new List<ConsoleStep>();
        var lines = page.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] != Fence + "console") continue;
            for (i++; lines[i] != Fence;)
            {
                if (!lines[i].StartsWith("$ ", StringComparison.Ordinal)) throw new FormatException($"line {i + 1}: a console block begins with a command after '$ '");
                var (at, command) = (i + 1, lines[i][2..]);
                i++;
                if (command.EndsWith("<<'END'", StringComparison.Ordinal))
                {
                    var end = Array.IndexOf(lines, "END", i);
                    command = string.Join('\n', [command, .. lines[i..end], "END"]);
                    i = end + 1;
                }

                var expected = new List<string>();
                for (; lines[i] != Fence && !lines[i].StartsWith("$ ", StringComparison.Ordinal); i++) expected.Add(lines[i]);
                steps.Add(new ConsoleStep(at, command, expected));
            }
        }

        return steps;
    }

    /// <summary>What is missing from what was printed; null when nothing is.</summary>
    public string? MissingFrom(string printed)
    {
        var left = printed.Split('\n').Select(Squeeze).ToArray().AsSpan();
        foreach (var line in Expected)
        {
            var at = 0;
            while (at < left.Length && !Fits(Squeeze(line), left[at])) at++;
            if (at == left.Length) return line;
            left = left[(at + 1)..];
        }

        return null;
    }

    /// <summary>Blanks in a row count as one: tables are as wide as what stands in them.</summary>
    private static string Squeeze(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool Fits(string pattern, string line)
    {
        var parts = pattern.Split('…', StringSplitOptions.TrimEntries);
        if (parts.Length == 1) return pattern == line;
        if (!line.StartsWith(parts[0], StringComparison.Ordinal) || !line.EndsWith(parts[^1], StringComparison.Ordinal)) return false;
        var from = 0;
        foreach (var part in parts)
        {
            var found = line.IndexOf(part, from, StringComparison.Ordinal);
            if (found < 0) return false;
            from = found + part.Length;
        }

        return true;
    }
}
