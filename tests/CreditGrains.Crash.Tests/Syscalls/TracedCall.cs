using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CreditGrains.Crash.Tests.Syscalls;

/// <summary>One system call of a trace. Lines are places in the log, which the tracer writes in the order things happened.</summary>
/// <param name="Name">Such as "pwrite64".</param>
/// <param name="Target">What its descriptor was: a path, or "TCP:[here->there]"; of a rename the new name.</param>
/// <param name="Descriptor">Its number; −1 of a rename.</param>
/// <param name="Data">Bytes written or sent, as far as traced.</param>
/// <param name="Offset">Of pwrite64.</param>
/// <param name="EntryLine">Where it began.</param>
internal sealed record TracedCall(string Name, string Target, int Descriptor, byte[] Data, long Offset, int EntryLine)
{
    /// <summary>Where it had returned; the end of time while it has not.</summary>
    public int ExitLine { get; set; } = int.MaxValue;

    /// <summary>What it returned.</summary>
    public long Result { get; set; } = -1;
}

/// <summary>Reads the log of 'strace -f -yy -xx'.</summary>
internal static partial class TraceLog
{
    public static List<TracedCall> Parse(IEnumerable<string> lines)
    {
        var calls = new List<TracedCall>();
        var unfinished = new Dictionary<string, TracedCall>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (Resumed().Match(line) is { Success: true } resumed)
            {
                if (unfinished.Remove(resumed.Groups["thread"].Value, out var call)) End(call, resumed, number);
            }
            else if (Begun().Match(line) is { Success: true } begun)
            {
                var call = Begin(begun, number);
                calls.Add(call);
                if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal)) unfinished[begun.Groups["thread"].Value] = call;
                else if (Returned().Match(line) is { Success: true } returned) End(call, returned, number);
            }
        }
        return calls;
    }

    private static TracedCall Begin(Match begun, int number)
    {
        var (name, arguments) = (begun.Groups["name"].Value, begun.Groups["arguments"].Value);
        if (name.StartsWith("rename", StringComparison.Ordinal))
        {
            var names = Text().Matches(arguments);
            return new TracedCall(name, Encoding.UTF8.GetString(Bytes(names[^1].Groups[1].Value)), -1, [], 0, number);
        }
        var descriptor = Descriptor().Match(arguments);
        var data = name is "sendmsg" or "writev" or "pwritev" ? Vector().Matches(arguments).SelectMany(part => Bytes(part.Groups[1].Value)).ToArray()
            : Text().Match(arguments) is { Success: true } text ? Bytes(text.Groups[1].Value) : [];
        var offset = name == "pwrite64" ? Offset().Match(arguments) : Match.Empty;
        return new TracedCall(
            name, Target(descriptor.Groups["target"].Value), descriptor.Success ? int.Parse(descriptor.Groups["number"].Value, CultureInfo.InvariantCulture) : -1, data,
            offset.Success ? long.Parse(offset.Groups[1].Value, CultureInfo.InvariantCulture) : 0, number);
    }

    private static void End(TracedCall call, Match match, int number)
    {
        call.ExitLine = number;
        call.Result = long.Parse(match.Groups["result"].Value, CultureInfo.InvariantCulture);
    }

    // -xx escapes the paths of descriptors too, but not the addresses of sockets.
    private static string Target(string traced) => Escaped().IsMatch(traced) ? Encoding.UTF8.GetString(Bytes(traced)) : traced;

    private static byte[] Bytes(string hexadecimal) => Convert.FromHexString(hexadecimal.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^(?<thread>\d+)\s+(?<name>\w+)\((?<arguments>.*)$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^(?<thread>\d+)\s+<\.\.\. \w+ resumed>.*\)\s+= (?<result>-?\d+)")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"\)\s+= (?<result>-?\d+)[^""]*$")]
    private static partial Regex Returned();

    [GeneratedRegex(@"^(?<number>\d+)<(?<target>.*?)>(, |\)| <unfinished)")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"^(?:\\x[0-9a-f]{2})+$")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"""((?:\\x[0-9a-f]{2})*)""")]
    private static partial Regex Text();

    [GeneratedRegex(@"iov_base=""((?:\\x[0-9a-f]{2})*)""")]
    private static partial Regex Vector();

    [GeneratedRegex(@", \d+, (\d+)(\)| <unfinished)")]
    private static partial Regex Offset();
}
