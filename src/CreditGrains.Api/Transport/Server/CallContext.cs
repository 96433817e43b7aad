using System.Globalization;
using System.Net;
using CreditGrains.Api.Security.Access;
using CreditGrains.Domain.Clocks;
using Microsoft.AspNetCore.Http.Features;

namespace CreditGrains.Api.Transport.Server;

/// <summary>
/// What a handler may know of its call. Belongs to the call and is used again afterwards: do not keep it, except for a
/// copy of <see cref="CancellationToken"/>. Not thread-safe.
/// </summary>
#pragma warning disable CA1001 // End disposes of both sources after each call; the object itself is used again.
public sealed class CallContext
#pragma warning restore CA1001
{
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(40);
    private IFeatureCollection features = null!;
    private TimeProvider clock = null!;
    private CancellationToken stopping;
    private CancellationTokenSource? source;
    private CancellationTokenSource? timer;
    private Metadata? requestHeaders;
    private Metadata? responseHeaders;
    private Metadata? responseTrailers;
    private ICallGate? gate;

    internal CallContext()
    {
    }

    /// <summary>The path called: <c>/package.Service/Method</c>.</summary>
    public string Method { get; private set; } = "";

    /// <summary>Who calls, as the gate recognised them; null where there is no gate, or the method is open to all.</summary>
    public Principal? Principal { get; private set; }

    /// <summary>
    /// When the caller stops waiting; null when it set no deadline. A call that arrives later is answered DeadlineExceeded without
    /// its handler. From then on the handler decides: what it answers is sent, however late, so one that may wait watches
    /// <see cref="CancellationToken"/> or hands the deadline on.
    /// </summary>
    public DateTimeOffset? Deadline { get; private set; }

    /// <summary><see cref="Deadline"/> in microseconds since the Unix epoch; <see cref="long.MaxValue"/> when there is none.</summary>
    public long DeadlineMicros { get; private set; } = long.MaxValue;

    /// <summary>
    /// Cancelled when the caller goes away, the deadline passes or, for a streaming call, the server stops. Made on first
    /// use, so a handler that never asks pays nothing.
    /// </summary>
    public CancellationToken CancellationToken => Source()?.Token ?? Aborted;

    /// <summary>What the caller sent before its messages.</summary>
    /// <exception cref="RpcException">A -bin value is not base64 (InvalidArgument).</exception>
    public Metadata RequestHeaders => requestHeaders ??= ReadHeaders();

    /// <summary>What is sent before the first message; additions after that are lost.</summary>
    public Metadata ResponseHeaders => responseHeaders ??= new Metadata();

    /// <summary>What is sent with the status.</summary>
    public Metadata ResponseTrailers => responseTrailers ??= new Metadata();

    /// <summary>Whether responses are gzipped when the caller accepts it; starts as the method was registered and counts
    /// until the first response message.</summary>
    public bool CompressResponses { get; set; }

    /// <summary>The caller's address as <c>ip:port</c>; empty when the connection has none.</summary>
    public string Peer
    {
        get
        {
            var connection = features.Get<IHttpConnectionFeature>();
            return connection?.RemoteIpAddress is { } address ? new IPEndPoint(address, connection.RemotePort).ToString() : "";
        }
    }

    internal CallAdmission? Admission { get; private set; }

    internal bool IsDeadlinePassed =>
        Deadline is { } deadline && (timer is { IsCancellationRequested: true } || clock.GetUtcNow() >= deadline);

    internal bool IsStopping => stopping.IsCancellationRequested;

    internal bool IsAborted => Aborted.IsCancellationRequested;

    internal Metadata? SentHeaders => responseHeaders;

    internal Metadata? SentTrailers => responseTrailers;

    private CancellationToken Aborted => features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted ?? default;

    internal void Begin(IFeatureCollection call, string method, bool compress, TimeProvider timeProvider, CancellationToken serverStopping)
    {
        features = call;
        clock = timeProvider;
        stopping = serverStopping;
        Method = method;
        CompressResponses = compress;
        Deadline = null;
        DeadlineMicros = long.MaxValue;
    }

    /// <summary>Notes who was admitted; <see cref="End"/> tells the gate when the call is over.</summary>
    internal void Admitted(ICallGate by, Principal principal, CallAdmission admission)
    {
        gate = by;
        Principal = principal;
        Admission = admission;
    }

    /// <summary>For calls that last: whether the caller's credentials still hold.</summary>
    /// <exception cref="RpcException">Unauthenticated: they have ended, or were revoked.</exception>
    internal void Recheck() => gate?.Recheck(this);

    /// <summary>Charges the caller's tenant for commands beyond the call's first.</summary>
    /// <exception cref="RpcException">ResourceExhausted: it may not send so many now.</exception>
    internal void Charge(int commands)
    {
        if (commands > 0) gate?.Charge(this, commands);
    }

    internal void SetTimeout(TimeSpan timeout)
    {
        var deadline = Later(clock.GetUtcNow(), timeout);
        Deadline = deadline;
        DeadlineMicros = deadline.UnixMicros();
    }

    internal void End()
    {
        gate?.Leave(this);
        gate = null;
        Principal = null;
        Admission = null;
        source?.Dispose();
        source = null;
        timer?.Dispose();
        timer = null;
        requestHeaders = null;
        responseHeaders = null;
        responseTrailers = null;
        features = null!;
    }

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan left) =>
        DateTimeOffset.MaxValue - now < left ? DateTimeOffset.MaxValue : now + left;

    private CancellationTokenSource? Source()
    {
        if (source is not null || (Deadline is null && !stopping.CanBeCanceled))
            return source;

        var expiry = CancellationToken.None;
        if (Deadline - clock.GetUtcNow() is { } left && left < TimerMax)
        {
            timer = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
            expiry = timer.Token;
        }

        return source = CancellationTokenSource.CreateLinkedTokenSource(Aborted, stopping, expiry);
    }

    private Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in features.GetRequiredFeature<IHttpRequestFeature>().Headers)
        {
            if (ReservedHeaders.Contains(name))
                continue;
            var key = name.ToLower(CultureInfo.InvariantCulture);
            foreach (var value in values)
                metadata.AddWire(key, value ?? "");
        }

        return metadata;
    }
}
