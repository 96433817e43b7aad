using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Connection;
using CreditGrains.Crash.Tests.Processes;

namespace CreditGrains.Crash.Tests.Storm;

/// <summary>
/// Clients that storm a server until it dies: each sends one command after the other over a connection of its own, first again what
/// was not answered before. The command that reaches the given count pulls the trigger with itself and the others' under way.
/// </summary>
internal sealed class StormClients(Ledger ledger, ulong seed)
{
    private const int Clients = 8;
    private readonly List<Sent>[] openHolds = [.. Enumerable.Range(0, Clients).Select(_ => new List<Sent>())];
    private int submitted;
    private volatile bool isKilled;

    /// <summary>Whether the trigger was pulled.</summary>
    public bool IsKilled => isKilled;

    /// <summary>Storms until the trigger was pulled and every call has ended.</summary>
    /// <param name="server">The server.</param>
    /// <param name="killAfter">Commands sent before the trigger.</param>
    /// <param name="trigger">Kills the server.</param>
    public async Task RunAsync(ServerProcess server, int killAfter, Action trigger)
    {
        submitted = 0;
        isKilled = false;
        var retries = ledger.Unanswered.ToList();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            using var channel = server.Connect();
            var draw = new Random(unchecked((int)seed * 31 + client + killAfter));
            var again = new Queue<Sent>(retries.Where((_, i) => i % Clients == client));
            while (!isKilled)
            {
                var one = again.TryDequeue(out var retry) ? retry : Next(client, draw);
                var call = SendAsync(channel, one);
                if (Interlocked.Increment(ref submitted) == killAfter)
                {
                    isKilled = true;
                    trigger();
                }
                if (!await EndedAsync(one, call)) return;
                if (one.Answer is { Kind: OutcomeKind.Approved } && one.Command.Authorize is not null && !openHolds[client].Contains(one)) openHolds[client].Add(one);
            }
        }));
    }

    /// <summary>Sends again everything unanswered, until it is answered.</summary>
    public async Task RetryAsync(ServerProcess server)
    {
        using var channel = server.Connect();
        foreach (var one in ledger.Unanswered.ToList()) Ledger.Acknowledge(one, await SendAsync(channel, one));
    }

    /// <summary>Sends again some of what was answered: the answer must be the same.</summary>
    public async Task RepeatAsync(ServerProcess server, int every)
    {
        using var channel = server.Connect();
        var answered = ledger.All.Where(one => one.Answer is not null).ToList();
        await Task.WhenAll(answered.Where((_, i) => i % every == 0).Select(async one =>
        {
            var decision = await SendAsync(channel, one);
            Assert.True(decision.Duplicate);
            Ledger.Acknowledge(one, decision);
        }));
    }

    public static Task<Decision> SendAsync(RpcChannel channel, Sent one) => one.Command.Authorize is { } authorize
        ? channel.UnaryAsync(Calls.Authorize, authorize)
        : channel.UnaryAsync(Calls.Execute, one.Command);

    public static Sent Authorize(long facility, long amount)
    {
        var id = StormBook.NewId();
        return new Sent(id, new Command { Authorize = new AuthorizeRequest { RequestId = id, Facility = StormBook.Facility(facility), Amount = amount, Currency = "EUR" } });
    }

    private async Task<bool> EndedAsync(Sent one, Task<Decision> call)
    {
        try
        {
            Ledger.Acknowledge(one, await call);
            return true;
        }
        catch (RpcException) when (isKilled)
        {
            // Unanswered: the ledger keeps it so, and it is sent again to the next server.
            return false;
        }
    }

    private Sent Next(int client, Random draw)
    {
        var holds = openHolds[client];
        var what = draw.Next(10);
        Sent one;
        if (what < 2 && holds.Count > 0) one = Resolve(holds, draw, isCapture: true);
        else if (what < 3 && holds.Count > 0) one = Resolve(holds, draw, isCapture: false);
        else if (what < 5) one = Repay(draw);
        else one = Authorize(draw.Next(1, StormBook.Facilities + 1), draw.Next(1, 300));
        ledger.Add(one);
        return one;
    }

    private static Sent Resolve(List<Sent> holds, Random draw, bool isCapture)
    {
        var index = draw.Next(holds.Count);
        var hold = holds[index];
        holds.RemoveAt(index);
        var id = StormBook.NewId();
        var facility = hold.Command.Authorize.Facility;
        return new Sent(id, isCapture
            ? new Command
            {
                Capture = new CaptureRequest
                {
                    RequestId = id, Facility = facility, HoldId = hold.Answer!.HoldId, Amount = draw.Next(1, (int)hold.Answer.Amount + 1), Currency = "EUR", Final = true,
                },
            }
            : new Command { Void = new VoidRequest { RequestId = id, Facility = facility, HoldId = hold.Answer!.HoldId } });
    }

    private static Sent Repay(Random draw)
    {
        var id = StormBook.NewId();
        var facility = StormBook.Facility(draw.Next(1, StormBook.Facilities + 1));
        return new Sent(id, new Command { Repay = new RepayRequest { RequestId = id, Facility = facility, Amount = draw.Next(1, 200), Currency = "EUR" } });
    }
}
