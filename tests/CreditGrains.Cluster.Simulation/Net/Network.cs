using CreditGrains.Cluster.Simulation.World;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Cluster.Simulation.Net;

/// <summary>Calls between silos: each takes its own time, and may be lost on the way there or back, come twice, or break off when a silo ends. The caller learns of it by a time-out.</summary>
internal sealed class Network(Cluster cluster, Dice dice)
{
    private const long TimeoutMicros = 5_000_000;
    private readonly List<(SimSilo To, Action Break)> open = [];

    public long Calls { get; private set; }

    /// <summary>Makes a call.</summary>
    /// <param name="from">Who calls.</param>
    /// <param name="target">Whom.</param>
    /// <param name="invoke">What, on the activation's host.</param>
    public Task<T> CallAsync<T>(SimSilo from, Target target, Func<object, Task<T>> invoke)
    {
        Calls++;
        var answer = new TaskCompletionSource<T>();
        from.Clock.CreateTimer(_ => answer.TrySetException(new TimeoutException($"{target} did not answer within 5 s.")), null, TimeSpan.FromMicroseconds(TimeoutMicros), Timeout.InfiniteTimeSpan);
        if (!cluster.Happens(dice, cluster.Profile.Lost)) Send(from, target, invoke, answer);
        if (cluster.Happens(dice, cluster.Profile.Twice)) Send(from, target, invoke, answer);
        return answer.Task;
    }

    /// <summary>A silo's connections break: who waits for it learns so.</summary>
    public void Broken(SimSilo silo)
    {
        foreach (var (to, broken) in open.ToArray())
            if (to == silo) cluster.Time.After(dice.Between(100, 20_000), broken);
        open.RemoveAll(o => o.To == silo);
    }

    private long Delay() => cluster.Happens(dice, cluster.Profile.Late) ? dice.Between(10_000, 4_000_000) : dice.Between(50, 900);

    private void Send<T>(SimSilo from, Target target, Func<object, Task<T>> invoke, TaskCompletionSource<T> answer) =>
        cluster.Time.After(Delay(), () => Arrive(from, target, invoke, answer));

    private void Arrive<T>(SimSilo from, Target target, Func<object, Task<T>> invoke, TaskCompletionSource<T> answer)
    {
        if (cluster.Directory.Find(target) is not { } activation)
        {
            Reply(from, answer, Task.FromException<T>(new PartitionUnavailableException($"{target} has no place now.")));
            return;
        }
        (SimSilo, Action Break) mine = (activation.Silo, () => answer.TrySetException(new PartitionUnavailableException($"The silo of {target} has ended.")));
        open.Add(mine);
        activation.Turns.Run(async () =>
        {
            Task<T> done;
            try
            {
                done = invoke(await activation.Host);
                await Task.WhenAny(done);
            }
            catch (Exception failure)
            {
                done = Task.FromException<T>(failure);
            }
            cluster.Time.After(0, () => open.Remove(mine));
            if (!cluster.Happens(dice, cluster.Profile.Lost)) cluster.Time.After(Delay(), () => Reply(from, answer, done));
        });
    }

    private static void Reply<T>(SimSilo from, TaskCompletionSource<T> answer, Task<T> done)
    {
        if (from.IsGone) return;
        if (done.IsCompletedSuccessfully) answer.TrySetResult(done.Result);
        else
        {
            // As FailureBorder has it.
            var failure = done.Exception!.InnerException!;
            answer.TrySetException(PartitionUnavailableException.NeedsTranslation(failure) ? PartitionUnavailableException.Of(failure) : failure);
        }
    }
}
