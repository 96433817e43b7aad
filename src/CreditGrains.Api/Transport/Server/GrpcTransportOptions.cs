namespace CreditGrains.Api.Transport.Server;

/// <summary>Bounds and hooks of the transport. Read once, when the server starts.</summary>
public sealed class GrpcTransportOptions
{
    /// <summary>Largest request message in bytes, after decompression; also the largest JSON body. Default 4 MiB.</summary>
    public int ReceiveLengthMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest response message in bytes, before compression. Default 4 MiB, what stock clients take.</summary>
    public int SendLengthMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Runs before each handler, on its thread: refuse a call by throwing <see cref="RpcException"/>. Default: admit all.
    /// </summary>
    public Action<CallContext>? Admit { get; set; }

    /// <summary>
    /// Whom every call passes before its body is read. Null: the transport asks nobody, and services that need a principal refuse every call.
    /// </summary>
    public ICallGate? Gate { get; set; }

    /// <summary>The clock of deadlines. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Share of calls traced that bring no decision of their own, 0 to 1, while somebody listens to <see cref="Hosting.CallTracing.SourceName"/>. Default 0.</summary>
    public double TraceRatio { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ReceiveLengthMax);
        ArgumentOutOfRangeException.ThrowIfNegative(SendLengthMax);
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
