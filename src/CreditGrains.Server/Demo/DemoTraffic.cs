using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Draws;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;

namespace CreditGrains.Server.Demo;

/// <summary>
/// Payments on the demo book, so that there is something to see: people authorise, most of it is captured, some is voided, and balances are repaid. A little more and a little less by the minute.
/// </summary>
/// <param name="engine">Gets the commands.</param>
/// <param name="commandsPerSecond">On average; 1 or more.</param>
/// <param name="clock">Times ids and pauses.</param>
internal sealed class DemoTraffic(ICreditEngine engine, int commandsPerSecond, TimeProvider clock) : BackgroundService
{
    private const int TurnsPerSecond = 5;
    private const int WaveSeconds = 75;
    private const int HoldsKept = 3_000;
    private static readonly Currency Eur = Currency.Parse("EUR");
    private readonly Queue<(NodeKey Facility, long Reference, long Amount)> holds = new();
    private readonly Dictionary<NodeKey, long> owed = [];
    private Xoshiro256 draws = new((ulong)clock.GetUtcNow().Ticks);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TurnsPerSecond), clock);
        try
        {
            for (long turn = 0; await timer.WaitForNextTickAsync(stoppingToken); turn++)
            {
                var wave = 1 + 0.5 * Math.Sin(2 * Math.PI * turn / (TurnsPerSecond * WaveSeconds));
                await TurnAsync(Math.Max(1, (int)Math.Round(commandsPerSecond * wave / TurnsPerSecond)));
            }
        }
        catch (Exception end) when (end is EngineFaultException or StoreException or OperationCanceledException)
        {
            // The engine or the host ends; whoever watches them says why.
            return;
        }
    }

    private async Task TurnAsync(int count)
    {
        var commands = new Command[Math.Min(count, ICreditEngine.BatchLengthMax)];
        var outcomes = new Outcome[commands.Length];
        for (var i = 0; i < commands.Length; i++) commands[i] = Next();
        await engine.ExecuteAsync(commands, outcomes);
        for (var i = 0; i < commands.Length; i++)
        {
            ref readonly var outcome = ref outcomes[i];
            if (outcome.Kind is not (OutcomeKind.Approved or OutcomeKind.ApprovedInPart or OutcomeKind.Posted)) continue;
            owed[commands[i].Facility] = outcome.Balances.Principal;
            if (commands[i].Kind == CommandKind.Authorize && holds.Count < HoldsKept) holds.Enqueue((commands[i].Facility, outcome.Sequence, outcome.Amount));
        }
    }

    private Command Next()
    {
        var draw = draws.Below(100);
        if (draw < 30 && holds.Count > 20)
        {
            var (facility, reference, amount) = holds.Dequeue();
            return draw < 5
                ? new Command { Kind = CommandKind.Void, Id = NewId(), Facility = facility, Reference = reference }
                : new Command { Kind = CommandKind.Capture, Id = NewId(), Facility = facility, Reference = reference, Amount = amount, Currency = Eur, Options = CommandOptions.Final };
        }

        var place = DemoTown.Facilities[(int)draws.Below(DemoTown.Facilities.Count)];
        if (draw < 45 && owed.GetValueOrDefault(place) is > 0 and var debt)
            return new Command { Kind = CommandKind.Repay, Id = NewId(), Facility = place, Amount = Math.Max(1, debt * (10 + draws.Below(60)) / 100), Currency = Eur };
        return DemoTown.IsConsumer(place) ? Spend(place) : new Command { Kind = CommandKind.Drawdown, Id = NewId(), Facility = place, Amount = (1 + draws.Below(60)) * 5_000_00, Currency = Eur };
    }

    private Command Spend(NodeKey facility) => new()
    {
        Kind = CommandKind.Authorize,
        Id = NewId(),
        Facility = facility,
        Amount = 5_00 + draws.Below(draws.Below(8) == 0 ? 2_500_00 : 250_00),
        Currency = Eur,
        Channel = draws.Below(6) switch { 0 => Channel.Cash, < 3 => Channel.PointOfSale, _ => Channel.Online },
        MerchantCategory = (ushort)(5_000 + draws.Below(900)),
        Attributes = System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant($"bureauScore={540 + facility.Id * 7 % 220}")),
        LifetimeSeconds = 7 * 86_400,
    };

    private RequestId NewId() => RequestId.FromGuid(Guid.CreateVersion7(clock.GetUtcNow()));
}
