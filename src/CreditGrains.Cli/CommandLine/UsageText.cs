using System.CommandLine;
using System.Text.RegularExpressions;

namespace CreditGrains.Cli.CommandLine;

/// <summary>What is wrong with a command line, in words of this program and not of its parser.</summary>
internal static partial class UsageText
{
    /// <summary>The first fault of a command line that has one.</summary>
    public static string Of(ParseResult parse)
    {
        // The parser says only that a command is missing, whatever stands in its place.
        if (parse.UnmatchedTokens.Count > 0 && parse.CommandResult.Command.Subcommands.Count > 0)
            return $"there is no command '{parse.UnmatchedTokens[0]}'";
        return ExpectedType().Replace(parse.Errors[0].Message.TrimEnd('.'), type => type.Groups[1].Value switch
        {
            "System.Int64" or "System.Int32" or "System.UInt16" or "System.UInt64" => "as a whole number in its range",
            "System.Double" or "System.Decimal" => "as a number",
            _ => "as one of its values",
        });
    }

    [GeneratedRegex(@"as expected type '([^']+)'")]
    private static partial Regex ExpectedType();
}
