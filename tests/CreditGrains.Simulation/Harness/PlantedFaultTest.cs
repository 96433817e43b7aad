using Xunit.Abstractions;

namespace CreditGrains.Simulation.Harness;

/// <summary>The simulator finds what is broken on purpose, each within a bounded number of seeds. The same seed without the fault goes well.</summary>
public sealed class PlantedFaultTest(ITestOutputHelper output)
{
    private const ulong SeedsMax = 60;

    [Theory]
    [InlineData((int)PlantedFault.ReplyBeforeFlush)]
    [InlineData((int)PlantedFault.NoSync)]
    [InlineData((int)PlantedFault.SnapshotAheadOfJournal)]
    [InlineData((int)PlantedFault.DiamondCountedTwice)]
    [InlineData((int)PlantedFault.LostTombstone)]
    [InlineData((int)PlantedFault.IdReuseAfterRestart)]
    [InlineData((int)PlantedFault.ReadOfUnflushedState)]
    public void Fault_PlantedOnPurpose_IsFound(int planted)
    {
        var options = new SimulationOptions { Fault = (PlantedFault)planted };
        ulong seed = 1;
        Exception? found = null;
        for (; found is null && seed <= SeedsMax; seed++) found = Record.Exception(() => Simulation.Run(seed, options));
        Assert.IsType<SimulationFailedException>(found);
        Simulation.Run(seed - 1);
        output.WriteLine($"{options.Fault}: {seed - 1} seeds");
        output.WriteLine($"{found.InnerException!.GetType().Name}: {found.InnerException.Message}");
    }
}
