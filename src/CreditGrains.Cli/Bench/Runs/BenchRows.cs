using System.Runtime.InteropServices;

namespace CreditGrains.Cli.Bench.Runs;

/// <summary>Rows of zeros outside the collector's heap.</summary>
internal sealed unsafe class BenchRows(int rowLength, int count) : IDisposable
{
    private byte* memory = (byte*)NativeMemory.AllocZeroed((nuint)count, (nuint)rowLength);

    public int Count => count;

    public Span<byte> Row(int row) => new(memory + (nint)row * rowLength, rowLength);

    public void Dispose()
    {
        NativeMemory.Free(memory);
        memory = null;
    }
}
