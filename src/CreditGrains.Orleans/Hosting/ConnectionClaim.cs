using Npgsql;

namespace CreditGrains.Orleans.Hosting;

/// <summary>
/// Says in the database how many connections a silo may open, as long as the silo runs: a shared advisory lock whose second number is the count, held by a connection of its own. Whoever
/// starts adds up all claims, of every silo and cluster on that server, and is refused when they would not fit. A silo that is gone claims nothing.
/// </summary>
public sealed class ConnectionClaim : IAsyncDisposable
{
    private const int ClaimClass = 0x4347_434C;
    private const long OneAtATime = 0x4347_434D;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private const string ClaimedSql = "select coalesce(sum(objid::bigint), 0)::int from pg_locks where locktype = 'advisory' and classid::bigint = $1 and objsubid = 2 and granted";

    private const string AllowedSql = """
        select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0)
        """;

    private readonly string connectionString;
    private readonly ConnectionShare share;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ending = new();
    private NpgsqlConnection connection;
    private Task keeping = Task.CompletedTask;

    private ConnectionClaim(string connectionString, ConnectionShare share, TimeProvider clock, NpgsqlConnection connection)
    {
        this.connectionString = connectionString;
        this.share = share;
        this.clock = clock;
        this.connection = connection;
    }

    /// <summary>Claims a silo's connections, or refuses.</summary>
    /// <param name="connectionString">How the database is reached.</param>
    /// <param name="share">The silo's.</param>
    /// <param name="clock">For looking whether the claim still stands.</param>
    /// <exception cref="ClusterStartException">All claims together are more than the server allows.</exception>
    public static async Task<ConnectionClaim> TakeAsync(string connectionString, ConnectionShare share, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(share);
        var single = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "creditgrains connections" }.ConnectionString;
        var connection = new NpgsqlConnection(single);
        try
        {
            await connection.OpenAsync();
            // One silo after the other, or two that start at once would each count the other and both give up.
            await RunAsync(connection, "select pg_advisory_lock($1)", OneAtATime);
            var claimed = (int)(await ReadAsync(connection, ClaimedSql, (long)ClaimClass))!;
            var allowed = (int)(await ReadAsync(connection, AllowedSql))!;
            if (claimed + share.Whole > allowed)
            {
                throw new ClusterStartException(
                    $"This silo may open {share.Whole} connections to PostgreSQL, silos that run already {claimed}: together {claimed + share.Whole}, and the server allows {allowed} (max_connections less those it reserves). "
                    + "Raise max_connections in postgresql.conf and restart it, or give each silo fewer: Maximum Pool Size in its connection string.");
            }
            await ClaimAsync(connection, share.Whole);
            await RunAsync(connection, "select pg_advisory_unlock($1)", OneAtATime);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        var claim = new ConnectionClaim(single, share, clock, connection);
        claim.keeping = claim.KeepAsync(claim.ending.Token);
        return claim;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await keeping;
        await connection.DisposeAsync();
        ending.Dispose();
    }

    /// <summary>Claims again after the database was away: who starts later must see it.</summary>
    private async Task KeepAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    await RunAsync(connection, "select $1", 1L);
                }
                catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or IOException)
                {
                    await connection.DisposeAsync();
                    connection = await TryClaimAgainAsync() ?? connection;
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The silo stops.
            return;
        }
    }

    /// <summary>A new connection with the claim; null while the database is away, which the next look mends.</summary>
    private async Task<NpgsqlConnection?> TryClaimAgainAsync()
    {
        var next = new NpgsqlConnection(connectionString);
        try
        {
            await next.OpenAsync(ending.Token);
            await ClaimAsync(next, share.Whole);
            return next;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            await next.DisposeAsync();
            return null;
        }
    }

    private static async Task ClaimAsync(NpgsqlConnection connection, int count)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_lock_shared($1, $2)", connection);
        command.Parameters.AddWithValue(ClaimClass);
        command.Parameters.AddWithValue(count);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, long value)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ReadAsync(NpgsqlConnection connection, string sql, params long[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return await command.ExecuteScalarAsync();
    }
}
