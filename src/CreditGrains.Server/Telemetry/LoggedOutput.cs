using System.Text;

namespace CreditGrains.Server.Telemetry;

/// <summary>
/// What is printed for an operator, line by line, also as log records. Lines that say a name first, such as "EngineFault: …", are warnings. What is printed before there is a log is
/// logged once there is one. Any thread.
/// </summary>
/// <param name="output">Where the lines are printed.</param>
public sealed partial class LoggedOutput(TextWriter output) : TextWriter
{
    private readonly Lock gate = new();
    private readonly Queue<string> waiting = new();
    private ILogger? log;

    /// <inheritdoc/>
    public override Encoding Encoding => output.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => output.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => output.Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        output.WriteLine(value);
        Note(value);
    }

    /// <inheritdoc/>
    public override async Task WriteLineAsync(string? value)
    {
        await output.WriteLineAsync(value);
        Note(value);
    }

    /// <inheritdoc/>
    public override void Flush() => output.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync() => output.FlushAsync();

    /// <summary>Logs what was printed so far, and all that comes.</summary>
    internal void Attach(ILogger logger)
    {
        lock (gate)
        {
            log = logger;
            while (waiting.TryDequeue(out var line)) Log(logger, line);
        }
    }

    private void Note(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (gate)
        {
            if (log is null) waiting.Enqueue(line);
            else Log(log, line);
        }
    }

    private static void Log(ILogger logger, string line)
    {
        var name = line.IndexOf(": ", StringComparison.Ordinal);
        if (name > 0 && line.AsSpan(0, name).IndexOf(' ') < 0) Warned(logger, line);
        else Told(logger, line);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{line}")]
    private static partial void Warned(ILogger log, string line);

    [LoggerMessage(Level = LogLevel.Information, Message = "{line}")]
    private static partial void Told(ILogger log, string line);
}
