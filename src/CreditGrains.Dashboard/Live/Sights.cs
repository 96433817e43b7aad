using System.Globalization;
using CreditGrains.Api.Metering;
using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Pools;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CreditGrains.Dashboard.Live;

/// <summary>
/// Gives each visitor a sight. Those who may see the same part of the book share a board and copies of pools, both made with a reader's rights over that part and no other. A board that nobody
/// has looked at for a while ends, except that of the whole book, whose charts have a past.
/// </summary>
public sealed class Sights(EngineAccess access, DecisionMeter meter, DashboardOptions options, DashboardSources sources, ILogger<Sights> log) : IHostedService, IAsyncDisposable
{
    /// <summary>Most parts of the book looked at apart.</summary>
    public const int AudiencesMax = 256;

    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, Audience> audiences = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private bool hasStopped;

    /// <summary>What a visitor sees; null when there are too many parts looked at already, or the host stops.</summary>
    public Sight? Of(Principal visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        // Pages are for who may read; the host asks for it too.
        if (!visitor.HasAny(Roles.Read) || AudienceOf(visitor) is not { } audience) return null;
        return new Sight(visitor, options)
        {
            Engine = access.For(visitor),
            Board = audience.Board,
            Pools = audience.Pools,
            Risk = sources.Risk is null ? null : access.DeskFor(visitor),
            Alerts = sources.Alerts is null ? null : access.AlertsFor(visitor),
        };
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        AudienceOf(new Principal(ReaderId, Roles.Read, tenant: 0));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Audience[] ending;
        lock (gate)
        {
            hasStopped = true;
            ending = [.. audiences.Values];
            audiences.Clear();
        }

        await Task.WhenAll(ending.Select(one => one.Board.StopAsync(cancellationToken)));
        foreach (var one in ending) one.Board.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private const string ReaderId = "dashboard";

    private Audience? AudienceOf(Principal visitor)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{visitor.Tenant}/{string.Join(',', visitor.LegalEntities.Order())}");
        var now = options.TimeProvider.GetUtcNow();
        lock (gate)
        {
            if (hasStopped) return null;
            if (audiences.TryGetValue(name, out var broken) && broken.Board.ExecuteTask is { IsFaulted: true } ended)
            {
                // A board must not stand still unseen: it begins anew, and the log has why.
                BoardFailed(log, ended.Exception);
                audiences.Remove(name);
            }

            if (!audiences.TryGetValue(name, out var audience))
            {
                EndIdle(now);
                if (audiences.Count >= AudiencesMax) return null;
                var reader = new Principal(ReaderId, Roles.Read, visitor.Tenant, visitor.LegalEntities);
                audience = new Audience(new LiveBoard(access.For(reader), meter, options, reader), PoolsOf(reader));
                audiences.Add(name, audience);
                _ = audience.Board.StartAsync(CancellationToken.None);
            }

            audience.AskedAt = now;
            return audience;
        }
    }

    private IPoolDesk PoolsOf(Principal reader)
    {
        IPoolDesk live = sources.Pools is null ? FixedPools.None : new EnginePools(access.PoolsFor(reader), options, reader);
        // Deals given at start are of no tenant.
        return reader.Tenant == 0 ? new JoinedPools(options.Pools, live) : live;
    }

    private void EndIdle(DateTimeOffset now)
    {
        foreach (var (name, one) in audiences.Where(pair => pair.Value.Board is { IsWhole: false, IsWatched: false } && now - pair.Value.AskedAt > IdleMax).ToArray())
        {
            audiences.Remove(name);
            _ = EndAsync(one.Board);
        }
    }

    private static readonly Action<ILogger, Exception?> BoardFailed = LoggerMessage.Define(LogLevel.Error, new EventId(1, nameof(BoardFailed)), "A board of the dashboard ended.");

    private static async Task EndAsync(LiveBoard board)
    {
        await board.StopAsync(CancellationToken.None);
        board.Dispose();
    }

    private sealed class Audience(LiveBoard board, IPoolDesk pools)
    {
        public LiveBoard Board => board;

        public IPoolDesk Pools => pools;

        public DateTimeOffset AskedAt { get; set; }
    }
}
