using CreditGrains.Engine.Scoring;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Front;

/// <summary>
/// A backtest over all partitions: each runs its part over its own journal, this asks how far they are and adds the parts up. A part whose partition moved is begun again there; all or nothing is reported.
/// </summary>
/// <param name="grains">The way to partitions.</param>
/// <param name="partitions">How many there are.</param>
/// <param name="patience">How long a partition may be away.</param>
/// <param name="clock">Times the questions.</param>
/// <param name="ask">What is tested.</param>
internal sealed class ClusterBacktest(IClusterGrains grains, int partitions, Patience patience, TimeProvider clock, BacktestAsk ask)
{
    /// <summary>Most times a part is begun.</summary>
    public const int BeginsMax = 5;

    private static readonly TimeSpan AskFirstAfter = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DropMax = TimeSpan.FromSeconds(5);
    private readonly int[] permilles = new int[partitions];
    private readonly Lock gate = new();

    /// <summary>Runs it and gives the report.</summary>
    /// <param name="progress">Told how far it is, in parts of a thousand.</param>
    /// <param name="cancelled">Gives it up, in the partitions too.</param>
    /// <exception cref="InvalidDataException">A part failed, or its partition moved too often; the message names the partition.</exception>
    /// <exception cref="Engine.EngineFaultException">A partition did not answer.</exception>
    public async Task<string> RunAsync(Action<int> progress, CancellationToken cancelled)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        try
        {
            var parts = await Task.WhenAll(Enumerable.Range(1, partitions).Select(partition => PartAsync(partition, progress, stop)));
            return BacktestReport.Of(BacktestRun.TitleOf(ask.Policy, ask.Model), parts);
        }
        finally
        {
            await Task.WhenAll(Enumerable.Range(1, partitions).Select(DropAsync));
        }
    }

    private async Task<BacktestPart> PartAsync(int partition, Action<int> progress, CancellationTokenSource stop)
    {
        try
        {
            for (var begun = 0; begun < BeginsMax; begun++)
            {
                var answer = await AskAsync(partition, BacktestWire.Start(ask), stop.Token);
                for (var pause = AskFirstAfter; answer.State == BacktestState.Running; pause = pause * 2 < AskEvery ? pause * 2 : AskEvery)
                {
                    await Task.Delay(pause, clock, stop.Token);
                    answer = await AskAsync(partition, BacktestWire.Poll(ask.Run), stop.Token);
                    Note(partition, answer.ProgressPermille, progress);
                }

                if (answer.State == BacktestState.Failed) throw new InvalidDataException($"partition {partition}: {answer.Fault}");
                if (answer.Part is { } part) return part;
                await Task.Delay(AskEvery, clock, stop.Token);
            }

            throw new InvalidDataException($"PartitionMoved: partition {partition} moved or could not read its journal {BeginsMax} times while its part ran; start the backtest again when the cluster is at rest.");
        }
        catch
        {
            // The others are given up for the first that fails; a failure goes before a cancellation where all are waited for.
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<BacktestAnswer> AskAsync(int partition, Payload request, CancellationToken cancelled) =>
        BacktestWire.Read(await patience.CallAsync(() => grains.Partition(partition).RiskAsync(request), cancelled).WaitAsync(cancelled));

    private void Note(int partition, int permille, Action<int> progress)
    {
        lock (gate)
        {
            permilles[partition - 1] = permille;
            progress((int)(permilles.Sum(one => (long)one) / partitions));
        }
    }

    private async Task DropAsync(int partition)
    {
        try
        {
            await grains.Partition(partition).RiskAsync(BacktestWire.Drop(ask.Run)).WaitAsync(DropMax, clock);
        }
        catch (Exception away) when (Transient.Is(away))
        {
            // Nobody asks about the part any more, so the partition gives it up by itself, or it went with the activation.
            return;
        }
    }
}
