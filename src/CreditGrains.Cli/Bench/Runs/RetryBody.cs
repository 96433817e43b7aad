using System.Diagnostics;
using System.Globalization;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Cli.Bench.Server;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>
/// The retry path: one Authorize sent over and over. h2load repeats one body, so the first of its requests is decided and
/// all others are answered from the request ids.
/// </summary>
internal static class RetryBody
{
    private const string Program = "h2load";

    /// <summary>Writes the body of one Authorize with a fresh id, gRPC prefix included.</summary>
    public static void Write(string file, long facilities)
    {
        var source = new AuthorizationSource(facilities, (ulong)DateTimeOffset.UtcNow.Ticks, TimeProvider.System);
        var bytes = new byte[GrpcPrefix.Size + AuthorizationWire.LengthMax];
        var length = AuthorizationWire.Write(source.Next(), bytes.AsSpan(GrpcPrefix.Size));
        GrpcPrefix.Write(bytes, length);
        File.WriteAllBytes(file, bytes[..(GrpcPrefix.Size + length)]);
    }

    /// <summary>Runs h2load against the server.</summary>
    public static async Task RunAsync(BenchSettings settings, ServerTarget target, Report report, List<Figure> figures)
    {
        var body = Path.GetTempFileName();
        try
        {
            Write(body, settings.Shape.Facilities);
            await CheckAsync(target, body, isRepeat: false);
            var output = await StartAsync(settings, target, body);
            if (output is null)
            {
                figures.Add(Asked.Retries(double.NaN, "h2load is not installed (package nghttp2-client)"));
                return;
            }

            foreach (var line in output.Split('\n').Where(IsOfInterest)) report.Detail($"  {line.Trim()}");
            await CheckAsync(target, body, isRepeat: true);
            figures.Add(Asked.Retries(RateOf(output), FailuresOf(output)));
        }
        finally
        {
            File.Delete(body);
        }
    }

    /// <summary>"finished in 3.21s, 62311.11 req/s, …" of its output; NaN when it is not there.</summary>
    public static double RateOf(string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("finished in", StringComparison.Ordinal));
        var part = line?.Split(',').FirstOrDefault(part => part.EndsWith("req/s", StringComparison.Ordinal))?.Replace("req/s", "", StringComparison.Ordinal);
        return double.TryParse(part, CultureInfo.InvariantCulture, out var rate) ? rate : double.NaN;
    }

    /// <summary>What failed, by "requests: … 0 failed, 0 errored, 0 timeout"; empty when nothing did.</summary>
    public static string FailuresOf(string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("requests:", StringComparison.Ordinal)) ?? "";
        var failures = line.Split(',').Select(part => part.Trim())
            .Where(part => part.EndsWith("failed", StringComparison.Ordinal) || part.EndsWith("errored", StringComparison.Ordinal) || part.EndsWith("timeout", StringComparison.Ordinal))
            .Where(part => !part.StartsWith("0 ", StringComparison.Ordinal));
        return string.Join(", ", failures);
    }

    /// <summary>h2load looks at HTTP statuses only: what the body is answered is checked here, before and after.</summary>
    private static async Task CheckAsync(ServerTarget target, string body, bool isRepeat)
    {
        var request = (await File.ReadAllBytesAsync(body)).AsMemory(GrpcPrefix.Size);
        var reply = await target.Channel.UnaryAsync(RpcMethod.Raw(UnaryConnection.Path), (ReadOnlyMemory<byte>)request);
        if (!DecisionWire.TryRead(reply, out var decision) || decision.Kind != OutcomeKind.Approved || decision.Duplicate != isRepeat)
            throw new BenchFault($"the one body was answered {decision.Kind} {decision.Reason}, repeated {decision.Duplicate}; has the server the population of the run?");
    }

    private static bool IsOfInterest(string line) =>
        line.StartsWith("finished", StringComparison.Ordinal) || line.StartsWith("requests:", StringComparison.Ordinal)
        || line.StartsWith("status codes:", StringComparison.Ordinal) || line.StartsWith("time for request:", StringComparison.Ordinal);

    private static async Task<string?> StartAsync(BenchSettings settings, ServerTarget target, string body)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true };
        // Whole seconds: it counts no others.
        foreach (var argument in new[]
        {
            "-c", Text(settings.Connections), "-m", Text(settings.Streams), "-t", "1", "-D", Text(Math.Ceiling(settings.Seconds)), "--warm-up-time", Text(Math.Ceiling(settings.WarmUpSeconds)),
            "-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers", $"http://{target.Address}{UnaryConnection.Path}",
        })
            start.ArgumentList.Add(argument);
        Report.Progress($"h2load: {settings.Connections} connections × {settings.Streams} streams, one body");
        try
        {
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed: the figure is reported as missing.
            return null;
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
