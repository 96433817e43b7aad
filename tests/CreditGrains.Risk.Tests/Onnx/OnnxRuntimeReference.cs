using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CreditGrains.Risk.Tests.Onnx;

/// <summary>ONNX Runtime itself, by npm's onnxruntime-node, one process for all jobs. Null where it is not installed.</summary>
public sealed class OnnxRuntimeReference : IDisposable
{
    private readonly Process? process;
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("creditgrains-onnx");

    public OnnxRuntimeReference()
    {
        if (!Directory.Exists(Path.Combine(Here(), "node_modules", "onnxruntime-node"))) return;
        var start = new ProcessStartInfo("node", "run.mjs") { WorkingDirectory = Here(), RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            process = Process.Start(start);
            process!.BeginErrorReadLine();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            process = null;
        }
    }

    public bool IsHere => process is not null;

    /// <summary>Outputs of all rows, concatenated output by output.</summary>
    public async Task<(double[] Numbers, string? Error, Dictionary<string, string[]> Texts)> RunAsync(byte[] model, int rows, IReadOnlyList<ReferenceInput> inputs, IReadOnlyList<string> outputs)
    {
        var id = Guid.NewGuid().ToString("N");
        var (modelFile, dataFile, outFile) = (At(id + ".onnx"), At(id + ".in"), At(id + ".out"));
        await File.WriteAllBytesAsync(modelFile, model);
        await using (var stream = File.Create(dataFile))
            foreach (var input in inputs) await stream.WriteAsync(input.Bytes);
        var job = new { model = modelFile, rows, inputs = inputs.Select(one => new { name = one.Name, type = one.Type, columns = one.Columns, texts = one.Texts }), data = dataFile, @out = outFile, outputs };
        await process!.StandardInput.WriteLineAsync(JsonSerializer.Serialize(job));
        await process.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var line = await process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("node ended");
        using var answer = JsonDocument.Parse(line);
        if (answer.RootElement.TryGetProperty("error", out var error)) return ([], error.GetString(), []);
        var numbers = MemoryMarshal.Cast<byte, double>(await File.ReadAllBytesAsync(outFile)).ToArray();
        var texts = answer.RootElement.GetProperty("texts").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.EnumerateArray().Select(text => text.GetString()!).ToArray());
        return (numbers, null, texts);
    }

    public void Dispose()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(10_000)) process.Kill();
            process.Dispose();
        }

        directory.Delete(recursive: true);
    }

    private string At(string name) => Path.Combine(directory.FullName, name);

    private static string Here([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "reference");
}

/// <summary>One input tensor for all rows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As onnxruntime-node calls it.</param>
/// <param name="Columns">Numbers a row.</param>
/// <param name="Values">Row after row.</param>
/// <param name="Texts">Row after row, for text.</param>
public sealed record ReferenceInput(string Name, string Type, int Columns, double[] Values, string[]? Texts = null)
{
    public byte[] Bytes => Type switch
    {
        "float32" => MemoryMarshal.AsBytes(Values.Select(value => (float)value).ToArray().AsSpan()).ToArray(),
        "float64" => MemoryMarshal.AsBytes(Values.AsSpan()).ToArray(),
        "int64" => MemoryMarshal.AsBytes(Values.Select(value => (long)value).ToArray().AsSpan()).ToArray(),
        "int32" => MemoryMarshal.AsBytes(Values.Select(value => (int)value).ToArray().AsSpan()).ToArray(),
        _ => [],
    };
}
