using System.CommandLine;
using System.Text;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Control;

/// <summary>creditgrains authorize.</summary>
internal static class AuthorizeCommand
{
    public static Command Create(Shell shell)
    {
        var facility = new Argument<string>("facility") { Description = "TENANT/ENTITY/ID" };
        var amount = new Argument<long>("amount") { Description = "Minor units: 12900 for 129.00 EUR" };
        var currency = new Argument<string>("currency") { Description = "ISO 4217 code; the facility's" };
        var least = new Option<long>("--min") { Description = "Least amount worth approving, minor units; 0 is all or nothing" };
        var channel = new Option<Channel>("--channel") { Description = "Where the request came in" };
        var category = new Option<ushort>("--mcc") { Description = "Merchant category, ISO 18245" };
        var lifetime = new Option<int>("--hold-seconds") { Description = "Lifetime of the hold; 0 takes 7 days" };
        var attributes = new Option<string?>("--attributes") { Description = "What you know of the request, for features and policies: key=value;key=value, at most 256 bytes", HelpName = "TEXT" };
        var command = new Command("authorize", "Ask for a hold. Exit code 0 approved, 1 declined or referred") { facility, amount, currency, least, channel, category, lifetime, attributes };
        return SingleCommand.Complete(shell, command, parse => new Domain.Commands.Command
        {
            Kind = CommandKind.Authorize,
            Facility = KeyText.Facility(parse.GetRequiredValue(facility)),
            Amount = parse.GetRequiredValue(amount),
            Currency = CurrencyText.Parse(parse.GetRequiredValue(currency)),
            AmountMin = parse.GetValue(least),
            Channel = parse.GetValue(channel),
            MerchantCategory = parse.GetValue(category),
            LifetimeSeconds = parse.GetValue(lifetime),
            Attributes = parse.GetValue(attributes) is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null,
        });
    }
}
