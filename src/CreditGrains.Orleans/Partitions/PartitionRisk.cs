using CreditGrains.Domain.Limits;
using CreditGrains.Engine;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;
using CreditGrains.Orleans.Alerts;
using CreditGrains.Orleans.Wire;
using Npgsql;

namespace CreditGrains.Orleans.Partitions;

/// <summary>
/// A partition's part of model monitoring, of backtests and of alerts. Without alert rules nothing runs until somebody asks; then a second book follows the partition's durable journal, from its first event or the newest snapshot, as beside a standalone
/// engine. Inputs of a decision and backtests have books of their own and need no second one. All goes with the activation: after a move the next question begins it anew, and outcomes must be told again.
/// </summary>
internal sealed class PartitionRisk : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(60);
    private readonly PartitionLoop loop;
    private readonly PartitionOptions options;
    private readonly Action<string> warn;
    private readonly PastInputs past;
    private readonly PartitionBacktests backtests;
    private readonly SiloServices silo;
    private readonly PartitionAlerts? alerts;
    private RiskDesk? desk;

    /// <param name="loop">The partition's turns.</param>
    /// <param name="options">Settings of its engine.</param>
    /// <param name="silo">What grains share.</param>
    /// <param name="alerts">Watches the second book, which is then made at once; null for none.</param>
    /// <param name="warn">Tells operators.</param>
    public PartitionRisk(PartitionLoop loop, PartitionOptions options, SiloServices silo, PartitionAlerts? alerts, Action<string> warn)
    {
        (this.loop, this.options, this.silo, this.alerts, this.warn) = (loop, options, silo, alerts, warn);
        past = new PastInputs(loop.Partition, options);
        backtests = new PartitionBacktests(silo.Backtests, silo.Options.Clock, BacktestAsync);
        if (alerts is not null) desk = NewDesk();
    }

    /// <summary>Answers.</summary>
    public async Task<Payload> AnswerAsync(Payload request)
    {
        var r = PoolWire.Read(request);
        switch ((RiskAsk)r.ReadByte())
        {
            case RiskAsk.Monitors:
                var followed = await FollowedAsync();
                return RiskWire.Write(followed.AsOf, followed.Parts(r.ReadKey()));
            case RiskAsk.Outcomes:
                return await NoteOutcomesAsync(r);
            case RiskAsk.Inputs:
                return RiskWire.WriteInputs(await past.RowOfAsync(r.ReadKey(), r.ReadInt64(), CancellationToken.None));
            case RiskAsk.StartBacktest:
                return BacktestWire.Write(Backtests.Start(BacktestWire.ReadStart(r)));
            case RiskAsk.PollBacktest:
                return BacktestWire.Write(Backtests.Poll(r.ReadString()));
            case RiskAsk.DropBacktest:
                backtests.Drop(r.ReadString());
                return new Payload([]);
            case RiskAsk.Alerts:
                return alerts is null ? ViewWire.Write(AlertReport.Nothing(PartitionAlerts.NoRules)) : await alerts.AlertsAsync(AlertWire.ReadAsk(r));
            case RiskAsk.AlertParts:
                return alerts is null ? ViewWire.Write(new AlertPartsReport(PartitionAlerts.NoRules, 0, true, [], 0)) : await alerts.PartsAsync(AlertWire.ReadAsk(r));
            case var ask:
                throw new InvalidDataException($"Question {(int)ask} about models comes from a silo of another version; update all silos.");
        }
    }

    /// <summary>Gives up backtests that nobody asks about, and takes other alert rules; about once a second.</summary>
    public void Tick()
    {
        backtests.Tick();
        alerts?.Tick();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await backtests.DisposeAsync();
        if (desk is not null) await desk.DisposeAsync();
        past.Dispose();
    }

    /// <summary>Not those of an activation that has ended and is still here: whoever asks is to ask the next.</summary>
    private PartitionBacktests Backtests => loop.IsAlive ? backtests : throw new PartitionUnavailableException("The partition's activation has ended; ask again.");

    private async Task<RiskDesk> FollowedAsync()
    {
        desk ??= NewDesk();
        using var patience = new CancellationTokenSource(CatchUpMax);
        try
        {
            await desk.CaughtUpAsync(patience.Token);
            return desk;
        }
        catch (OperationCanceledException late)
        {
            throw new PartitionUnavailableException("The partition's second book is still reading its journal; ask again in a minute.", late);
        }
    }

    private RiskDesk NewDesk() => new(engine: null, loop.Partition, options, () => Task.Delay(LookEvery), warn, RiskWire.PerformanceMonths, alerts?.Desk, silo.Followers, IsDatabaseAway);

    private static bool IsDatabaseAway(Exception failure) => failure is NpgsqlException or TimeoutException or IOException || (failure.InnerException is { } inner && IsDatabaseAway(inner));

    private async Task<Payload> NoteOutcomesAsync(BinaryReader r)
    {
        var outcomes = new (NodeKey Facility, bool IsBad)[r.ReadInt32()];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = (r.ReadKey(), r.ReadBoolean());
        var known = (await FollowedAsync()).NoteOutcomes(outcomes);
        return PoolWire.Write(w => w.Write(known));
    }

    /// <summary>Runs a part over this partition's journal, with the files of its own state.</summary>
    private async Task<BacktestPart> BacktestAsync(BacktestAsk ask, Action<int> progress, CancellationToken cancelled)
    {
        var reader = new StateReader(loop.Partition.State, loop.Partition.Executor);
        var view = await loop.LookAsync(_ => reader.Risk(ask.Entity));
        var files = await BacktestFiles.OfAsync(view.Versions, ask.Policy, ask.Model, hash => new(loop.LookAsync(_ => reader.Content(ask.Entity, hash.A, hash.B))));
        return await BacktestRun.OnThread(() =>
        {
            using var run = new BacktestRun(loop.Partition.EventJournal, options, ask.Entity, files, ask.FromMicros);
            run.Execute(progress, cancelled);
            return run.Part(desk?.Outcomes() ?? []);
        });
    }
}
