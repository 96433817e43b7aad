using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.Clients;

/// <summary>Where clients are: they reach a front door over a network of their own, and go to another when it breaks off, says that it cannot, or is silent.</summary>
internal sealed class Outside
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);
    private readonly Cluster cluster;
    private readonly Dice dice;
    private long ids;

    public Outside(Cluster cluster, Dice dice)
    {
        this.cluster = cluster;
        this.dice = dice;
        Clock = new SimClock(cluster.Time, null, 0);
        Turns = new Turns(cluster.Time, null, dice.Fork());
    }

    public SimClock Clock { get; }

    public Turns Turns { get; }

    /// <summary>Sent and not answered yet.</summary>
    public int Open { get; private set; }

    /// <summary>Sent again because no answer came.</summary>
    public int Repeats { get; private set; }

    public RequestId NextId() => RequestId.ForTime(Clock.NowMicros / 1_000, (ulong)++ids, dice.Next());

    public Task Pause(long micros) => Task.Delay(TimeSpan.FromMicroseconds(micros), Clock);

    /// <summary>Sends commands with their ids until they are answered.</summary>
    public async Task<Outcome[]> SubmitAsync(Command[] commands)
    {
        foreach (var command in commands) cluster.Checker.SentAt.TryAdd(command.Id, cluster.Time.Now);
        Open++;
        while (true)
        {
            try
            {
                var outcomes = await TryAsync(silo =>
                {
                    // What an attempt that was given up still fills in is not looked at.
                    var filled = new Outcome[commands.Length];
                    return FillAsync(silo, commands, filled);
                });
                for (var i = 0; i < commands.Length; i++) cluster.Checker.Told(commands[i], outcomes[i]);
                Open--;
                return outcomes;
            }
            catch (Exception failure) when (failure is not SimulationFailedException)
            {
                Repeats++;
                cluster.Log($"{commands[0].Kind} {commands[0].Id} and {commands.Length - 1} more: sent again. {failure.Message}");
                await Pause(dice.Between(1_000, 300_000));
            }
        }
    }

    /// <summary>Calls one front door once.</summary>
    public Task<T> TryAsync<T>(Func<SimSilo, Task<T>> call)
    {
        var answer = new TaskCompletionSource<T>();
        var doors = cluster.Silos.Where(s => !s.IsGone).ToArray();
        if (doors.Length == 0) return Task.FromException<T>(new PartitionUnavailableException("No front door is up."));
        var silo = dice.Pick(doors);
        Clock.CreateTimer(_ => answer.TrySetException(new TimeoutException("The front door is silent.")), null, Silence * (cluster.IsTroubled ? 1 : 4), Timeout.InfiniteTimeSpan);
        cluster.Time.After(dice.Between(50, 2_000), () => silo.FrontTurns.Run(async () =>
        {
            var done = call(silo);
            await Task.WhenAny(done);
            cluster.Time.After(dice.Between(50, 2_000), () =>
            {
                if (silo.IsGone) return;
                if (done.IsCompletedSuccessfully) answer.TrySetResult(done.Result);
                else answer.TrySetException(done.Exception!.InnerException!);
            });
        }));
        return answer.Task;
    }

    private static async Task<Outcome[]> FillAsync(SimSilo silo, Command[] commands, Outcome[] outcomes)
    {
        await silo.Front.ExecuteAsync(commands, outcomes);
        return outcomes;
    }
}
