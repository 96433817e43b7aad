using CreditGrains.Api.Transport;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Api.Services;

/// <summary>One job under way: its steps run beside the callers, and how far they are is told a few times a second. Wrong input becomes InvalidArgument.</summary>
/// <param name="report">Sends progress; never twice at once.</param>
/// <param name="cancelled">Stops the job.</param>
internal sealed class JobRun(Func<V1.JobProgress, ValueTask> report, CancellationToken cancelled)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private double part;

    /// <summary>Runs a step that computes, beside decisions: it may take minutes, and threads of the pool answer callers.</summary>
    public Task<T> DoAsync<T>(string step, Func<RunControl, T> compute) =>
        WaitAsync(step, control => SideThreads.Run(() => compute(control), cancelled));

    /// <summary>Reads input.</summary>
    /// <exception cref="RpcException">InvalidArgument, with the path and the fix.</exception>
    public Task<T> Checked<T>(Func<T> read) => WaitAsync("reading", _ => Task.Run(read, cancelled));

    /// <summary>Waits for a step.</summary>
    /// <exception cref="RpcException">InvalidArgument: the input cannot be used. Unavailable: the engine failed.</exception>
    public async Task<T> WaitAsync<T>(string step, Func<RunControl, Task<T>> start)
    {
        part = 0;
        var work = start(new RunControl(done => Volatile.Write(ref part, done), cancelled));
        try
        {
            while (await Task.WhenAny(work, Task.Delay(Interval, CancellationToken.None)) != work)
                if (!cancelled.IsCancellationRequested) await report(new V1.JobProgress { Step = step, Part = Volatile.Read(ref part) });
            return await work;
        }
        catch (InvalidInputException fault)
        {
            throw new RpcException(StatusCode.InvalidArgument, $"{fault.Name}: {fault.Message}");
        }
        catch (EngineFaultException fault)
        {
            throw Statuses.Of(fault);
        }
    }
}
