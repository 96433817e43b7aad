using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>Jobs end however their work ends, and neither those that run nor those remembered grow without bound.</summary>
public sealed class RiskJobsTests
{
    [Theory]
    [InlineData(typeof(InvalidDataException))]
    [InlineData(typeof(EngineFaultException))]
    [InlineData(typeof(OverflowException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Work_ThatFailsInAnyWay_EndsTheJobFailedWithItsMessage(Type failure)
    {
        await using var jobs = new RiskJobs();
        var job = jobs.Start(Of(1), "t", (_, _) => throw (Exception)Activator.CreateInstance(failure, failure == typeof(EngineFaultException) ? ["it broke", null] : ["it broke"])!);
        Assert.Equal((RiskJob.Failed, "it broke", null), Fields(await EndedAsync(jobs, job.Id)));
    }

    [Fact]
    public async Task Work_ThatGivesAReport_IsFollowedAndDone()
    {
        await using var jobs = new RiskJobs("silo-");
        var goesOn = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        var job = jobs.Start(Of(1), "t", async (progress, _) =>
        {
            foreach (var permille in (int[])[250, 5_000]) progress(permille);
            told.SetResult();
            await goesOn.Task;
            return "{}";
        });
        Assert.Equal(("silo-1", RiskJob.Running, 0), (job.Id, job.State, job.ProgressPermille));
        await told.Task;
        Assert.Equal(999, jobs.Find(job.Id)!.ProgressPermille);
        goesOn.SetResult();
        var ended = await EndedAsync(jobs, job.Id);
        Assert.Equal((RiskJob.Done, null, "{}"), Fields(ended));
        Assert.Equal(1_000, ended.ProgressPermille);
    }

    [Fact]
    public async Task Cancel_OfAJobThatRuns_EndsItCancelled_AndOfOneThatEndedChangesNothing()
    {
        await using var jobs = new RiskJobs();
        var job = jobs.Start(Of(1), "t", UntilCancelled);
        Assert.Equal(job.Id, jobs.Cancel(job.Id)!.Id);
        var ended = await EndedAsync(jobs, job.Id);
        Assert.Equal((RiskJob.Cancelled, null, null), Fields(ended));
        Assert.Equal(ended, jobs.Cancel(job.Id));
        Assert.Null(jobs.Cancel("none"));
    }

    [Fact]
    public async Task Start_OfMoreThanMayRun_IsRefusedByNameUntilOneEnds()
    {
        await using var jobs = new RiskJobs();
        var first = jobs.Start(Of(1), "t", UntilCancelled);
        jobs.Start(Of(1), "t", UntilCancelled);
        // One tenant has its share, and another still gets in.
        var refused = Assert.Throws<TooManyJobsException>(() => jobs.Start(Of(1), "t", UntilCancelled));
        Assert.StartsWith("TooManyJobs: at most 3 jobs run at once, 2 of them of one tenant; wait", refused.Message, StringComparison.Ordinal);
        jobs.Start(Of(2), "t", UntilCancelled);
        Assert.Throws<TooManyJobsException>(() => jobs.Start(Of(3), "t", UntilCancelled));
        Assert.Equal(3, jobs.All().Count);
        jobs.Cancel(first.Id);
        await EndedAsync(jobs, first.Id);
        jobs.Start(Of(3), "t", UntilCancelled);
    }

    [Fact]
    public async Task Jobs_ThatEnded_AreRememberedUpToTheNewestHundred()
    {
        await using var jobs = new RiskJobs();
        var running = jobs.Start(Of(1), "t", UntilCancelled);
        for (var i = 0; i < RiskJobs.EndedMax + 5; i++) await EndedAsync(jobs, jobs.Start(Of(2), "t", (_, _) => Task.FromResult("{}")).Id);
        var all = jobs.All();
        Assert.Equal(RiskJobs.EndedMax + 1, all.Count);
        // What runs is never forgotten, however old; of those that ended the five oldest are.
        Assert.Equal(running.Id, all[^1].Id);
        Assert.Equal(Enumerable.Range(7, RiskJobs.EndedMax).Reverse().Select(i => $"{i}"), all.Take(RiskJobs.EndedMax).Select(job => job.Id));
        Assert.Null(jobs.Find("6"));
    }

    [Fact]
    public async Task Dispose_WhileJobsRun_CancelsThemAndWaitsForTheirEnd()
    {
        var jobs = new RiskJobs();
        var job = jobs.Start(Of(1), "t", UntilCancelled);
        await jobs.DisposeAsync();
        Assert.Equal(RiskJob.Cancelled, jobs.Find(job.Id)!.State);
        Assert.Throws<ObjectDisposedException>(() => jobs.Start(Of(1), "t", UntilCancelled));
    }

    private static NodeKey Of(ushort tenant) => new(0, tenant, 1, NodeKind.None);

    private static (string State, string? Fault, string? Report) Fields(RiskJob job) => (job.State, job.Fault, job.Report);

    private static async Task<string> UntilCancelled(Action<int> progress, CancellationToken cancelled)
    {
        await Task.Delay(Timeout.Infinite, cancelled);
        return "never";
    }

    private static async Task<RiskJob> EndedAsync(RiskJobs jobs, string id)
    {
        while (jobs.Find(id) is { IsRunning: true }) await Task.Yield();
        return jobs.Find(id)!;
    }
}
