using CreditGrains.Api;
using CreditGrains.Api.Transport.Health;
using CreditGrains.Engine;
using CreditGrains.Engine.Journal.Standby;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Server;

/// <summary>
/// Keeps health as the engine is: not serving when it has a fault, and LimitService not serving while approvals wait for
/// the clock to be confirmed or for a required standby. A fault is final: the process should end, and the next start recovers.
/// </summary>
internal sealed class HealthFollower(ICreditEngine engine, HealthService health, TimeSpan every, TimeProvider clock)
{
    private const string Server = "";
    private const string LimitService = "creditgrains.v1.LimitService";

    /// <summary>Whether the engine served when last asked.</summary>
    public bool IsServing { get; private set; }

    /// <summary>Why requests cannot be approved now, each as "Name: what to do"; empty when they can.</summary>
    public IReadOnlyList<string> Reasons { get; private set; } = ["Starting: the engine was not asked yet"];

    /// <summary>The status asked for last; null before the first.</summary>
    public EngineStatus? Latest { get; private set; }

    /// <summary>Follows until the engine has a fault, which it returns, or until stopped (null).</summary>
    public async Task<string?> RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            while (true)
            {
                var status = await engine.GetStatusAsync();
                Show(status);
                if (status.Fault is { } fault) return fault;
                await timer.WaitForNextTickAsync(stop);
            }
        }
        catch (EngineFaultException fault)
        {
            Drain();
            return fault.Message;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Says that nothing is served any more, so that callers go elsewhere while calls under way end.</summary>
    public void Drain()
    {
        IsServing = false;
        Reasons = ["Stopping: calls under way are ended; go to another server"];
        health.Set(Server, isServing: false);
        foreach (var name in CreditGrainsApi.ServiceNames) health.Set(name, isServing: false);
    }

    private static bool IsHeldUp(EngineStatus status) =>
        status.ClockStepPending || status.Standby is { IsRequired: true, State: not StandbyState.InStep };

    private static List<string> ReasonsOf(EngineStatus status)
    {
        List<string> reasons = [];
        if (status.Fault is { } fault) reasons.Add($"EngineFault: {fault}");
        if (status.ClockStepPending) reasons.Add("ClockStepUnconfirmed: check the clock, then call ControlService.ConfirmClock");
        if (status.Standby is { IsRequired: true, State: not StandbyState.InStep } standby) reasons.Add($"StandbyLost: {standby.Message}");
        return reasons;
    }

    private void Show(EngineStatus status)
    {
        Latest = status;
        Reasons = ReasonsOf(status);
        IsServing = status.Fault is null;
        health.Set(Server, IsServing);
        foreach (var name in CreditGrainsApi.ServiceNames) health.Set(name, IsServing && !(name == LimitService && IsHeldUp(status)));
    }
}
