namespace CreditGrains.Orleans.Partitions;

/// <summary>Work beside the turns of grains. In a silo the workers are the threads of the pool; a simulation has its own.</summary>
internal static class Workers
{
    /// <summary>Starts an asynchronous piece of work.</summary>
    public static Task Run(this TaskScheduler workers, Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers).Unwrap();

    /// <summary>Starts an asynchronous piece of work that gives something.</summary>
    public static Task<T> Run<T>(this TaskScheduler workers, Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers).Unwrap();

    /// <summary>Starts work that blocks.</summary>
    public static Task<T> Run<T>(this TaskScheduler workers, Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);

    /// <summary>Starts work that blocks.</summary>
    public static Task Run(this TaskScheduler workers, Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);
}
