using System.ComponentModel;
using System.Diagnostics;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;

namespace CreditGrains.Cli.Verifying;

/// <summary>Has the program of a silo check a cluster's database.</summary>
internal static class ClusterVerify
{
    /// <summary>Runs it and shows what it prints.</summary>
    /// <param name="shell">Gets it.</param>
    /// <param name="program">CreditGrains.Silo.dll; null is the one built beside this program.</param>
    /// <param name="arguments">What follows "verify".</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFault">There is no such program.</exception>
    public static async Task<ExitCode> RunAsync(Shell shell, string? program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var silo = SiloProgram.Find(program);
        if (!File.Exists(silo)) throw CommandFault.Usage("SiloMissing", $"there is no silo at {silo}, whose program reads the database; build src/CreditGrains.Silo in Release or give --silo");
        using var process = Start(new ProcessStartInfo("dotnet", [silo, "verify", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true });
        try
        {
            await Task.WhenAll(CopyAsync(process.StandardOutput, shell.Out, cancellationToken), CopyAsync(process.StandardError, shell.Error, cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return process.ExitCode switch
        {
            Server.ExitCodes.Ok => ExitCode.Ok,
            Server.ExitCodes.BadData => ExitCode.Damaged,
            Server.ExitCodes.Usage => ExitCode.Usage,
            _ => ExitCode.Unavailable,
        };
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandFault(ExitCode.Unavailable, "SiloNotStarted", $"'dotnet' could not be started: {e.Message}; install the .NET runtime", e);
        }
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to, CancellationToken cancellationToken)
    {
        while (await from.ReadLineAsync(cancellationToken) is { } line) await to.WriteLineAsync(line);
    }
}
