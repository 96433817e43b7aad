using System.Threading.Tasks.Sources;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Steps;

/// <summary>
/// Something done with an outcome on its way from the engine to who waits for it. The wait goes through to the engine's own, and the work is done where the waiter takes the result. Used again after that, so hundreds
/// on their way at once allocate nothing: the runtime's pooling method builders keep one state machine a thread and one a core, and an outcome is long. One waiter, who waits once.
/// </summary>
internal abstract class OutcomeStep
{
    private readonly Action resume;
    private ValueTask<Outcome> pending;
    private Action<object?>? continuation;
    private object? continuationState;

    protected OutcomeStep() => resume = Resume;

    /// <summary>Tells this use from earlier ones.</summary>
    protected short Version { get; private set; }

    /// <summary>See <see cref="IValueTaskSource.GetStatus"/>.</summary>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        if (!pending.IsCompleted) return ValueTaskSourceStatus.Pending;
        if (pending.IsCompletedSuccessfully) return ValueTaskSourceStatus.Succeeded;
        return pending.IsCanceled ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    /// <summary>See <see cref="IValueTaskSource.OnCompleted"/>.</summary>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        (this.continuation, continuationState) = (continuation, state);
        var awaiter = pending.ConfigureAwait((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0).GetAwaiter();
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0) awaiter.OnCompleted(resume);
        else awaiter.UnsafeOnCompleted(resume);
    }

    /// <summary>Begins a use.</summary>
    protected void Begin(in ValueTask<Outcome> outcome) => pending = outcome;

    /// <summary>Ends the use.</summary>
    /// <returns>The outcome that was waited for.</returns>
    protected Outcome Take()
    {
        var answered = pending;
        pending = default;
        unchecked { Version++; }
        return answered.GetAwaiter().GetResult();
    }

    /// <exception cref="InvalidOperationException">The use is over: whoever holds the token has taken the outcome before.</exception>
    protected void Check(short token)
    {
        if (token != Version) throw new InvalidOperationException("An outcome was waited for twice.");
    }

    private void Resume()
    {
        var (waiter, state) = (continuation!, continuationState);
        (continuation, continuationState) = (null, null);
        waiter(state);
    }
}
