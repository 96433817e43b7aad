using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>Stock clients of other makers against our server. Where a client is not installed the test says so and passes.</summary>
public sealed class StockClientTests(EchoHost host, ITestOutputHelper output) : IClassFixture<EchoHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Python_Grpcio_FindsAllAsExpected()
    {
        foreach (var python in new[] { "/usr/bin/python3", "python3" })
        {
            if (await RunAsync(python, "-c", "import grpc") is { ExitCode: 0 })
            {
                await AssertHoldsAsync(python, Script("stock_grpcio.py"));
                return;
            }
        }

        output.WriteLine("Skipped: Python has no grpcio (package python3-grpcio).");
    }

    [Fact]
    public async Task Node_GrpcJs_FindsAllAsExpected()
    {
        if (!Directory.Exists(Script("node_modules")))
        {
            output.WriteLine("Skipped: run 'npm install --no-package-lock' in Transport/conformance first.");
            return;
        }

        await AssertHoldsAsync("node", Script("stock_grpc_js.mjs"));
    }

    private static string Script(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "conformance", name);

    private static async Task<(int ExitCode, string Output)?> RunAsync(string tool, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var text = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await text + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private async Task AssertHoldsAsync(string tool, string script)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{host.GrpcAddress.Port}");
        var result = await RunAsync(tool, script, address);
        Assert.NotNull(result);
        output.WriteLine(result.Value.Output);
        Assert.True(result.Value.ExitCode == 0, result.Value.Output);
    }
}
