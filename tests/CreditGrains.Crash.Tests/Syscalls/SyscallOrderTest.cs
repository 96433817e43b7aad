using System.Diagnostics;
using CreditGrains.Api.V1;
using CreditGrains.Crash.Tests.Processes;
using CreditGrains.Crash.Tests.Storm;
using Xunit.Abstractions;

namespace CreditGrains.Crash.Tests.Syscalls;

/// <summary>
/// kill -9 keeps the page cache, so it cannot show a missing sync. The server's own system calls do: for each reply the frame's
/// write, then its completed sync, then the reply.
/// </summary>
public sealed class SyscallOrderTest(ITestOutputHelper output)
{
    private const int Requests = 12;
    private const string Calls = "trace=pwrite64,pwritev,fdatasync,fsync,sendmsg,sendto,write,writev,rename,renameat,renameat2";

    [Fact]
    public async Task Reply_OfEveryAuthorisation_LeavesAfterItsFrameWasWrittenAndSynced()
    {
        if (!IsTracerThere())
        {
            output.WriteLine("Skipped: strace is not installed or may not trace here.");
            return;
        }
        using var directory = new TemporaryDirectory();
        var (data, log) = (directory.Of("data"), directory.Of("trace.log"));
        var (port, decisions) = await TraceAsync(data, log);

        var calls = TraceLog.Parse(File.ReadLines(log));
        var replies = SentReplies.Find(calls, port).ToLookup(reply => reply.DecisionId);
        foreach (var decision in decisions)
        {
            Assert.True(replies.Contains(decision), $"the reply of decision {decision} is not in the trace");
            foreach (var reply in replies[decision]) Assert.Null(DurabilityOrder.BreachOf(reply, calls));
        }
        var names = calls.Where(call => call.Name.StartsWith("rename", StringComparison.Ordinal) && DurabilityOrder.IsSegment(call.Target)).ToList();
        Assert.NotEmpty(names);
        foreach (var rename in names) Assert.Null(DurabilityOrder.BreachOf(rename, calls));
        output.WriteLine($"{decisions.Count} replies, {names.Count} segments begun, {calls.Count} calls traced");
    }

    [Theory]
    [InlineData("write sync reply", null)]
    [InlineData("write reply sync", "synced")]
    [InlineData("sync write reply", "synced")]
    [InlineData("write failed-sync reply", "synced")]
    [InlineData("write other-sync reply", "synced")]
    [InlineData("reply write sync", "written")]
    [InlineData("sync reply", "never written")]
    public void Judge_OfPlantedOrders_SeesEveryBreach(string order, string? breach)
    {
        var frame = string.Concat("CGF\x1"u8.ToArray().Concat(new byte[4]).Concat(new byte[] { 1, 0, 0, 0, 1, 0, 0, 0, 7 }).Concat(new byte[47]).Select(b => $"\\x{b:x2}"));
        var calls = TraceLog.Parse(order.Split(' ').SelectMany(what => what switch
        {
            "write" => [$"10 pwrite64(5</d/journal-1.cgj>, \"{frame}\"..., 64, 4096) = 64"],
            "sync" => ["10 fdatasync(5</d/journal-1.cgj> <unfinished ...>", "10 <... fdatasync resumed>)            = 0"],
            "failed-sync" => ["10 fdatasync(5</d/journal-1.cgj>) = -1 EIO (Input/output error)"],
            "other-sync" => ["10 fdatasync(6</d/journal-2.cgj>) = 0"],
            _ => new[] { $"11 sendmsg(9<TCP:[127.0.0.1:50->127.0.0.1:60]>, {{msg_iov=[{{iov_base=\"{Reply(7)}\", iov_len=16}}]}}, 0) = 16" },
        }));
        var reply = Assert.Single(SentReplies.Find(calls, port: 50));
        Assert.Equal(7, reply.DecisionId);
        var found = DurabilityOrder.BreachOf(reply, calls);
        if (breach is null) Assert.Null(found);
        else Assert.Contains(breach, found!, StringComparison.Ordinal);
    }

    /// <summary>Serves under the tracer and asks over one connection, one request at a time.</summary>
    private static async Task<(int Port, List<long> Decisions)> TraceAsync(string data, string log)
    {
        string[] tracer = ["strace", "-f", "-yy", "-xx", "-s", "4096", "-o", log, "-e", Calls];
        await using var server = await ServerProcess.StartAsync(data, tracer);
        using var channel = server.Connect();
        await StormBook.OpenAsync(channel);
        var decisions = new List<long>();
        for (var i = 0; i < Requests; i++) decisions.Add((await StormClients.SendAsync(channel, StormClients.Authorize(i + 1, 10))).DecisionId);
        // The tracer ends with the process it traces.
        Assert.Equal(0, await server.Process.StopChildAsync());
        return (server.Address.Port, decisions);
    }

    private static string Reply(long decision)
    {
        var message = Google.Protobuf.MessageExtensions.ToByteArray(new Decision { DecisionId = decision });
        byte[] data = [0, 0, 0, 0, (byte)message.Length, .. message];
        byte[] frame = [0, 0, (byte)data.Length, 0, 0, 0, 0, 0, 1, .. data];
        return string.Concat(frame.Select(b => $"\\x{b:x2}"));
    }

    private static bool IsTracerThere()
    {
        try
        {
            using var tracer = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "-e", "trace=none", "true"]) { RedirectStandardError = true });
            tracer!.WaitForExit();
            return tracer.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
