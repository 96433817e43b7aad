using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace CreditGrains.Cli.Output;

/// <summary>Takes how far a work is. Calls are cheap; few are shown.</summary>
internal interface IWorkProgress
{
    /// <summary>Parts done so far, of the total given at the start.</summary>
    void Report(long done);
}

/// <summary>Long work with a bar on a terminal, else with a plain line every few seconds.</summary>
internal static class LongWork
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Runs the work.</summary>
    /// <param name="shell">Where progress goes.</param>
    /// <param name="title">What is done, for the reader.</param>
    /// <param name="total">Parts in all; 0 when unknown.</param>
    /// <param name="work">The work; reports from any one thread at a time.</param>
    public static Task<T> RunAsync<T>(Shell shell, string title, long total, Func<IWorkProgress, Task<T>> work) =>
        shell.ProgressConsole is { } console ? DrawAsync(console, title, total, work) : work(new Lines(shell, title, total));

    private static Task<T> DrawAsync<T>(IAnsiConsole console, string title, long total, Func<IWorkProgress, Task<T>> work) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                task.IsIndeterminate = total == 0;
                return work(new Bar(task));
            });

    private sealed class Bar(ProgressTask task) : IWorkProgress
    {
        public void Report(long done) => task.Value = done;
    }

    private sealed class Lines(Shell shell, string title, long total) : IWorkProgress
    {
        private long last = Stopwatch.GetTimestamp();

        public void Report(long done)
        {
            if (Stopwatch.GetElapsedTime(last) < LineEvery) return;
            last = Stopwatch.GetTimestamp();
            if (total == 0) shell.Note($"{title}: {done:N0}");
            else shell.Note($"{title}: {(100.0 * done / total).ToString("F0", CultureInfo.InvariantCulture)} %");
        }
    }
}
