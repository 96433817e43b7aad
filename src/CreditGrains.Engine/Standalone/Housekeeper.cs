namespace CreditGrains.Engine.Standalone;

/// <summary>
/// Makes ready what the writer will need and must not wait for, such as the next journal segment. A thread of its own, since the pool's
/// may all be busy with callers just when the writer needs it most.
/// </summary>
internal sealed class Housekeeper : IDisposable
{
    private readonly Func<bool> isMissing;
    private readonly Action prepare;
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private volatile bool isBusy;
    private volatile bool isStopping;

    /// <param name="name">What it makes ready; names the thread.</param>
    /// <param name="isMissing">Whether there is something to do; asked by the writer each turn.</param>
    /// <param name="prepare">Does it; must not throw.</param>
    public Housekeeper(string name, Func<bool> isMissing, Action prepare)
    {
        this.isMissing = isMissing;
        this.prepare = prepare;
        thread = new Thread(Loop) { Name = $"CreditGrains {name}", IsBackground = true };
    }

    public void Start()
    {
        thread.Start();
        WakeIfNeeded();
    }

    /// <summary>Wakes the thread when something is missing; on the writer, each turn.</summary>
    public void WakeIfNeeded()
    {
        if (isBusy || !isMissing()) return;
        isBusy = true;
        wake.Set();
    }

    /// <summary>Ends the thread once what it does is done.</summary>
    public void Dispose()
    {
        isStopping = true;
        wake.Set();
        thread.Join();
        wake.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            wake.WaitOne();
            if (isStopping) return;
            prepare();
            isBusy = false;
        }
    }
}
