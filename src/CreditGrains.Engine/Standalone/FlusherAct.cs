namespace CreditGrains.Engine.Standalone;

/// <summary>Something to be done on the flusher between two appends.</summary>
internal abstract class FlusherAct
{
    /// <summary>Does it. What it throws goes to whoever asked, and is returned.</summary>
    public abstract Exception? Run();

    /// <summary>Says that it will not be done.</summary>
    public abstract void Fail(Exception fault);
}

/// <inheritdoc/>
internal sealed class FlusherAct<T>(Func<T> act) : FlusherAct
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => done.Task;

    public override Exception? Run()
    {
        try
        {
            done.SetResult(act());
            return null;
        }
        catch (Exception failure)
        {
            done.SetException(failure);
            return failure;
        }
    }

    public override void Fail(Exception fault) => done.TrySetException(fault);
}
