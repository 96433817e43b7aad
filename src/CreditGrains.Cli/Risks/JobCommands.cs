using System.CommandLine;
using System.Globalization;
using CreditGrains.Api.Transport;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Risks;

/// <summary>creditgrains risk backtest, job and cancel: work in the background of the server.</summary>
internal static class JobCommands
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    public static Command Backtest(Shell shell)
    {
        var policy = new Argument<string>("policy") { Description = "Name of the policy" };
        var version = new Argument<int>("version") { Description = "Its version" };
        var from = new Option<long>("--from") { Description = "Writer time from which on it is in force, microseconds; left out: the whole history" };
        return RiskCommand.Calling(shell, new Command("backtest", "Run a policy over the journal's history and print the report; interrupted, it is cancelled") { policy, version, from }, async (call, parse, scope) =>
            Ended(call, await FollowAsync(call, await call.AskAsync(Calls.StartBacktest, new StartBacktestRequest
            {
                Tenant = scope.Tenant, LegalEntity = scope.LegalEntity, Policy = parse.GetRequiredValue(policy), Version = parse.GetValue(version), FromMicros = parse.GetValue(from),
            }))));
    }

    public static Command Job(Shell shell)
    {
        var id = new Argument<string?>("id") { Description = "Its id; left out: lists all", Arity = ArgumentArity.ZeroOrOne };
        return RiskCommand.Calling(shell, new Command("job", "How far jobs are, and the report of one") { id }, async (call, parse, _) =>
        {
            if (parse.GetValue(id) is { } one) return Ended(call, await call.AskAsync(Calls.GetJob, new GetJobRequest { Id = one }));
            var reply = await call.AskAsync(Calls.ListJobs, new ListJobsRequest());
            if (call.IsJson) call.Shell.Message(reply);
            else call.Shell.Table("jobs", ["id", "what", "state", "#done", "why"], reply.Jobs.Select(job => new[] { job.Id, job.Title, job.State, Percent(job), job.Fault }));
            return ExitCode.Ok;
        });
    }

    public static Command Cancel(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "Its id" };
        return RiskCommand.Calling(shell, new Command("cancel", "Cancel a job and wait until it has ended") { id }, async (call, parse, _) =>
        {
            var job = await call.AskAsync(Calls.CancelJob, new CancelJobRequest { Id = parse.GetRequiredValue(id) });
            Ended(call, await FollowAsync(call, job));
            return ExitCode.Ok;
        });
    }

    /// <summary>Waits until a job has ended. Who gives up waiting gives the job up too.</summary>
    private static async Task<Job> FollowAsync(RiskCommand.Call call, Job job)
    {
        try
        {
            while (job.State == "Running")
            {
                await Task.Delay(LookEvery, call.CancellationToken);
                job = await call.AskAsync(Calls.GetJob, new GetJobRequest { Id = job.Id });
            }
            return job;
        }
        catch (Exception interrupted) when (call.CancellationToken.IsCancellationRequested && interrupted is OperationCanceledException or RpcException)
        {
            await call.Channel.UnaryAsync(Calls.CancelJob, new CancelJobRequest { Id = job.Id });
            throw;
        }
    }

    private static ExitCode Ended(RiskCommand.Call call, Job job)
    {
        if (call.IsJson) call.Shell.Message(job);
        else call.Shell.Line($"job {job.Id}, {job.Title}: {job.State}, {Percent(job)}{(job.Fault.Length > 0 ? $": {job.Fault}" : "")}");
        if (!call.IsJson && job.Report.Length > 0) call.Shell.Line($"{job.Report}");
        return job.State is "Failed" or "Cancelled" ? ExitCode.Differences : ExitCode.Ok;
    }

    private static string Percent(Job job) => string.Create(CultureInfo.InvariantCulture, $"{job.ProgressPermille / 10.0:F1} %");
}
