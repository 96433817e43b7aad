using CreditGrains.Cluster.Simulation.Checks;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.Clients;

/// <summary>A client: sends one submission after the other, each until it is answered, also ids it sent before.</summary>
internal sealed class Client(Cluster cluster, Outside outside, Book book, Dice dice)
{
    private const int StaleReadsMax = 10;
    private readonly List<(NodeKey Facility, long Hold)> holds = [];
    private readonly List<Command> sent = [];

    /// <summary>Requests and facts until trouble ends, then rests.</summary>
    public async Task WorkAsync()
    {
        while (cluster.IsTroubled)
        {
            await outside.Pause(dice.Percent(20) ? dice.Between(100_000, 1_500_000) : dice.Between(500, 120_000));
            var commands = new Command[dice.Percent(75) ? 1 : 1 + dice.Below(6)];
            for (var i = 0; i < commands.Length; i++) commands[i] = Next();
            var outcomes = await outside.SubmitAsync(commands);
            for (var i = 0; i < commands.Length; i++) Hear(commands[i], outcomes[i]);
            if (dice.Percent(10)) await LookAsync();
        }
    }

    /// <summary>Opens the book in submissions of some size; each until all of it is there.</summary>
    public async Task ImportAsync()
    {
        var openings = book.Openings().ToArray();
        var size = dice.Pick([1, 4, 100]);
        for (var first = 0; first < openings.Length; first += size)
        {
            Command[] commands = [.. openings.Skip(first).Take(size).Select(o => Command.Of(outside.NextId(), o))];
            while (true)
            {
                var outcomes = await outside.SubmitAsync(commands);
                if (Array.TrueForAll(outcomes, o => o.Kind == OutcomeKind.Posted)) break;
                var at = Array.FindIndex(outcomes, o => o.Kind != OutcomeKind.Posted);
                Checker.Require(outcomes[at].Kind == OutcomeKind.Refused && outcomes[at].Reason is Reason.Overloaded or Reason.DeadlineExceeded or Reason.Recalling,
                    $"{commands[at].Kind} of {commands[at].Facility}: {outcomes[at].Kind} {outcomes[at].Reason} {outcomes[at].Message}");
                await outside.Pause(100_000);
            }
        }
    }

    private Command Next()
    {
        if (sent.Count > 0 && dice.Percent(4)) return dice.PickLate(sent);
        var command = Make();
        sent.Add(command);
        return command;
    }

    private Command Make()
    {
        if (cluster.Profile.HasCuts && dice.Percent(3)) return ChangeNode();
        var facility = dice.Pick(book.Facilities).Key;
        if (holds.Count > 0 && dice.Percent(35))
        {
            var place = dice.Below(holds.Count);
            var (of, hold) = holds[place];
            if (dice.Percent(20)) return Of(CommandKind.IncreaseHold, of, dice.Between(1, book.AmountMax), hold);
            holds.RemoveAt(place);
            return dice.Percent(50) ? Of(CommandKind.Void, of, 0, hold) : Of(CommandKind.Capture, of, dice.Between(1, book.AmountMax), hold) with { Options = CommandOptions.Final };
        }
        if (sent.Count > 0 && dice.Percent(3)) return new Command { Kind = CommandKind.Reverse, Id = outside.NextId(), Facility = NodeKey.Facility(1, 1, 0), Original = dice.PickLate(sent).Id };
        if (cluster.Profile.HasFacts && dice.Percent(6)) return Of(CommandKind.ClearWithoutHold, facility, dice.Between(1, book.AmountMax));
        return dice.Below(10) switch
        {
            < 5 => Of(CommandKind.Authorize, facility, dice.Between(1, book.AmountMax)) with { LifetimeSeconds = dice.Percent(30) ? 1 + dice.Below(20) : 0 },
            < 7 => Of(CommandKind.Drawdown, facility, dice.Between(1, book.AmountMax)),
            _ => Of(CommandKind.Repay, facility, dice.Between(1, book.AmountMax)),
        };
    }

    private Command ChangeNode()
    {
        var node = dice.Percent(30) ? book.Portfolio : dice.Pick(book.Enterprises);
        if (book.HasVelocity && dice.Percent(25))
            return Command.Of(outside.NextId(), new SetVelocityLimit(dice.Pick(book.Enterprises), book.VelocitySeconds, dice.Percent(70) ? dice.Between(0, 20) * book.AmountMax : -1, dice.Percent(80) ? (int)dice.Between(0, 20) : -1));
        return Command.Of(outside.NextId(), dice.Below(6) switch
        {
            0 => new Freeze(node),
            1 or 2 => new Unfreeze(node),
            _ => new SetLimit(node, book.SharedLimit(dice)),
        });
    }

    private Command Of(CommandKind kind, NodeKey facility, long amount, long reference = 0) => new()
    {
        Kind = kind, Id = outside.NextId(), Facility = facility, Amount = amount, Reference = reference, Currency = amount > 0 ? Book.Currency : default,
    };

    private void Hear(in Command command, in Outcome outcome)
    {
        if (command.Kind == CommandKind.Authorize && outcome.Kind == OutcomeKind.Approved && !outcome.Duplicate) holds.Add((command.Facility, outcome.Sequence));
        // Refused by name, the id stays free; most clients try again, later and with another id.
        if (outcome.Kind == OutcomeKind.Refused)
            Checker.Require(outcome.Reason is Reason.Overloaded or Reason.DeadlineExceeded or Reason.Recalling or Reason.InvalidField, $"{command.Kind} of {command.Facility}: refused {outcome.Reason} {outcome.Message}");
    }

    /// <summary>Reads until something is there. An activation that was taken over may tell for some seconds what was before (docs/cluster.md), and not for longer.</summary>
    private async Task SeeAsync(Func<World.SimSilo, Task<bool>> look, string otherwise)
    {
        for (var tries = 0; !await outside.TryAsync(look); tries++)
        {
            Checker.Require(tries < StaleReadsMax, otherwise);
            cluster.Log($"{otherwise}, by the {tries + 1}. answer");
            await outside.Pause(1_000_000);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var node = dice.Percent(50) ? book.Portfolio : dice.Pick(book.Borrowers).Key;
            await SeeAsync(async silo => await silo.Front.GetNodeAsync(node) is not null, $"{node} is not there");
            var facility = dice.Pick(book.Facilities).Key;
            await SeeAsync(async silo => await silo.Front.GetFacilityAsync(facility) is { Path.Count: >= 3 }, $"{facility} is not there, or not its path");
        }
        catch (Exception failure) when (failure is TimeoutException or PartitionUnavailableException or Engine.EngineFaultException)
        {
            // Reads are not repeated here; whoever needs one asks again.
            cluster.Log($"a read failed: {failure.Message}");
        }
    }
}
