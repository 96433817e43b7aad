using Xunit.Abstractions;

namespace CreditGrains.Simulation.Leases;

/// <summary>Seeds of the lease simulator. CREDITGRAINS_LEASE_SEEDS says how many.</summary>
public sealed class LeaseSimulationTest(ITestOutputHelper output)
{
    private const ulong SeedsUsual = 300, FaultSeedsMax = 200;

    [Fact]
    public void Leases_OverManySeeds_KeepEveryLimitAndComeToRest()
    {
        var seeds = ulong.TryParse(Environment.GetEnvironmentVariable("CREDITGRAINS_LEASE_SEEDS"), out var asked) ? asked : SeedsUsual;
        LeaseSummary sum = default;
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            var run = LeaseSimulation.Run(seed);
            sum = new LeaseSummary(
                sum.Approved + run.Approved, sum.Declined + run.Declined, sum.Refused + run.Refused, sum.Messages + run.Messages,
                sum.Fencings + run.Fencings, sum.Reopenings + run.Reopenings, sum.CutsInForce + run.CutsInForce);
        }
        output.WriteLine($"{seeds} seeds: {sum}");
        Assert.True(sum.Approved > 0 && sum.Declined > 0 && sum.Refused > 0 && sum.Fencings > 0 && sum.CutsInForce > 0, "a kind of end never came up");
    }

    [Fact]
    public void Seed_RunTwice_DoesTheSame() => Assert.Equal(LeaseSimulation.Run(3), LeaseSimulation.Run(3));

    [Theory]
    [InlineData(LeaseFault.StaleEpochAccepted)]
    [InlineData(LeaseFault.LeaseCountedTwice)]
    [InlineData(LeaseFault.ReclaimBeforeFencing)]
    [InlineData(LeaseFault.ReportBeforeFlush)]
    [InlineData(LeaseFault.GrantSurvivesEpoch)]
    [InlineData(LeaseFault.AnswerBeforeStored)]
    public void Fault_PlantedOnPurpose_PassesALimitAndIsFound(LeaseFault fault)
    {
        var options = new LeaseSimulationOptions { Fault = fault };
        Exception? found = null;
        ulong seed = 0;
        var foundOtherwise = 0;
        while (found is not LimitPassedException && seed < FaultSeedsMax)
        {
            found = Record.Exception(() => LeaseSimulation.Run(++seed, options));
            if (found is not null and not LimitPassedException) foundOtherwise++;
        }
        output.WriteLine($"{fault}: found in other ways by {foundOtherwise} seeds before; {found?.Message}");
        Assert.IsType<LimitPassedException>(found);
    }
}
