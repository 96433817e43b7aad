using CreditGrains.Cli.Bench.Postgres;
using Xunit.Abstractions;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>
/// The PL/pgSQL functions decide as the engine does: the ratio compares nothing otherwise. Each row of cases.sql is a rule;
/// the script answers the names of those that do not hold. Without PostgreSQL there is nothing to check.
/// </summary>
public class PostgresFunctionsTest(ITestOutputHelper output)
{
    [Fact]
    public void Functions_Cases_AllHold()
    {
        if (PostgresPrograms.Find(out var why) is not { } programs)
        {
            output.WriteLine($"Skipped: {why}.");
            return;
        }

        using var cluster = PostgresCluster.Start(programs, sharedBuffers: "64MB");
        foreach (var script in new[] { "schema.sql", "authorize.sql", "authorize_batch.sql" }) cluster.RunScript(script);
        cluster.RunScript(
            "load.sql", ("facilities", 8), ("borrowers", 2), ("enterprises", 1), ("products", 1), ("facility_limit", 1_000), ("borrower_limit", 2_000),
            ("enterprise_limit", 3_000), ("product_limit", 100_000));
        Assert.Equal("", cluster.Query("cases.sql"));
        Assert.Equal("t|t|t|t|t", cluster.Query("check.sql"));
    }
}
