using System.Globalization;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// The jobs of one process: started, followed, cancelled. How many run and how many that ended are remembered is bounded, and however a job's work ends, the job ends too and says how. Any thread.
/// </summary>
/// <param name="idPrefix">What ids begin with, where several processes have jobs; empty for none.</param>
internal sealed class RiskJobs(string idPrefix = "") : IAsyncDisposable
{
    /// <summary>Most jobs that run at once: a backtest has two books of its own in memory.</summary>
    public const int RunningMax = 3;

    /// <summary>Most of these of one tenant, so that none keeps all others out.</summary>
    public const int RunningOfTenantMax = 2;

    /// <summary>Most ended jobs that are remembered.</summary>
    public const int EndedMax = 100;

    private readonly Lock gate = new();

    // Oldest first.
    private readonly List<Entry> entries = [];
    private int made;
    private bool isClosed;

    /// <summary>Starts a job.</summary>
    /// <param name="entity">Tenant and legal entity it is of.</param>
    /// <param name="title">What it does.</param>
    /// <param name="work">Gives the report. It is told where to say how far it is, in parts of a thousand, and when to stop.</param>
    /// <exception cref="TooManyJobsException">Too many run; nothing was started.</exception>
    public RiskJob Start(NodeKey entity, string title, Func<Action<int>, CancellationToken, Task<string>> work)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            var running = entries.Where(one => one.Job.IsRunning).ToArray();
            if (running.Length >= RunningMax || running.Count(one => one.Job.Entity.Tenant == entity.Tenant) >= RunningOfTenantMax)
                throw new TooManyJobsException($"at most {RunningMax} jobs run at once, {RunningOfTenantMax} of them of one tenant; wait until one has ended, or cancel one (ListJobs, CancelJob).");
            var entry = new Entry(new RiskJob(idPrefix + (++made).ToString(CultureInfo.InvariantCulture), entity, title, RiskJob.Running, 0, null, null));
            entries.Add(entry);
            entry.Ended = Task.Run(() => RunAsync(entry, work));
            return entry.Job;
        }
    }

    /// <summary>A job; null when there is none of that id, or it is remembered no more.</summary>
    public RiskJob? Find(string id)
    {
        lock (gate) return entries.Find(one => one.Job.Id == id)?.Job;
    }

    /// <summary>All jobs, newest first.</summary>
    public IReadOnlyList<RiskJob> All()
    {
        lock (gate) return [.. entries.Select(one => one.Job).Reverse()];
    }

    /// <summary>Tells a job to stop; it ends soon after, and is cancelled unless it had ended by then. Gives it as it is now; null when there is none of that id.</summary>
    public RiskJob? Cancel(string id)
    {
        lock (gate)
        {
            if (entries.Find(one => one.Job.Id == id) is not { } entry) return null;
            entry.Cancel();
            return entry.Job;
        }
    }

    /// <summary>Cancels what runs and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Entry[] left;
        lock (gate)
        {
            isClosed = true;
            left = [.. entries];
            foreach (var entry in left) entry.Cancel();
        }

        await Task.WhenAll(left.Select(entry => entry.Ended));
    }

    private async Task RunAsync(Entry entry, Func<Action<int>, CancellationToken, Task<string>> work)
    {
        try
        {
            var report = await work(permille => Note(entry, permille), entry.Stopping);
            End(entry, job => job with { State = RiskJob.Done, ProgressPermille = 1_000, Report = report });
        }
        catch (OperationCanceledException) when (entry.Stopping.IsCancellationRequested)
        {
            End(entry, job => job with { State = RiskJob.Cancelled });
        }
        catch (Exception failure)
        {
            // Whatever it is: who waits for the job must hear of it.
            End(entry, job => job with { State = RiskJob.Failed, Fault = failure.Message });
        }
    }

    private void Note(Entry entry, int permille)
    {
        // The whole is reached by ending.
        lock (gate) if (entry.Job.IsRunning) entry.Job = entry.Job with { ProgressPermille = Math.Clamp(permille, 0, 999) };
    }

    private void End(Entry entry, Func<RiskJob, RiskJob> end)
    {
        lock (gate)
        {
            entry.Job = end(entry.Job);
            for (var ended = entries.Count(one => !one.Job.IsRunning); ended > EndedMax; ended--) entries.Remove(entries.Find(one => !one.Job.IsRunning)!);
        }
    }

#pragma warning disable CA1001 // A source without timer or linked tokens holds nothing to give back, and Cancel may come after the end.
    private sealed class Entry(RiskJob job)
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource stop = new();

        public RiskJob Job { get; set; } = job;

        public Task Ended { get; set; } = Task.CompletedTask;

        public CancellationToken Stopping => stop.Token;

        // What waits for the token goes on elsewhere, not under the lock.
        public void Cancel() => _ = stop.CancelAsync();
    }
}
