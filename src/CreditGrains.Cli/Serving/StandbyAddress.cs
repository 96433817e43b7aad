using System.CommandLine;
using System.Globalization;
using System.Net;

namespace CreditGrains.Cli.Serving;

/// <summary>An address written HOST:PORT, or [IPv6]:PORT.</summary>
internal static class StandbyAddress
{
    /// <summary>Reads an address; null when it is none. Port 1 to 65,535, or 0 where one may be chosen.</summary>
    public static DnsEndPoint? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort) return null;
        return new DnsEndPoint(text[..colon].Trim('[', ']'), port);
    }
}

/// <summary>The option of how long journal segments are.</summary>
internal static class SegmentSize
{
    private const int MiBMin = 16;
    private const int MiBMax = 16_384;

    public static Option<int> Option()
    {
        var option = new Option<int>("--segment-mib")
        {
            Description = "Length of new journal segments, MiB; two are kept zeroed ahead of need", HelpName = "MIB", DefaultValueFactory = _ => 256,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < MiBMin or > MiBMax) result.AddError($"--segment-mib must be {MiBMin} to {MiBMax}");
        });
        return option;
    }

    public static long BytesOf(ParseResult parse, Option<int> option) => (long)parse.GetValue(option) << 20;
}
