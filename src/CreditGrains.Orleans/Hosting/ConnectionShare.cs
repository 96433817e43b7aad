using Npgsql;

namespace CreditGrains.Orleans.Hosting;

/// <summary>
/// How a silo's connections to PostgreSQL are dealt: one holds the claim (<see cref="ConnectionClaim"/>), some are Orleans' for reminders, the rest is the journal's, node states', files' and
/// feed's. Each pool waits when it is at its part, so a silo never has more than its whole.
/// </summary>
/// <param name="Whole">Most connections of the silo.</param>
/// <param name="Storage">Of them the pool of Orleans' own providers: reminders.</param>
/// <param name="Main">Of them the pool of everything else.</param>
public sealed record ConnectionShare(int Whole, int Storage, int Main)
{
    /// <summary>Of a silo whose connection string says nothing: three silos fit a PostgreSQL as it comes, with its 100.</summary>
    public const int WholeUsual = 32;

    /// <summary>The fewest a silo can do with beside its journal's.</summary>
    public const int BesideJournalMin = 8;

    private const string PoolSize = "Maximum Pool Size";

    /// <summary>The share of a silo: what the connection string calls Maximum Pool Size, or the usual.</summary>
    /// <param name="connectionString">As given.</param>
    /// <param name="journalConnections">Transactions of the journal under way at once; each keeps its connection.</param>
    /// <exception cref="ArgumentException">It is too small; the message says how much is needed.</exception>
    public static ConnectionShare Of(string connectionString, int journalConnections)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var whole = builder.ShouldSerialize(PoolSize) ? builder.MaxPoolSize : WholeUsual;
        if (whole < journalConnections + BesideJournalMin)
            throw new ArgumentException($"{PoolSize} of the connection string is {whole}; a silo with {journalConnections} journal connections needs {journalConnections + BesideJournalMin} or more.");
        var storage = Math.Max(2, whole / 16);
        return new ConnectionShare(whole, storage, whole - storage - 1);
    }
}
