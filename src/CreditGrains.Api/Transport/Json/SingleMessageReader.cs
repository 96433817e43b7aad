using System.Buffers;
using CreditGrains.Api.Transport.Server;

namespace CreditGrains.Api.Transport.Json;

/// <summary>A request stream of one message.</summary>
internal sealed class SingleMessageReader(ReadOnlySequence<byte> message) : IRawMessageReader
{
    private bool taken;

    public bool TryRead(out ReadOnlySequence<byte> next)
    {
        next = taken ? default : message;
        var had = !taken;
        taken = true;
        return had;
    }

    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => new(!taken);
}
