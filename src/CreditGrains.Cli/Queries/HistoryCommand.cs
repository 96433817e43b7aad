using System.CommandLine;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Queries;

/// <summary>creditgrains history.</summary>
internal static class HistoryCommand
{
    private const int PageSizeMax = 1_000;

    public static Command Create(Shell shell)
    {
        var key = new Argument<string>("facility") { Description = "TENANT/ENTITY/ID" };
        var take = new Option<int>("--take") { Description = "Most events to show, newest first", DefaultValueFactory = _ => 50 };
        take.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--take must be 1 or more");
        });
        var command = new Command("history", "A facility's decisions, newest first") { key, take };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var facility = KeyText.Facility(parse.GetRequiredValue(key));
            using var channel = client.Connect(parse);
            var shown = 0;
            await foreach (var page in PagesAsync(channel, Keys.ToFacility(facility), parse.GetValue(take), cancellationToken))
            {
                shown += page.Count;
                if (client.IsJson(parse)) foreach (var e in page) shell.Message(e);
                else if (page.Count > 0) EventView.WriteTable(shell, shown == page.Count ? $"history of {KeyText.Of(facility)}" : "", page);
            }

            if (shown == 0) throw CommandFault.Usage("UnknownFacility", $"the engine has no facility {KeyText.Of(facility)}; check the key, or import it first");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static async IAsyncEnumerable<IReadOnlyList<JournalEvent>> PagesAsync(
        RpcChannel channel, FacilityKey facility, int take, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        do
        {
            var request = new GetHistoryRequest { Facility = facility, PageSize = Math.Min(take, PageSizeMax), PageToken = token };
            var reply = await channel.UnaryAsync(Calls.GetHistory, request, new CallOptions { CancellationToken = cancellationToken });
            yield return reply.Events;
            take -= reply.Events.Count;
            token = reply.NextPageToken;
        }
        while (take > 0 && token.Length > 0);
    }
}
