using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Control;

/// <summary>creditgrains set-limit and set-rate.</summary>
internal static class LimitCommands
{
    public static Command SetLimit(Shell shell)
    {
        var node = NodeCommands.NodeArgument();
        var limit = new Argument<string>("limit") { Description = "Minor units, or 'unlimited'" };
        var from = new Option<string?>("--from") { Description = "Start, ISO 8601; left out: now", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "End of a temporary limit, ISO 8601", HelpName = "TIME" };
        var command = new Command("set-limit", "Set a limit: now, from a date, or for a time. A cut below usage is allowed") { node, limit, from, until };
        return SingleCommand.Complete(shell, command, parse => new SetLimit(
            KeyText.Node(parse.GetRequiredValue(node)),
            AmountText.TryMinor(parse.GetRequiredValue(limit), out var amount) ? amount : throw CommandFault.Usage(
                "BadAmount", $"'{parse.GetRequiredValue(limit)}' is no amount; write minor units as a whole number, or 'unlimited'"),
            Micros("--from", parse.GetValue(from)),
            Micros("--until", parse.GetValue(until))));
    }

    public static Command SetRate(Shell shell)
    {
        var tenant = new Option<ushort>("--tenant") { DefaultValueFactory = _ => 1 };
        var entity = new Option<ushort>("--entity") { Description = "Legal entity of the nodes", DefaultValueFactory = _ => 1 };
        var from = new Argument<string>("from") { Description = "Currency of the exposure" };
        var to = new Argument<string>("to") { Description = "Currency of the node" };
        var rate = new Argument<decimal>("rate") { Description = "Units of TO for one unit of FROM, at most nine decimals" };
        var until = new Option<string>("--until") { Description = "When the rate is stale, ISO 8601", HelpName = "TIME", Required = true };
        var command = new Command("set-rate", "Set a dated exchange rate") { from, to, rate, until, tenant, entity };
        return SingleCommand.Complete(shell, command, parse => new SetFxRate(
            new NodeKey(0, parse.GetValue(tenant), parse.GetValue(entity), NodeKind.None),
            CurrencyText.Parse(parse.GetRequiredValue(from)),
            CurrencyText.Parse(parse.GetRequiredValue(to)),
            RateNano(parse.GetRequiredValue(rate)),
            Micros("--until", parse.GetValue(until))));
    }

    private static long RateNano(decimal rate)
    {
        if (rate is <= 0 or > 1_000_000_000 || rate * FxConversion.RateUnit != decimal.Truncate(rate * FxConversion.RateUnit))
            throw CommandFault.Usage("BadRate", $"{rate.ToString(CultureInfo.InvariantCulture)} is no rate; write one above 0, at most 10^9, with at most nine decimals");
        return (long)(rate * FxConversion.RateUnit);
    }

    private static long Micros(string option, string? time) => time is null ? 0 : TimeText.Parse(option, time);
}
