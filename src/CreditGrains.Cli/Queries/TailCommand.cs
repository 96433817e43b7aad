using System.CommandLine;
using CreditGrains.Api.Transport;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Alerts;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Queries;

/// <summary>creditgrains tail: the event feed, without gap or duplicate. Each line begins with its cursor.</summary>
internal static class TailCommand
{
    public static Command Create(Shell shell)
    {
        var from = new Option<string?>("--from") { Description = "Cursor of the last event seen: go on after it", HelpName = "CURSOR" };
        var now = new Option<bool>("--now") { Description = "Start after the newest event instead of at the first" };
        var tenant = new Option<uint>("--tenant") { Description = "Only events of this tenant; 0 is all" };
        var take = new Option<long>("--take") { Description = "Stop after this many events; 0 goes on until interrupted" };
        var alerts = new Option<bool>("--alerts") { Description = "Alerts too, each before the event that raised or cleared it" };
        var command = new Command("tail", "Follow the journal: every durable event, from the first, a cursor or now") { from, now, tenant, take, alerts };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new FeedRequest { Cursor = parse.GetValue(from) ?? "", FromNow = parse.GetValue(now), Tenant = parse.GetValue(tenant), WithAlerts = parse.GetValue(alerts) };
            var left = parse.GetValue(take);
            using var channel = client.Connect(parse);
            try
            {
                await foreach (var item in channel.ServerStreamingAsync(Calls.Feed, request, cancellationToken: cancellationToken))
                {
                    if (client.IsJson(parse)) shell.Message(item);
                    else if (item.Alert is { } alert) AlertView.WriteLine(shell, alert, item.Cursor);
                    else EventView.WriteLine(shell, item.Event, item.Cursor);
                    if (--left == 0) break;
                }
            }
            catch (RpcException e) when (e.Code == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
            {
                // Interrupting is how a feed without end is left.
                return (int)ExitCode.Ok;
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }
}
